"""Markdown of articles, made HTML. Refuses whatever an article must not hold.

No raw HTML, no pictures in the text, nothing from another server: each is a Problem with its line. What
passes still goes through nh3, so that a fault in the Markdown parser cannot become markup.
"""

import logging
import re
from collections.abc import Iterator

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from webapp.errors import Problem, SourceError
from webapp.sources.parsing import CONTROL

_TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "em", "strong", "a", "blockquote", "br", "hr", "code", "pre"}
_LINK = re.compile(r"https://[^/]|/(?![/\\])|#")
"""How a link may begin."""
_MARKDOWN = MarkdownIt("commonmark", {"html": True})
logging.getLogger("markdown_it").setLevel(logging.WARNING)
"""It would tell each step of parsing, which happens while a reader waits: nothing of that is for a log."""


def render_markdown(body: str, shown: str, first_line: int = 1) -> str:
    """Turn CommonMark into sanitised HTML. Raises SourceError for what may not stand in an article."""
    tokens = _MARKDOWN.parse(body)
    problems = list(_check_tokens(tokens, shown, first_line))
    if not body.strip():
        problems.append(Problem("article.empty", shown, "the article has no body", "Write it.", line=first_line))
    if problems:
        raise SourceError(problems)
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    if CONTROL.search(html):
        hint = "Remove the character reference, such as &#12;."
        raise SourceError([Problem("markdown.control", shown, "the text holds a control character", hint)])
    return nh3.clean(
        html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"https"}, link_rel="noopener noreferrer"
    )


def _check_tokens(tokens: list[Token], shown: str, first_line: int) -> Iterator[Problem]:
    for token in tokens:
        line = first_line + (token.map[0] if token.map else 0)
        if token.type == "heading_open" and token.tag in {"h1", "h5", "h6"}:
            hint = "Use ## to #### inside an article: the headline is the title."
            yield Problem("markdown.heading", shown, f"a heading of level {token.tag[1]}", hint, line)
        for piece in (token, *(token.children or ())):
            yield from _check_piece(piece, shown, line)


def _check_piece(token: Token, shown: str, line: int) -> Iterator[Problem]:
    if token.type in {"html_block", "html_inline"}:
        message = f"raw HTML is not allowed: {token.content.strip()[:40]}"
        yield Problem("markdown.html", shown, message, "Write it in Markdown, or escape < as &lt;.", line)
    if token.type == "image":
        hint = "Use the article's picture in article.toml; the text itself has none."
        yield Problem("markdown.image", shown, "a picture stands in the text", hint, line)
    if token.type == "link_open" and not _LINK.match(href := str(token.attrs.get("href", ""))):
        hint = "Link to https:// addresses, or to /<locale>/<slug> on this site."
        yield Problem("markdown.link", shown, f"a link to {href[:60]!r}", hint, line)


def plain_text(html: str) -> str:
    """Return the words of sanitised HTML, for search and summaries."""
    spaced = re.sub(r"</(?:p|li|h[2-4]|blockquote|pre)>|<br>", " ", html)
    bare = nh3.clean(spaced, tags=set())
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&nbsp;", " "), ("&amp;", "&")):
        bare = bare.replace(entity, character)
    return " ".join(bare.split())
