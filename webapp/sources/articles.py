"""content/<slug>/: articles as folders an editor can drop in. Owns their front matter, names and pictures; their
Markdown is `markdown`'s."""

import os
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field

from webapp.core.model import Article, ArticleText, Author, LocaleTag, Slug
from webapp.errors import Problem, SourceError
from webapp.sources.bodies import is_innocent, keep_here
from webapp.sources.conditions import load_conditions
from webapp.sources.crew import Crew
from webapp.sources.files import is_passed_over, read_file
from webapp.sources.front_matter import find_front_matter, parse_plain_toml
from webapp.sources.keeping import Reading
from webapp.sources.markdown import render_markdown
from webapp.sources.parsing import Strict, Words, parse_model, to_utf8
from webapp.sources.pausing import without_collecting
from webapp.sources.pictures import load_picture
from webapp.sources.shelf import Shelf

RESERVED = frozenset(
    {"about-notice", "blank", "contact", "feed", "leave", "leaving", "media", "page", "search", "static"}
)
"""Slugs that would hide a page of the site's own."""

LARGE = 2_000
"""Texts from which on it pays to read them in several processes: to make one takes a tenth of a second."""

Loaded = TypeVar("Loaded")

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


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
    conditions = (authors, known, thorough)
    make = partial(load_article, root, authors, known, thorough)
    for slug in list_slugs(root, problems):
        try:
            if reading is None:
                articles.append(make(slug, lambda shown: to_utf8(read_file(root / shown, shown), shown)))
            else:
                articles.append(reading.find_article(slug, conditions, partial(make, slug)))
        except SourceError as fault:
            problems += fault.problems
    if problems:
        raise SourceError(problems)
    articles.sort(key=lambda article: (article.published, article.slug), reverse=True)
    return {article.slug: article for article in articles}


@contextmanager
def reading_ahead(root: Path, processes: int) -> Iterator[Crew | None]:
    """Have so many processes begin to read the articles of a large site, this one among them when it joins the others.

    Gives them until the block ends, or nothing: for a small site, one whose authors or languages are faulty, and where
    the system has no room for them. What they could not read is left to `load_articles`. There must be no other thread
    in this process.
    """
    crew = None
    if processes and Shelf.is_possible():
        with suppress(OSError, SourceError):
            slugs = list_slugs(root, [])
            if _are_many(root, slugs):
                crew = Crew(root, slugs, load_conditions(root), partial(load_article, root), processes)
    if crew is None:
        yield None
        return
    with crew, without_collecting():
        yield crew


def _are_many(root: Path, slugs: Iterable[str]) -> bool:
    """Whether articles have so many texts that it pays; counts no further than that."""
    texts = 0
    for slug in slugs:
        texts += len(_names(f"{root}/content/{slug}"))
        if texts >= LARGE:
            return True
    return False


def list_slugs(root: Path, problems: list[Problem]) -> list[str]:
    """Return the names of the folders of articles, sorted. That there are none at all is a Problem."""
    content = root / "content"
    if not content.is_dir():
        problems.append(Problem("content.missing", "content", "the folder does not exist", "Create it."))
        return []
    with os.scandir(content) as entries:
        return sorted(entry.name for entry in entries if is_article(entry))


def is_article(entry: os.DirEntry[str]) -> bool:
    """Whether what lies in content/ is the folder of an article."""
    name = entry.name
    return not name.startswith("_") and not is_passed_over(name) and entry.is_dir(follow_symlinks=False)


def load_article(
    root: Path,
    authors: Mapping[str, Author],
    locales: Collection[LocaleTag],
    thorough: bool,
    slug: str,
    read: Callable[[str], bytes],
) -> Article:
    """Read one article's folder. Raises SourceError with every Problem in it.

    `read` reads a text in UTF-8 by its path from the root. `thorough`: see `load_articles`.
    """
    shown = f"content/{slug}"
    problems = list(_check_slug(slug, shown))
    model = _collect(problems, partial(_load_head, read, shown))
    picture = _collect(problems, partial(load_picture, root, shown, model.picture)) if model and model.picture else None
    texts: dict[LocaleTag, ArticleText] = {}
    for name in _names(f"{root}/{shown}"):
        text = _collect(problems, partial(_load_text, read, f"{shown}/{name}", locales, thorough))
        if text is not None:
            texts[text.locale] = text
    if not texts and not problems:
        problems.append(Problem("article.no-text", shown, "the article has no text", "Add a file such as en.md."))
    if model:
        problems += _check_head(model, texts, authors, shown)
    if problems or model is None:
        raise SourceError(problems)
    return Article(
        slug=Slug(slug),
        published=model.published.astimezone(UTC),
        updated=(model.updated or model.published).astimezone(UTC),
        breaking=model.breaking,
        author=authors[model.author],
        agencies=tuple(model.agencies),
        picture=picture,
        texts=texts,
    )


def _names(folder: str) -> list[str]:
    try:
        return sorted(it for it in os.listdir(folder) if it.endswith(".md") and not is_passed_over(it))  # noqa: PTH208 - names are all that is wanted
    except PermissionError:  # `files.survey` says so
        return []


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


def _load_head(read: Callable[[str], bytes], shown: str) -> _ArticleModel:
    path = f"{shown}/article.toml"
    return parse_model(_ArticleModel, parse_plain_toml(read(path).decode(), path), path)


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


def _load_text(
    read: Callable[[str], bytes],
    shown: str,
    locales: Collection[LocaleTag],
    thorough: bool,
) -> ArticleText:
    tag = LocaleTag(sys.intern(shown.rpartition("/")[2].removesuffix(".md")))
    if tag not in locales:
        hint = "Name the file after a language of config/locales.toml, in the same spelling, or add that language."
        raise SourceError([Problem("article.locale", shown, f"{tag!r} is not a language of this site", hint)])
    source = read(shown)
    if b"\r" in source:
        source = source.replace(b"\r\n", b"\n")
    start, end, after = find_front_matter(source, shown)
    front = parse_model(_FrontMatter, parse_plain_toml(source[start:end].decode(), shown, first_line=2), shown)
    body = source[after:]
    if thorough or not is_innocent(body):
        render_markdown(body.decode(), shown, source.count(b"\n", 0, after) + 1)
    return ArticleText(
        locale=tag,
        title=front.title,
        standfirst=front.standfirst,
        body=keep_here(body),
        picture_alt=front.picture_alt,
        picture_caption=front.picture_caption,
    )
