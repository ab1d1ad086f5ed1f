"""The way out of every response holds even when a part of it fails."""

import logging

import pytest
from flask.testing import FlaskClient

from tests.visits import door_of, open_site
from webapp.core.model import LocaleTag
from webapp.site import answers


@pytest.mark.parametrize("part", ["_through_gate", "_compress", "_path_for_header"])
def test_a_fault_on_the_way_out(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, part: str
) -> None:
    """The answer then has no article, and all headers; the log has no word of the fault."""
    caplog.set_level(logging.ERROR)
    headers = client.get("/en/reading-safely").headers
    door_of(client.application).forget()
    calls = []

    def fail(*_: object) -> None:
        calls.append(part)
        if len(calls) == 1:
            raise ValueError("canary-of-a-reader")

    monkeypatch.setattr(answers, part, fail)
    answer = client.get("/en/reading-safely")
    assert (answer.status_code, answer.mimetype) == (500, "text/plain")
    assert "<" not in answer.get_data(as_text=True)
    assert "canary" not in answer.get_data(as_text=True) + caplog.text
    expected = set(headers.keys()) - {"Content-Language", "Content-Encoding", "Vary"}
    assert expected <= set(answer.headers.keys())
    assert answer.headers["Content-Security-Policy"] == headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == headers["Cache-Control"]


def test_free_is_one_response_and_no_other(caplog: pytest.LogCaptureFixture) -> None:
    """That one response holds no article says nothing about another that leaves in its place."""
    caplog.set_level(logging.CRITICAL)
    app = open_site()
    with app.test_request_context("/en/"):
        app.preprocess_request()
        free = answers.without_article(answers.page_response(b"nothing", LocaleTag("en")))
        assert answers.finish(free).status_code == 200
        other = answers.finish(answers.page_response(b"<p>words of an article</p>", LocaleTag("en")))
        assert other.status_code == 503
        assert b"words of an article" not in other.get_data()
