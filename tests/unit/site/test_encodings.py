"""Compression: the encoding that the client asks for, and bytes that come back whole."""

import gzip

import brotli
import pytest
import zstandard

from webapp.site.encodings import choose_encoding, compress

BODY = ("Новости. " * 400).encode()


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        pytest.param(None, None, id="no header"),
        pytest.param("", None, id="empty"),
        pytest.param("identity", None, id="identity"),
        pytest.param("deflate, compress", None, id="none of ours"),
        pytest.param("gzip", "gzip", id="gzip alone"),
        pytest.param("zstd", "zstd", id="zstd alone"),
        pytest.param("br", "br", id="br alone"),
        pytest.param("gzip, deflate, br, zstd", "br", id="a browser"),
        pytest.param("gzip, zstd", "zstd", id="zstd before gzip"),
        pytest.param("GZIP", "gzip", id="upper case"),
        pytest.param("  gzip ;  q=1.0 ", "gzip", id="white space"),
        pytest.param("br;q=0.1, gzip;q=0.9", "gzip", id="by quality"),
        pytest.param("br;q=0.5, gzip;q=0.5", "br", id="equal quality: the smaller"),
        pytest.param("br;q=0", None, id="refused"),
        pytest.param("br;q=0.000, gzip", "gzip", id="refused in full"),
        pytest.param("*", "br", id="anything"),
        pytest.param("*;q=0", None, id="nothing"),
        pytest.param("br;q=0, *", "zstd", id="anything but one"),
        pytest.param("gzip;q=0.2, *;q=0.1", "gzip", id="named before anything"),
        pytest.param("br;q=2", None, id="quality too large"),
        pytest.param("br;q=x, gzip", "gzip", id="junk beside a good one"),
        pytest.param(";;;,,,", None, id="junk"),
        pytest.param("br" * 40_000, None, id="80 KB"),
        pytest.param("x, " * 20_000 + "br", None, id="far beyond what is read"),
    ],
)
def test_choice(header: str | None, encoding: str | None) -> None:
    """RFC 9110 §12.5.3, with Brotli before Zstandard before gzip where the client has no preference."""
    assert choose_encoding(header) == encoding


@pytest.mark.parametrize("body", [pytest.param(BODY, id="text"), pytest.param(b"", id="nothing")])
def test_bytes_come_back_whole(body: bytes) -> None:
    """Each encoding can be undone by its own library."""
    assert brotli.decompress(compress(body, "br")) == body
    assert zstandard.ZstdDecompressor().decompress(compress(body, "zstd")) == body
    assert gzip.decompress(compress(body, "gzip")) == body


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip"])
def test_same_body_same_bytes(encoding: str) -> None:
    """Nothing but the body decides the bytes: no time, no name of a machine."""
    assert compress(BODY, encoding) == compress(BODY, encoding)
    assert len(compress(BODY, encoding)) < len(BODY) / 10
