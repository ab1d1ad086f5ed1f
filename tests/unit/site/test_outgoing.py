"""One answer, spelled for each kind of server."""

import pytest

from webapp.site.outgoing import make_answer

HEADERS = [("Content-Type", "text/html"), ("X-Word", "caf\xe9"), ("Vary", "A"), ("Vary", "B")]


def test_both_spellings_say_the_same() -> None:
    """ASGI gets the number of the status, names in lower case and bytes; nothing is lost or put in another order."""
    answer = make_answer("404 NOT FOUND", iter(HEADERS), b"body")
    start, body = answer.messages
    assert (answer.status, answer.headers, answer.body) == ("404 NOT FOUND", tuple(HEADERS), b"body")
    assert (start["type"], start["status"]) == ("http.response.start", 404)
    assert list(start["headers"]) == [
        (b"content-type", b"text/html"), (b"x-word", b"caf\xe9"), (b"vary", b"A"), (b"vary", b"B"),
    ]  # fmt: skip
    assert body["type"] == "http.response.body"
    assert body["body"] is answer.body


def test_head_has_the_headers_alone() -> None:
    """The answer to HEAD says how long the body would be, and has none."""
    answer = make_answer("200 OK", [*HEADERS, ("Content-Length", "4")], b"body")
    alone = answer.without_body()
    assert (alone.status, alone.headers, alone.body) == (answer.status, answer.headers, b"")
    assert [message.get("body") for message in alone.messages] == [None, b""]


def test_what_no_header_may_hold_is_refused() -> None:
    """A header is latin-1; what is not would be lost on the way."""
    with pytest.raises(UnicodeEncodeError):
        make_answer("200 OK", [("X-Word", "\u0434")], b"")
