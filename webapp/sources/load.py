"""Everything on disk, made into one Edition or refused with every Problem at once."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

from webapp.core.checks import check_edition
from webapp.core.model import (
    Article,
    Author,
    Catalog,
    Edition,
    Locale,
    LocaleTag,
    Notice,
    Site,
    Slug,
    Territory,
    TerritoryId,
)
from webapp.errors import Problem, Severity, SourceError, has_errors
from webapp.sources.approvals import load_approvals
from webapp.sources.articles import list_slugs, load_articles
from webapp.sources.catalogs import load_catalog, source_catalog
from webapp.sources.closing import CLOSED, check_closed
from webapp.sources.collecting import Collector
from webapp.sources.conditions import load_authors
from webapp.sources.config import load_site
from webapp.sources.crew import Crew
from webapp.sources.files import Survey, survey
from webapp.sources.formats import write_date
from webapp.sources.keeping import Keeper, Reading
from webapp.sources.legal import Review, to_notice
from webapp.sources.locales import SOURCE_LOCALE, language_aliases, load_locales
from webapp.sources.map_in_use import AREAS, MAP_FILES, load_map_in_use
from webapp.sources.notices import NoticeSource, check_listed, load_notices
from webapp.sources.parsing import read_text
from webapp.sources.pseudo import PSEUDO_CATALOGS, PSEUDO_LOCALES
from webapp.territories.age import check_age
from webapp.territories.definitions import Definitions, check_definitions, load_definitions
from webapp.territories.regions import region_answers

TERRITORIES = "config/territories.toml"
STYLES = ("static/site.css", "static/other.css", "static/plain.css")
"""The style sheets of every page, of all pages but articles besides, and of articles with nothing but their text."""

READINGS = 5
"""How often sources that change while they are read are read again, so that no edition mixes two states."""

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Loaded:
    """An edition that may be served, and what an editor should look at all the same."""

    edition: Edition
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Whole:
    """An edition, what was asked for, and what the files were of which it was made."""

    asked: tuple[object, ...]
    digest: str
    problems: tuple[Problem, ...]
    loaded: Loaded


def load_edition(
    root: Path,
    today: date,
    base_url: str | None = None,
    with_pseudo: bool = False,
    keeper: Keeper | None = None,
    thorough: bool = False,
    crew: Crew | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> Loaded:
    """Read the site in `root`. Raises SourceError with every Problem when it may not be served.

    `base_url` overrides the one in config/site.toml. `today` is for the checks of dates.
    `with_pseudo` adds the languages of the translators' preview. `keeper` spares what has not changed since its last
    reading. `thorough` parses every article at once, and not only those that may hold what they must not. `crew` reads
    the articles of a large site already, see `articles.reading_ahead`. `meanwhile` is other work, done while it does.
    """
    keeper = keeper or Keeper()
    pseudo = PSEUDO_LOCALES if with_pseudo else {}
    asked = (root, today, base_url, with_pseudo, thorough)
    for _ in range(READINGS):
        found = survey(root)
        if known := _find_whole(keeper.find_whole(root, found), asked, root, found):
            return known
        reading = keeper.begin(root, found)
        if keeper.whole and (known := _find_unread(keeper.whole, asked, reading)):
            keeper.keep_whole(keeper.whole, reading)
            return known
        try:
            loaded = _load_once(root, today, base_url, pseudo, reading, thorough, crew, meanwhile)
        except SourceError:
            if survey(root) == reading.found:
                raise
            continue  # half a change: its Problems are gone in a moment
        finally:
            crew = None  # what another reading must read again is little
        if reading.still_holds(survey(root)):
            keeper.forget_others(loaded.edition.articles)
            whole = _Whole(asked, reading.digest_all(), reading.found.problems, loaded)
            keeper.keep_whole(None if any(map(_may_pass, loaded.warnings)) else whole, reading)
            return loaded
    hint = "Wait until the upload is over. If none is running, find the program that keeps writing there."
    message = f"the files changed {READINGS} times while they were read"
    raise SourceError([Problem("sources.changing", ".", message, hint)])


def _may_pass(problem: Problem) -> bool:
    """Whether a Problem may be gone when the same files are read again: a disk may fail once."""
    return problem.code == "map.refused" or problem.severity is Severity.FAULT


def _prepare(
    root: Path, found: Survey, today: date, locales: Mapping[LocaleTag, Locale], definitions: Definitions | None
) -> None:
    """Do early, while others read, what takes long and what this process then keeps, so that it is there at once."""
    if definitions is not None:
        load_map_in_use(root, found, definitions)
    for locale in locales.values():
        write_date(today, locale)


def _find_whole(whole: object, asked: tuple[object, ...], root: Path, found: Survey) -> Loaded | None:
    """Return an edition that was made of the same files if it would be made again: of the same folders, that day."""
    styles = Collector()
    if not isinstance(whole, _Whole) or (whole.asked, whole.problems) != (asked, found.problems):
        return None
    if set(list_slugs(root, styles.problems)) != set(whole.loaded.edition.articles):
        return None  # a folder without any file, of which the survey knows nothing
    _read_styles(root, styles)
    return whole.loaded if not styles.problems else None


def _find_unread(whole: object, asked: tuple[object, ...], reading: Reading) -> Loaded | None:
    """Return the same where the files must be compared one by one, and none need be read."""
    known = _find_whole(whole, asked, reading.root, reading.found)
    return known if known and isinstance(whole, _Whole) and reading.digest_unread() == whole.digest else None


def _load_once(
    root: Path,
    today: date,
    base_url: str | None,
    pseudo: Mapping[LocaleTag, Locale],
    reading: Reading,
    thorough: bool,
    crew: Crew | None,
    meanwhile: Callable[[], None] | None,
) -> Loaded:
    found = reading.found
    if not _has_config(root):
        hint = "Start in the folder that holds config/, content/ and translations/, or set WEBAPP_ROOT to it."
        raise SourceError([Problem("config.none", "config", "there is no config/ folder here", hint), *found.problems])
    collect = Collector()
    barred = {problem.path for problem in found.problems}
    collect.problems += (problem for problem in found.problems if problem.path not in MAP_FILES)
    for shown in CLOSED:
        collect.read(partial(check_closed, root, shown))
    aliases = language_aliases()
    config = collect.read(lambda: load_site(root))
    locales = {**(collect.read(lambda: load_locales(root)) or {}), **pseudo}
    sources = collect.read(lambda: load_notices(root, aliases))
    # the loader of territories would wait for a pipe
    is_barred = any(path == TERRITORIES or path.startswith(AREAS) for path in barred)
    definitions = None if is_barred else collect.read(partial(load_definitions, root))
    of_authors = Collector()
    authors = load_authors(root, config, of_authors)
    catalogs = {tag: _load_catalogs(root, locale, collect) for tag, locale in locales.items()}
    if crew is not None:
        _prepare(root, found, today, locales, definitions)
        if meanwhile is not None:
            meanwhile()
        crew.join(reading, (authors, frozenset(locales), thorough))
    collect.problems += of_authors.problems
    articles = _load_articles(root, authors, config is not None, locales, collect, reading, thorough)
    _read_styles(root, collect)
    listed = () if config is None or sources is None else tuple(check_listed(config, sources))
    if config is None or sources is None or definitions is None or articles is None or has_errors(collect.problems):
        raise SourceError([*collect.problems, *listed])
    collect.problems += [*config.warnings, *check_definitions(root, today)]
    facts, finder, refused = load_map_in_use(root, found, definitions)
    collect.problems += refused
    collect.problems += check_age(facts, definitions, today) if facts else ()
    notices = _notices(sources, locales, catalogs, _review(root, config.site, today, collect), collect)
    edition = Edition(
        digest=_name(reading.digest_all(), collect.problems),
        site=replace(config.site, base_url=base_url.rstrip("/")) if base_url else config.site,
        locales=locales,
        territories=_territories(definitions),
        notices=notices,
        articles=articles,
        catalogs={tag: messages for tag, (messages, _) in catalogs.items()},
        language_aliases=aliases,
        map=facts,
        finder=finder,
        regions=region_answers(definitions),
        authors=authors,
    )
    problems = (*collect.problems, *listed, *check_edition(edition, today))
    if has_errors(problems):
        raise SourceError(problems)
    return Loaded(edition, problems)


def _read_styles(root: Path, collect: Collector) -> None:
    for style in STYLES:
        collect.read(partial(read_text, root / style, style))


def _has_config(root: Path) -> bool:
    try:
        return (root / "config").is_dir()
    except OSError:  # a root that may not be entered
        return False


def _load_articles(
    root: Path,
    authors: Mapping[str, Author],
    authors_known: bool,
    locales: Mapping[LocaleTag, Locale],
    collect: Collector,
    reading: Reading,
    thorough: bool,
) -> Mapping[Slug, Article] | None:
    known = locales or {LocaleTag(path.stem) for path in (root / "content").glob("*/*.md")}
    try:
        return load_articles(root, authors, known, reading, thorough)
    except SourceError as fault:  # without config/site.toml nobody can say which authors there are
        collect.problems += (it for it in fault.problems if authors_known or it.code != "article.author")
    except OSError as fault:
        hint = "Check the files, their permissions, and the disk."
        collect.problems.append(Problem("file.unreadable", "content", f"cannot be read: {fault.strerror}", hint))
    return None


def _name(digest: str, problems: Iterable[Problem]) -> str:
    """Name the edition by its sources, and by the reviews that the calendar has let expire."""
    overdue = sorted(it.key or "" for it in problems if it.code == "legal.overdue")
    return hashlib.sha256("\0".join([digest, *overdue]).encode()).hexdigest() if overdue else digest


def _load_catalogs(root: Path, locale: Locale, collect: Collector) -> tuple[Catalog, Catalog]:
    if locale.tag == SOURCE_LOCALE:
        return source_catalog(), source_catalog()
    if locale.tag in PSEUDO_CATALOGS:
        return PSEUDO_CATALOGS[locale.tag], PSEUDO_CATALOGS[locale.tag]
    found: list[Catalog] = []
    for domain in ("messages", "notices"):
        read = collect.read(partial(load_catalog, root, locale, domain))
        catalog, problems = read or (source_catalog(), ())  # None: the Problem is collected, and refuses the edition
        collect.problems += problems
        found.append(catalog)
    return found[0], found[1]


def _notices(
    sources: tuple[NoticeSource, ...],
    locales: Mapping[LocaleTag, Locale],
    catalogs: Mapping[LocaleTag, tuple[Catalog, Catalog]],
    review: Review,
    collect: Collector,
) -> tuple[Notice, ...]:
    legal: dict[LocaleTag, Catalog] = {tag: notices for tag, (_, notices) in catalogs.items()}
    absent = {it.path for it in collect.problems if it.code == "catalog.missing"}
    made = []
    for source in sources:
        notice, warnings = to_notice(source, locales, legal, SOURCE_LOCALE, review)
        collect.problems += (it for it in warnings if it.path not in absent)
        made.append(notice)
    return tuple(made)


def _review(root: Path, site: Site, today: date, collect: Collector) -> Review:
    """Read the approvals. Where they cannot be read nothing is approved, which is the safe side."""
    try:
        approvals = load_approvals(root)
    except SourceError as fault:
        collect.problems += (replace(it, severity=Severity.FAULT) for it in fault.problems)
        approvals = {}
    return Review(today, site.legal_review, site.expired_review, approvals)


def _territories(definitions: Definitions) -> Mapping[TerritoryId, Territory]:
    return {key: Territory(key, definition.name) for key, definition in definitions.territories.items()}
