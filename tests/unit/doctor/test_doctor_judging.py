"""What the doctor makes of an answer, without any server: the site's own state, headers, marks of caches, the line."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from werkzeug.datastructures import Headers

from webapp.doctor.caches import find_sign
from webapp.doctor.pages import examine_headers
from webapp.doctor.state import examine_state
from webapp.doctor.transport import is_private_line
from webapp.doctor.wire import Answer, UndecodableError, decode
from webapp.site.encodings import compress
from webapp.site.headers import Kind, page_policy, set_headers
from webapp.site.sight import Hop, Sight, find_sight, write_page

BASE = urlsplit("https://news.example")
GOOD = Sight(
    nonce="00",
    peer="192.0.2.1",
    peer_trusted=True,
    direct=False,
    trusts_everybody=False,
    hops=(Hop("203.0.113.9", trusted=False),),
    address="203.0.113.9",
    reason=None,
    detail="",
    steps=("<&>",),
    country="DE",
    place="203.0.113.0/24 in DE",
    shown=(),
    marks=(),
    accept_encoding="",
    edition="e",
    map_date="2026-06-01",
    map_days_left=100,
    map_doubt=None,
    unreviewed=(),
    hsts=True,
    base_url="https://news.example",
    notice_mode="decided",
)


@pytest.mark.parametrize(
    ("sight", "expected"),
    [
        pytest.param(GOOD, set(), id="all is well"),
        pytest.param(replace(GOOD, map_days_left=31), set(), id="the map lasts"),
        pytest.param(replace(GOOD, map_days_left=30), {"map-ages"}, id="the map ages"),
        pytest.param(replace(GOOD, map_doubt="too old", map_days_left=-1), {"map-doubt"}, id="the map is too old"),
        pytest.param(replace(GOOD, map_date=None, map_days_left=None, map_doubt="none"), {"map-doubt"}, id="no map"),
        pytest.param(replace(GOOD, unreviewed=("a", "b", "c", "d", "e", "f")), {"unreviewed"}, id="texts"),
        pytest.param(replace(GOOD, base_url="http://news.example"), {"base-url"}, id="another scheme"),
        pytest.param(replace(GOOD, base_url="https://www.news.example"), {"base-url"}, id="another host"),
        pytest.param(replace(GOOD, notice_mode="always"), {"always"}, id="every notice to everybody"),
    ],
)
def test_state(sight: Sight, expected: set[str]) -> None:
    """Each state of the site has its finding."""
    assert {it.code for it in examine_state(BASE, sight)} == expected


def test_many_texts_are_counted() -> None:
    """A long list is cut and counted."""
    (finding,) = examine_state(BASE, replace(GOOD, unreviewed=("a", "b", "c", "d", "e", "f")))
    assert "a; b; c; d; and 2 more" in finding.what


def test_sight_travels_as_a_page() -> None:
    """What the site writes the doctor reads, markup and all."""
    page = write_page(GOOD)
    assert find_sight(page) == GOOD
    assert "<&>" not in page


def page_answer(**changes: str | None) -> Answer:
    """A page as the site sends it, with some headers changed; None takes one out."""
    css = "p{margin:0}"
    headers = Headers({"Content-Type": "text/html", "Date": "now", "Content-Length": "1"})
    set_headers(headers, Kind.PAGE, page_policy(css), hsts=True, onion=None, path="/")
    for name, value in changes.items():
        headers.pop(name.replace("_", "-"), None)
        if value is not None:
            headers[name.replace("_", "-")] = value
    return Answer(200, tuple(headers.items()), f"<style>{css}</style>".encode())


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, [], id="as sent"),
        pytest.param({"CDN_Cache_Control": None, "Surrogate_Control": None}, [], id="eaten by a CDN"),
        pytest.param({"Server": "nginx"}, [], id="a server's bare name"),
        pytest.param({"Server": "nginx/1.22.1"}, ["header-added"], id="a server's version"),
        pytest.param({"CF_Ray": "8", "Via": "1.1 x", "Age": "0"}, [], id="a CDN speaks of itself"),
        pytest.param({"Vary": "Accept-Language, accept-encoding, Origin"}, [], id="more in Vary"),
        pytest.param({"Vary": "Accept-Encoding"}, ["header-altered"], id="less in Vary"),
        pytest.param({"Vary": "*"}, [], id="everything in Vary"),
        pytest.param({"X_Frame_Options": None}, ["header-missing"], id="one missing"),
        pytest.param({"Referrer_Policy": "origin"}, ["header-altered"], id="one altered"),
        pytest.param({"Cache_Control": "private"}, ["header-altered"], id="no-store lost"),
        pytest.param(
            {"Content_Security_Policy": "default-src *"}, ["header-altered", "rewritten"], id="another policy"
        ),
        pytest.param({"ETag": '"x"'}, ["header-traces"], id="a validator"),
        pytest.param({"Set_Cookie": "a=b"}, ["header-traces"], id="a cookie"),
        pytest.param({"X_Powered_By": "x"}, ["header-added"], id="a boast"),
    ],
)
def test_headers(changes: dict[str, str | None], expected: list[str]) -> None:
    """What is missing, altered or added is found, and what CDNs may do is let be."""
    assert [it.code for it in examine_headers("/", page_answer(**changes))] == expected


def test_style_that_the_policy_does_not_know() -> None:
    """A style element that was changed on its way is found by the digest in the policy."""
    answer = replace(page_answer(), body=b"<style>p{margin:1px}</style>")
    assert [it.code for it in examine_headers("/", answer)] == ["rewritten"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param((), None, id="nothing"),
        pytest.param((("Age", "0"),), None, id="fresh"),
        pytest.param((("Age", "12"),), "Age: 12", id="aged"),
        pytest.param((("Age", "x"),), None, id="no number"),
        pytest.param((("X-Cache", "MISS"),), None, id="missed"),
        pytest.param((("X-Cache", "TCP_HIT from x"),), "x-cache: TCP_HIT from x", id="hit"),
        pytest.param((("CF-Cache-Status", "DYNAMIC"),), None, id="never kept"),
    ],
)
def test_signs_of_a_cache(fields: tuple[tuple[str, str], ...], expected: str | None) -> None:
    """A cache that answered by itself is known by its headers."""
    assert find_sign(Answer(200, fields, b"")) == expected


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("https://news.example", True),
        ("http://news.example", False),
        ("http://127.0.0.1:8000", True),
        ("http://[::1]", True),
        ("http://localhost", True),
        ("http://example.onion", True),
        ("http://192.168.0.1", False),
        ("http://127.0.0.1.news.example", False),
        ("http://localhost.news.example", False),
    ],
)
def test_where_the_secret_may_go(url: str, private: bool) -> None:
    """Over TLS, within this machine, or to an onion service; nowhere else."""
    assert is_private_line(urlsplit(url)) == private


@pytest.mark.parametrize("encoding", ["br", "gzip", "zstd"])
def test_decoding(encoding: str) -> None:
    """What the site compresses the doctor reads, and what is damaged or mislabelled is refused in words."""
    body = b"text " * 200
    packed = compress(body, encoding)
    assert decode(packed, encoding) == body
    with pytest.raises(UndecodableError):
        decode(body, encoding)
    with pytest.raises(UndecodableError):
        decode(packed, "pack200")
    with pytest.raises(UndecodableError):
        _ = Answer(200, (), packed + b"\xff\xfe").text
