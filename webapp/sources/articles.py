"""content/<slug>/: articles as folders an editor can drop in. Owns Markdown, front matter and pictures.

No raw HTML, no pictures in the text, nothing from another server: each is a Problem with its line. What
passes still goes through nh3, so that a fault in the Markdown parser cannot become markup.
"""

import logging
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import AfterValidator, Field

from webapp.core.model import Article, ArticleText, Author, LocaleTag, Slug
from webapp.errors import Problem, SourceError
from webapp.sources.bodies import PackedBody, is_innocent, pack
from webapp.sources.files import is_passed_over
from webapp.sources.keeping import Reading
from webapp.sources.parsing import CONTROL, Strict, Words, parse_model, parse_toml, read_text
from webapp.sources.pictures import load_picture

RESERVED = frozenset(
    {"about-notice", "blank", "contact", "feed", "leave", "leaving", "media", "page", "search", "static"}
)
"""Slugs that would hide a page of the site's own."""

Loaded = TypeVar("Loaded")

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_FRONT_MATTER = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_PLAIN_LINE = re.compile(r'([A-Za-z_]+) = "([^"\\\n]*)"')
_TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "em", "strong", "a", "blockquote", "br", "hr", "code", "pre"}
_MARKDOWN = MarkdownIt("commonmark", {"html": True})
logging.getLogger("markdown_it").setLevel(logging.WARNING)
"""It would tell each step of parsing, which happens while a reader waits: nothing of that is for a log."""


def _plausible(moment: datetime) -> datetime:
    if not 1900 <= moment.year <= 9000:
        raise ValueError("the year is not plausible")
    return moment


_Moment = Annotated[datetime, AfterValidator(_plausible)]


class _ArticleModel(Strict):
    published: _Moment
    updated: _Moment | None = None
    breaking: bool = False
    author: str
    agencies: list[Words] = Field(default_factory=list)
    picture: str | None = None


class _FrontMatter(Strict):
    title: Annotated[str, Field(min_length=1, max_length=200)]
    standfirst: Annotated[str, Field(min_length=1, max_length=600)]
    picture_alt: str = ""
    picture_caption: str = ""


def load_articles(
    root: Path,
    authors: Mapping[str, Author],
    locales: Iterable[LocaleTag],
    reading: Reading | None = None,
    thorough: bool = False,
) -> Mapping[Slug, Article]:
    """Read every article of content/, newest first. Raises SourceError with every Problem of every article.

    `reading` spares those whose files are as they were. `thorough` parses every text now, and not when it is wanted.
    """
    problems: list[Problem] = []
    articles: list[Article] = []
    known = frozenset(locales)
    for folder in _folders(root, problems):
        make = partial(load_article, root, folder, authors, known, thorough=thorough)
        try:
            if reading is None:
                articles.append(make(lambda shown: read_text(root / shown, shown)))
            else:
                articles.append(reading.find_article(folder.name, (authors, known, thorough), make))
        except SourceError as fault:
            problems += fault.problems
    if problems:
        raise SourceError(problems)
    articles.sort(key=lambda article: (article.published, article.slug), reverse=True)
    return {article.slug: article for article in articles}


def _folders(root: Path, problems: list[Problem]) -> list[Path]:
    content = root / "content"
    if not content.is_dir():
        problems.append(Problem("content.missing", "content", "the folder does not exist", "Create it."))
        return []
    return sorted(it for it in content.iterdir() if is_article(it))


def is_article(path: Path) -> bool:
    """Whether a path of content/ is the folder of an article."""
    return not path.name.startswith("_") and not is_passed_over(path.name) and path.is_dir() and not path.is_symlink()


def load_article(
    root: Path,
    folder: Path,
    authors: Mapping[str, Author],
    locales: Collection[LocaleTag],
    read: Callable[[str], str],
    thorough: bool = False,
) -> Article:
    """Read one article's folder. Raises SourceError with every Problem in it.

    `read` reads a text by its path from the root. `thorough`: see `load_articles`.
    """
    shown = f"content/{folder.name}"
    problems = list(_check_slug(folder.name, shown))
    model = _collect(problems, partial(_load_head, read, shown))
    picture = _collect(problems, partial(load_picture, root, shown, model.picture)) if model and model.picture else None
    texts: dict[LocaleTag, ArticleText] = {}
    for path in sorted(it for it in folder.glob("*.md") if not is_passed_over(it.name)):
        text = _collect(problems, partial(_load_text, read, f"{shown}/{path.name}", locales, thorough))
        if text is not None:
            texts[text.locale] = text
    if not texts and not problems:
        problems.append(Problem("article.no-text", shown, "the article has no text", "Add a file such as en.md."))
    if model:
        problems += _check_head(model, texts, authors, shown)
    if problems or model is None:
        raise SourceError(problems)
    return Article(
        slug=Slug(folder.name),
        published=model.published.astimezone(UTC),
        updated=(model.updated or model.published).astimezone(UTC),
        breaking=model.breaking,
        author=authors[model.author],
        agencies=tuple(model.agencies),
        picture=picture,
        texts=texts,
    )


def _collect(problems: list[Problem], read: Callable[[], Loaded]) -> Loaded | None:
    try:
        return read()
    except SourceError as fault:
        problems += fault.problems
        return None


def _check_slug(name: str, shown: str) -> Iterator[Problem]:
    if not _SLUG.match(name) or len(name) > 120:
        hint = "Rename the folder: a–z, 0–9 and single hyphens, 120 characters at most."
        yield Problem("article.slug", shown, f"{name!r} cannot stand in an address", hint)
    if name in RESERVED:
        yield Problem("article.slug", shown, f"{name!r} is the address of a page of the site", "Rename the folder.")


def _load_head(read: Callable[[str], str], shown: str) -> _ArticleModel:
    path = f"{shown}/article.toml"
    return parse_model(_ArticleModel, parse_toml(read(path), path), path)


def _check_head(
    model: _ArticleModel, texts: Mapping[LocaleTag, ArticleText], authors: Mapping[str, Author], shown: str
) -> Iterator[Problem]:
    path = f"{shown}/article.toml"
    for key, moment in (("published", model.published), ("updated", model.updated)):
        if moment is not None and moment.tzinfo is None:
            hint = "Add a Z for UTC, or an offset such as +02:00."
            yield Problem("article.time", path, "the time has no zone", hint, key=key)
    if model.author not in authors:
        hint = f"Use one of: {', '.join(authors)}; or add it under [authors] in config/site.toml."
        yield Problem("article.author", path, f"there is no author {model.author!r}", hint, key="author")
    if model.picture:
        for text in texts.values():
            if not text.picture_alt:
                hint = "Say what the picture shows, for those who cannot see it."
                yield Problem(
                    "article.alt", f"{shown}/{text.locale}.md", "picture_alt is empty", hint, key="picture_alt"
                )


def _load_text(read: Callable[[str], str], shown: str, locales: Collection[LocaleTag], thorough: bool) -> ArticleText:
    tag = LocaleTag(Path(shown).stem)
    if tag not in locales:
        hint = "Name the file after a language of config/locales.toml, in the same spelling, or add that language."
        raise SourceError([Problem("article.locale", shown, f"{tag!r} is not a language of this site", hint)])
    source = read(shown).replace("\r\n", "\n")
    found = _FRONT_MATTER.match(source)
    if not found:
        hint = "Begin the file with +++, the keys title and standfirst, and +++ on a line of its own."
        raise SourceError([Problem("article.front-matter", shown, "there is no front matter", hint, line=1)])
    front = parse_model(_FrontMatter, parse_front_matter(found[1], shown), shown)
    body = source[found.end() :]
    render = partial(render_markdown, shown=shown, first_line=found[0].count("\n") + 1)
    if thorough or not is_innocent(body):
        render(body)
    return ArticleText(
        locale=tag,
        title=front.title,
        standfirst=front.standfirst,
        body=PackedBody(pack(body), render, plain_text),
        picture_alt=front.picture_alt,
        picture_caption=front.picture_caption,
    )


def parse_front_matter(text: str, shown: str) -> dict[str, Any]:
    """Parse what stands between the +++ as TOML; plain lines of text, as nearly all are, without the parser."""
    data: dict[str, Any] = {}
    for line in text.split("\n"):
        found = _PLAIN_LINE.fullmatch(line)
        if line and (found is None or found[1] in data):
            return parse_toml(text, shown, first_line=2)
        if found:
            data[found[1]] = found[2]
    return data


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
    href = str(token.attrs.get("href", ""))
    if token.type == "link_open" and not re.match(r"https://[^/]|/(?![/\\])|#", href):
        hint = "Link to https:// addresses, or to /<locale>/<slug> on this site."
        yield Problem("markdown.link", shown, f"a link to {href[:60]!r}", hint, line)


def plain_text(html: str) -> str:
    """Return the words of sanitised HTML, for search and summaries."""
    spaced = re.sub(r"</(?:p|li|h[2-4]|blockquote|pre)>|<br>", " ", html)
    bare = nh3.clean(spaced, tags=set())
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&nbsp;", " "), ("&amp;", "&")):
        bare = bare.replace(entity, character)
    return " ".join(bare.split())
