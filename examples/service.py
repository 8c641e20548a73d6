"""A host that embeds the library: a small web service that assesses the household of each request."""

import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from wsgiref.simple_server import make_server

from hardship_rules import FactError, assess, explain, load_policy

POLICY = load_policy("2021_weihai")  # immutable: one for all threads
LARGEST = 1_000_000  # bytes of a request


def service(environ: dict[str, object], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Answer a POST of a household as JSON with its assessment, or with every problem in it."""
    if environ["REQUEST_METHOD"] != "POST":
        return answer(start_response, "405 Method Not Allowed", {"error": "POST a household as JSON"})
    try:
        length = max(0, int(str(environ.get("CONTENT_LENGTH") or 0)))
        if length > LARGEST:
            return answer(start_response, "413 Content Too Large", {"error": f"more than {LARGEST} bytes"})
        content = environ["wsgi.input"].read(length)  # type: ignore[attr-defined]  # WSGI names its stream
        household = json.loads(content, parse_float=Decimal, object_pairs_hook=once)
    except Twice as error:
        return answer(start_response, "400 Bad Request", {"error": f"{error} is written twice"})
    except (ValueError, RecursionError):
        return answer(start_response, "400 Bad Request", {"error": "no JSON that can be read"})
    try:
        assessment = assess(POLICY, household)
    except FactError as error:
        problems = [{"at": each.place, "message": each.message(), "help": each.help()} for each in error.problems]
        return answer(start_response, "422 Unprocessable Content", {"problems": problems})
    start_response("200 OK", [("Content-Type", "application/json; charset=utf-8")])
    return [explain(assessment, format="json").encode()]


class Twice(ValueError):
    """A key of an object that is written twice: it would say two things of one household."""


def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of JSON, in which `json.loads` would keep the last of what is written twice, without a word."""
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise Twice(ascii(key))
        found[key] = value
    return found


def answer(start_response: Callable[..., object], status: str, content: object) -> Iterable[bytes]:
    """Send an answer as JSON."""
    start_response(status, [("Content-Type", "application/json; charset=utf-8")])
    return [json.dumps(content, ensure_ascii=False).encode()]


if __name__ == "__main__":
    with make_server("127.0.0.1", 8000, service) as server:
        print("http://127.0.0.1:8000")  # for the person who started it
        server.serve_forever()
