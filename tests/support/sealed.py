"""Records taken apart, changed, and sealed with a valid checksum, as a forger or another program could do."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def texts(part: Any) -> Any:
    """A part of a record as texts, lists and mappings, in the form that the README defines for the checksum."""
    if isinstance(part, dict):
        return {key: texts(each) for key, each in part.items()}
    if isinstance(part, list):
        return [texts(each) for each in part]
    return " ".join(part.split()) if isinstance(part, str) else json.dumps(part)


def checksum(document: Mapping[str, Any]) -> str:
    """The checksum as the README defines it."""
    summed = texts({key: part for key, part in document.items() if key not in ("checksum", "host")})
    text = json.dumps(summed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def sealed(document: Mapping[str, Any]) -> str:
    """The text of a record with a valid checksum."""
    return json.dumps({**document, "checksum": checksum(document)}, ensure_ascii=False)
