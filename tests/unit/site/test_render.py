"""From an Edition and a Decision to views: fallbacks, languages and directions of every text, addresses of a page."""

import json
from dataclasses import replace

import pytest
from jinja2 import UndefinedError

from tests.newsroom import EN, FA, LOCALES, RU, UK, make_article, make_newsroom, make_text, make_worded_notice
from tests.strategies import NOW, RUSSIA, make_place, make_reader
from webapp.core.decide import decide
from webapp.core.model import Article, Direction, LocaleTag
from webapp.site import urls
from webapp.site.render import Renderer, environment, find_article_text, find_notice_text
from webapp.site.styles import minify_css, to_styles

BOTH = make_article("both", make_text(EN), make_text(RU))
ENGLISH = make_article("english", make_text(EN), picture=False)
UKRAINIAN = make_article("ukrainian", make_text(UK))
EDITION = make_newsroom(BOTH, ENGLISH, UKRAINIAN)
RENDERER = Renderer(EDITION, to_styles("a{b:c}"))
BASE = "https://daylight.example"


@pytest.mark.parametrize(
    ("css", "small"),
    [
        pytest.param("a { color : red ; }", "a{color : red}", id="spaces"),
        pytest.param("/* why */ a{}\n\n b{}", "a{}b{}", id="comment"),
        pytest.param("a{}/* over\nlines */b{}", "a{}b{}", id="comment over lines"),
        pytest.param("a, b > c { margin: 0 1px; }", "a,b > c{margin: 0 1px}", id="selectors keep their meaning"),
        pytest.param("@media (width > 4em) and (hover) {a{}}", "@media (width > 4em) and (hover){a{}}", id="media"),
        pytest.param("a{width:calc(1px + 2px)}", "a{width:calc(1px + 2px)}", id="calc keeps its spaces"),
        pytest.param("", "", id="empty"),
    ],
)  # fmt: skip
def test_css_is_made_smaller(css: str, small: str) -> None:
    """Comments and needless white space go, and nothing that means something."""
    assert minify_css(css) == small
    assert minify_css(small) == small


@pytest.mark.parametrize(
    ("article", "tag", "found"),
    [
        pytest.param(BOTH, RU, RU, id="its own"),
        pytest.param(BOTH, FA, RU, id="the nearest of the chain"),
        pytest.param(ENGLISH, FA, EN, id="the next of the chain"),
        pytest.param(BOTH, UK, EN, id="not a language outside the chain"),
        pytest.param(UKRAINIAN, EN, None, id="none"),
    ],
)
def test_article_text_follows_the_chain(article: Article, tag: LocaleTag, found: LocaleTag | None) -> None:
    """The page's language, then its chain, then nothing."""
    text = find_article_text(article, LOCALES[tag])
    assert (text and text.locale) == found


@pytest.mark.parametrize(
    ("tags", "asked", "found"),
    [
        pytest.param((EN, RU), RU, RU, id="its own"),
        pytest.param((EN, RU), FA, RU, id="the nearest of the chain"),
        pytest.param((EN,), FA, EN, id="the next of the chain"),
        pytest.param((UK,), FA, UK, id="the site's default at last"),
        pytest.param((RU,), UK, None, id="none"),
    ],
)
def test_notice_text_follows_the_chain(tags: tuple[LocaleTag, ...], asked: LocaleTag, found: LocaleTag | None) -> None:
    """A notice that has no text in the chain comes in the site's default language, whole."""
    default = UK if tags == (UK,) else EN
    text = find_notice_text(make_worded_notice(*tags), LOCALES[asked], default)
    assert (text and text.locale) == found


def test_page_of_an_article() -> None:
    """Canonical and alternates are absolute, reciprocal, and name only languages that the article exists in."""
    page = RENDERER.page(
        LOCALES[FA],
        None,
        title="T",
        path=lambda tag: urls.article(tag, "both"),
        exists=BOTH.texts,
        canonical=RU,
    )
    assert page.canonical == f"{BASE}/ru/both"
    assert [(it.hreflang, it.url) for it in page.alternates] == [
        ("en", f"{BASE}/en/both"),
        ("ru", f"{BASE}/ru/both"),
        ("x-default", f"{BASE}/en/both"),
    ]
    assert [(it.tag, it.url, it.current, it.exists, it.draft) for it in page.languages] == [
        ("en", "/en/both", False, True, False),
        ("ru", "/ru/both", False, True, True),
        ("uk", "/uk/both", False, False, True),
        ("fa", "/fa/both", True, False, True),
    ]
    assert [it.endonym for it in page.languages] == ["English", "Русский", "Українська", "فارسی"]
    assert [it.direction for it in page.languages][-1] is Direction.RTL
    assert [it.tag for it in page.own] == ["en", "ru"]
    assert [it.tag for it in page.lacking] == ["uk", "fa"]
    assert (page.home_url, page.search_url, page.feed_url) == ("/fa/", "/fa/search", "/fa/feed.xml")


@pytest.mark.parametrize(("tag", "draft"), [(EN, False), (RU, True)])
def test_page_in_a_draft_translation(tag: LocaleTag, draft: bool) -> None:
    """A page says of its own language, not of the others, that its interface is a draft."""
    assert RENDERER.page(LOCALES[tag], None, title="T").draft is draft


def test_x_default_without_the_default_language() -> None:
    """An article that does not exist in the default language has another x-default."""
    page = RENDERER.page(
        LOCALES[UK], None, title="T", path=lambda tag: urls.article(tag, "u"), exists=UKRAINIAN.texts, canonical=UK
    )
    assert [(it.hreflang, it.url) for it in page.alternates] == [
        ("uk", f"{BASE}/uk/u"),
        ("x-default", f"{BASE}/uk/u"),
    ]


def test_page_without_an_address() -> None:
    """A page that has no address of its own has neither canonical nor alternates."""
    page = RENDERER.page(LOCALES[EN], None, title="404")
    assert (page.canonical, page.alternates, page.notices) == ("", (), ())


def test_notices_are_those_of_the_decision() -> None:
    """A reader who is not proven to be elsewhere gets the notice, a proven one does not, with no decision nobody."""
    shown = decide(EDITION, make_reader(make_place(inside=[RUSSIA])), NOW)
    omitted = decide(EDITION, make_reader(), NOW)
    assert [it.id for it in RENDERER.page(LOCALES[EN], shown, title="").notices] == ["undesirable"]
    assert RENDERER.page(LOCALES[EN], omitted, title="").notices == ()
    assert [it.id for it in RENDERER.all_notices(LOCALES[EN])] == ["undesirable"]


@pytest.mark.parametrize(
    ("tag", "locale", "foreign", "language"),
    [
        pytest.param(EN, EN, False, "English", id="its own"),
        pytest.param(FA, RU, True, "Русский", id="the chain"),
        pytest.param(UK, EN, True, "English", id="the end of the chain"),
    ],
)
def test_notice_knows_its_language(tag: LocaleTag, locale: LocaleTag, foreign: bool, language: str) -> None:
    """The text is whole in one language; the page is told when that is not its own."""
    (view,) = RENDERER.all_notices(LOCALES[tag])
    assert (view.text.locale, view.text.heading, view.text.who) == (locale, f"Heading {locale}", f"Who {locale}")
    assert (view.foreign, view.language, view.about_url) == (foreign, language, f"/{tag}/about-notice/undesirable")


def test_notice_without_any_text_is_the_built_in_one() -> None:
    """A notice that no catalog puts into words is shown in the package's own, in each language, the page's first."""
    edition = replace(EDITION, notices=(make_worded_notice(RU),))
    views = Renderer(edition, to_styles("")).all_notices(LOCALES[UK])
    assert [view.text.locale for view in views] == [UK, EN, RU]
    assert all(view.text.built_in and view.text.heading and view.text.penalty for view in views)
    assert len({view.anchor for view in views}) == 3
    assert [view.foreign for view in views] == [False, True, True]


def test_article_in_another_language_says_so() -> None:
    """Text, language and direction are those of the article; the address is that of the page."""
    view = RENDERER.article(BOTH, BOTH.texts[RU], LOCALES[FA])
    assert (view.lang, view.direction, view.foreign, view.language) == (RU, Direction.LTR, True, "Русский")
    assert (view.url, view.title) == ("/fa/both", "Title ru")
    assert view.picture is not None
    assert (view.picture.url, view.picture.alt) == ("/media/both/picture.svg", "Alt ru")
    assert view.author.picture_url == "/media/_authors/desk.svg"
    teaser = RENDERER.teaser(BOTH, BOTH.texts[RU], LOCALES[FA])
    assert (teaser.lang, teaser.direction, teaser.foreign, teaser.url) == (RU, Direction.LTR, True, "/fa/both")


def test_article_without_picture() -> None:
    """No picture is no picture."""
    assert RENDERER.article(ENGLISH, ENGLISH.texts[EN], LOCALES[EN]).picture is None


def test_json_cannot_end_its_element() -> None:
    """Whatever stands in a headline, the JSON-LD stays inside its script element, and says the same."""
    text = replace(make_text(EN), title='</script><script>alert("1")</script>&<!--')
    view = RENDERER.article(make_article("x", text), text, LOCALES[EN])
    written = environment().from_string("{{ article_json(view) }}").render(
        article_json=RENDERER._article_json, view=view
    )  # fmt: skip
    assert not set("<>&") & set(written)
    data = json.loads(written)
    assert data["headline"] == text.title
    assert data["mainEntityOfPage"] == f"{BASE}/en/x"
    assert data["image"] == [f"{BASE}/media/x/picture.svg"]


def test_templates_escape_and_are_strict() -> None:
    """A value is never markup, and a name that nobody gave is a fault and not a gap."""
    assert environment().from_string("{{ it }}").render(it="<b>") == "&lt;b&gt;"
    with pytest.raises(UndefinedError):
        environment().from_string("{{ nobody }}").render()


def test_page_is_rendered_in_utf8() -> None:
    """A whole page of the newsroom comes out as bytes, in its language and direction."""
    page = RENDERER.page(LOCALES[FA], None, title="404", robots="noindex")
    body = RENDERER.render("error.html", page, status=404, others=()).decode()
    assert '<html lang="fa" dir="rtl">' in body
    assert "<style>a{b:c}</style>" in body
