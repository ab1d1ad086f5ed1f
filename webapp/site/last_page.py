"""The page of last resort: the built-in notice in all its languages, made without any file. Refuses to hold an article.

Each answer is 503 with Retry-After and the headers of every page. The addresses to which leaving leads give an empty
page instead: whoever wants to be gone shall not find a text about the law there.
"""

import re
from collections.abc import Callable

from markupsafe import Markup
from werkzeug.datastructures import Headers

from webapp.core.builtin_notice import BUILTIN_NOTICES, BuiltinLaw, BuiltinNotice
from webapp.core.last_resort import BUILT_IN_ENDONYMS
from webapp.settings import Settings
from webapp.site.headers import Kind, page_policy, set_headers
from webapp.site.outgoing import Answer, make_answer

RETRY_AFTER = 60
"""Seconds after which a program may ask again; a person may at any time."""

LEAVE = "/en/leave"
_LEADS_OUT = re.compile(r"/[A-Za-z0-9-]+/(leave|blank)/?")

_CSS = (
    ":root{color-scheme:light dark}"
    'body{max-width:32rem;margin:0 auto;padding:.5rem 1rem 5rem;font:1.1rem/1.5 "Noto Serif",Georgia,serif;'
    "overflow-wrap:break-word}"
    "a{color:inherit;display:inline-block;padding:.6rem .6rem .6rem 0}"
    ":focus-visible{outline:3px solid;outline-offset:2px}"
    "h1,h2{line-height:1.25}h1{font-size:1.5rem}h2{margin:.4rem 0;font-size:1.15rem}"
    "ul{margin:0;padding:0;list-style:none;display:flex;flex-wrap:wrap;gap:0 1rem}"
    "section{border-block-start:1px solid}"
    ".notice{padding:.3rem 1rem;margin-block:.6rem;border:1px solid #b25c00;border-inline-start-width:.5rem;"
    "background:#fff0c9;background:light-dark(#fff0c9,#32260c);color:#1c1b19;color:light-dark(#1c1b19,#ece8df)}"
    ".notice p{margin-block:.4rem}"
    ".leave{position:fixed;inset-block-end:.7rem;inset-inline-end:.7rem;padding:.6rem 1rem;border:1px solid;"
    "font-size:.9rem;background:CanvasText;color:Canvas;font-weight:700}"
    "@media print{.leave,nav{display:none}.notice{break-inside:avoid}}"
)

_PAGE = Markup(
    '<!doctype html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<meta name="color-scheme" content="light dark">\n<meta name="robots" content="noindex">\n'
    "<style>{css}</style>\n</head>\n<body>\n"
    '<header>\n<a class="leave" href="{leave}" rel="nofollow">{words}</a>\n'
    '<nav aria-label="Languages">\n<ul role="list">\n{links}</ul>\n</nav>\n</header>\n'
    "<main>\n{parts}</main>\n</body>\n</html>\n"
)
_WORD = Markup('<span lang="{tag}">{word}</span>')
_LINK = Markup('<li><a href="#{tag}" lang="{tag}" hreflang="{tag}">{endonym}</a></li>\n')
_PART = Markup(
    '<section id="{tag}" lang="{tag}" dir="{direction}">\n<h1>{unavailable}</h1>\n<p>{later}</p>\n{laws}</section>\n'
)
_LAW = Markup(
    '<div class="notice">\n<h2>{law.heading}</h2>\n<p>{law.who}</p>\n<p>{law.what}</p>\n<p>{law.penalty}</p>\n</div>\n'
)
_EMPTY = (
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Empty page</title>\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="robots" content="noindex">\n'
    "</head>\n<body>\n<main>\n<h1>Empty page</h1>\n</main>\n</body>\n</html>\n"
)


def make_last_page(settings: Settings) -> Callable[[str, str], Answer]:
    """Return the function that answers a method and a path, as WSGI writes them, while there is no edition."""
    notice = _answer(render_last_page(), Kind.PAGE, settings)
    empty = _answer(_EMPTY, Kind.EXIT, settings)

    def answer(method: str, path: str) -> Answer:
        found = empty if _LEADS_OUT.fullmatch(path) else notice
        return found.without_body() if method == "HEAD" else found

    return answer


def render_last_page() -> str:
    """Return the whole page as text."""
    first = next(iter(BUILTIN_NOTICES.values()))
    return str(
        _PAGE.format(
            title=first.unavailable,
            css=Markup(_CSS),  # noqa: S704 - our own style sheet, above
            links=Markup().join(_LINK.format(tag=tag, endonym=BUILT_IN_ENDONYMS[tag]) for tag in BUILTIN_NOTICES),
            parts=Markup().join(map(_part, BUILTIN_NOTICES.values())),
            leave=LEAVE,
            words=Markup(" · ").join(_WORD.format(tag=it.locale, word=it.leave) for it in BUILTIN_NOTICES.values()),
        )
    )


def _part(notice: BuiltinNotice) -> Markup:
    return _PART.format(
        tag=notice.locale,
        direction=notice.direction,
        unavailable=notice.unavailable,
        later=notice.later,
        laws=Markup().join(map(_law, notice.laws)),
    )


def _law(law: BuiltinLaw) -> Markup:
    return _LAW.format(law=law)


def _answer(page: str, kind: Kind, settings: Settings) -> Answer:
    body = page.encode()
    headers = Headers({"Content-Type": "text/html; charset=utf-8", "Retry-After": str(RETRY_AFTER)})
    set_headers(headers, kind, page_policy(_CSS), settings.hsts, settings.onion_location, "/")
    headers["Content-Length"] = str(len(body))
    return make_answer("503 SERVICE UNAVAILABLE", headers, body)
