"""The response headers of every status, in one table. No other module sets a security or cache header."""

import base64
import hashlib
from enum import StrEnum

from werkzeug.datastructures import Headers

from webapp.settings import Hsts


class Kind(StrEnum):
    """What a response carries: a page or feed (never kept), a picture (never kept), a fixed file (may be kept),
    the way out (never kept, and asks the browser to forget)."""

    PAGE = "page"
    PICTURE = "picture"
    FIXED = "fixed"
    EXIT = "exit"


_FEATURES = (
    "accelerometer", "attribution-reporting", "autoplay", "bluetooth", "browsing-topics", "camera", "display-capture",
    "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts",
    "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock", "serial",
    "storage-access", "usb", "xr-spatial-tracking",
)  # fmt: skip

_ALWAYS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _FEATURES),
    "Origin-Agent-Cluster": "?1",
    "X-Robots-Tag": "noarchive",
    "X-DNS-Prefetch-Control": "off",
}

_NOT_KEPT = {
    "Cache-Control": "private, no-store",
    "CDN-Cache-Control": "no-store",
    "Surrogate-Control": "no-store",
}

_KEPT = {"Cache-Control": "public, max-age=3600"}

_SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


_FORGET = '"cache", "cookies", "storage"'
"""What leaving asks a browser to delete. There should be no cookie and no storage; the cache may hold pages gone by."""


def page_policy(*styles: str) -> str:
    """Return the Content-Security-Policy of pages whose one style element holds exactly one of `styles`."""
    digests = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(it.encode()).digest()).decode()}'" for it in styles)
    return (
        f"default-src 'none'; style-src 'self' {digests}; img-src 'self'; font-src 'self'; "
        "script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def set_headers(headers: Headers, kind: Kind, policy: str, hsts: int, onion: str | None, path: str) -> None:
    """Write the table into `headers`, and take out what must not leave. `onion` is the onion service's base.

    `hsts` is one of `settings.Hsts`.
    """
    headers.update(_ALWAYS)
    headers.update(_KEPT if kind is Kind.FIXED else _NOT_KEPT)
    headers["Content-Security-Policy"] = _SVG_POLICY if kind is Kind.PICTURE else policy
    if kind is Kind.EXIT:
        headers["Clear-Site-Data"] = _FORGET
    headers["Vary"] = "Accept-Encoding, Accept-Language" if kind is Kind.PAGE else "Accept-Encoding"
    if hsts:
        preload = "; preload" if hsts == Hsts.PRELOAD else ""
        headers["Strict-Transport-Security"] = f"max-age=63072000; includeSubDomains{preload}"
    if onion and kind is Kind.PAGE:
        headers["Onion-Location"] = onion + path
    headers["Server"] = ""  # granian names itself unless the header is there
    for name in ("Set-Cookie", "Report-To", "NEL", "ETag", "Last-Modified"):
        headers.pop(name, None)
