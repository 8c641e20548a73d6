"""A host that embeds the library: a small web service that assesses the household of each request."""

import json
from collections.abc import Callable, Iterable
from wsgiref.simple_server import make_server

from hardship_rules import FactError, assess, explain, load_policy

POLICY = load_policy("2021_weihai")  # immutable: one for all threads
LARGEST = 1_000_000  # bytes of a request


def service(environ: dict[str, object], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Answer a POST of a household as JSON with its assessment, or with every problem in it."""
    if environ["REQUEST_METHOD"] != "POST":
        return answer(start_response, "405 Method Not Allowed", {"error": "POST a household as JSON"})
    try:
        length = max(0, min(int(str(environ.get("CONTENT_LENGTH") or 0)), LARGEST))
        household = json.loads(environ["wsgi.input"].read(length))  # type: ignore[attr-defined]  # WSGI names its stream
    except (ValueError, RecursionError):
        return answer(start_response, "400 Bad Request", {"error": "not JSON"})
    try:
        assessment = assess(POLICY, household)
    except FactError as error:
        problems = [{"at": each.place, "message": each.message(), "help": each.help()} for each in error.problems]
        return answer(start_response, "422 Unprocessable Content", {"problems": problems})
    start_response("200 OK", [("Content-Type", "application/json; charset=utf-8")])
    return [explain(assessment, format="json").encode()]


def answer(start_response: Callable[..., object], status: str, content: object) -> Iterable[bytes]:
    """Send an answer as JSON."""
    start_response(status, [("Content-Type", "application/json; charset=utf-8")])
    return [json.dumps(content, ensure_ascii=False).encode()]


if __name__ == "__main__":
    with make_server("127.0.0.1", 8000, service) as server:
        print("http://127.0.0.1:8000")  # noqa: T201  # for the person who started it
        server.serve_forever()
