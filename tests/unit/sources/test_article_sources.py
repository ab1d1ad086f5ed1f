"""Articles: Markdown that may stand in a page, front matter, and folders as addresses."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.sources.damage import codes, faults
from webapp.core.model import Article, Author, LocaleTag, Slug
from webapp.errors import SourceError
from webapp.sources.articles import RESERVED, load_articles
from webapp.sources.front_matter import parse_plain_toml
from webapp.sources.markdown import plain_text, render_markdown
from webapp.sources.parsing import CONTROL, parse_toml

LOCALES = [LocaleTag("en"), LocaleTag("ru")]
AUTHORS = {"desk": Author("desk", "The desk", "Editors.", "desk.svg")}
HEAD = 'published = 2026-11-18T08:00:00+02:00\nauthor = "desk"\n'
TEXT = '+++\ntitle = "Lamps"\nstandfirst = "Of lamps."\n+++\n\nA lamp is **bright**.\n'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 900"/>'


def write(root: Path, slug: str = "lamps", head: str | None = HEAD, **files: str | bytes) -> Path:
    folder = root / "content" / slug
    folder.mkdir(parents=True)
    contents: dict[str, str | bytes] = {name.replace("__", "."): data for name, data in files.items()}
    if head is not None:
        contents["article.toml"] = head
    for name, data in (contents or {}).items():
        (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    return root


def load(root: Path) -> dict[Slug, Article]:
    return dict(load_articles(root, AUTHORS, LOCALES))


def test_good_article(tmp_path: Path) -> None:
    """A folder becomes an article in every language that it has a file for."""
    article = load(write(tmp_path, en__md=TEXT, ru__md=TEXT.replace("Lamps", "Лампы")))[Slug("lamps")]
    assert article.published.isoformat() == "2026-11-18T06:00:00+00:00"
    assert article.updated == article.published
    assert (article.breaking, article.agencies, article.picture) == (False, (), None)
    assert {tag: text.title for tag, text in article.texts.items()} == {"en": "Lamps", "ru": "Лампы"}
    assert article.texts[LocaleTag("en")].html == "<p>A lamp is <strong>bright</strong>.</p>\n"
    assert article.texts[LocaleTag("en")].plain == "A lamp is bright."


def test_newest_first(tmp_path: Path) -> None:
    """The newest article stands first; equals stand in a fixed order."""
    write(tmp_path, "b", en__md=TEXT)
    write(tmp_path, "a", en__md=TEXT)
    write(tmp_path, "newest", HEAD.replace("2026-11-18", "2026-11-19"), en__md=TEXT)
    assert list(load(tmp_path)) == ["newest", "b", "a"]


def test_what_is_no_article(tmp_path: Path) -> None:
    """Files, hidden folders and folders that begin with an underscore are not articles."""
    write(tmp_path, "lamps", en__md=TEXT)
    write(tmp_path, "_drafts", None)
    write(tmp_path, ".trash", None)
    (tmp_path / "content/readme.txt").write_text("hello")
    assert list(load(tmp_path)) == ["lamps"]


@pytest.mark.parametrize("ending", [pytest.param("\r\n", id="Windows"), pytest.param("\n", id="Unix")])
def test_line_ends(tmp_path: Path, ending: str) -> None:
    """It does not matter which system the text was written on, with a byte order mark or without."""
    text = "\ufeff" + TEXT.replace("\n", ending)
    assert load(write(tmp_path, en__md=text.encode()))[Slug("lamps")].texts[LocaleTag("en")].title == "Lamps"


@pytest.mark.parametrize(
    "slug",
    [
        "Lamps",
        "lamps_and",
        "lamps--and",
        "-lamps",
        "lamps-",
        "la mps",
        "l%61mps",
        "лампы",
        "a" * 121,
        *sorted(RESERVED),
    ],
)
def test_slugs_that_cannot_be(tmp_path: Path, slug: str) -> None:
    """A folder's name is an address: plain, short, and not that of a page of the site."""
    (problem,) = faults(lambda: load(write(tmp_path, slug, en__md=TEXT)))
    assert (problem.code, problem.path) == ("article.slug", f"content/{slug}")


@pytest.mark.parametrize(
    ("head", "code", "line", "key"),
    [
        pytest.param(None, "file.missing", None, None, id="no article.toml"),
        pytest.param("", "config.value", None, "published", id="an empty article.toml"),
        pytest.param("published = \n", "toml.syntax", 1, None, id="broken TOML"),
        pytest.param(HEAD + "colour = 1", "config.unknown-key", None, "colour", id="an unknown key"),
        pytest.param(HEAD.replace("+02:00", ""), "article.time", None, "published", id="a time without a zone"),
        pytest.param(
            HEAD + "updated = 2026-11-19T08:00:00", "article.time", None, "updated", id="an update without one"
        ),
        pytest.param(
            HEAD.replace("2026-11-18T08:00:00+02:00", "2026-11-18"), "config.value", None, "published", id="a day"
        ),
        pytest.param(HEAD.replace("2026-11", "0001-01"), "config.value", None, "published", id="the year 1"),
        pytest.param(HEAD.replace("2026-11", "9999-12"), "config.value", None, "published", id="the year 9999"),
        pytest.param(HEAD.replace("desk", "nobody"), "article.author", None, "author", id="an unknown author"),
        pytest.param(HEAD + 'breaking = "no"', "config.value", None, "breaking", id="a text for a switch"),
        pytest.param(HEAD + 'agencies = "dpa"', "config.value", None, "agencies", id="a text for a list"),
        pytest.param(HEAD + 'picture = "a\\u0000.svg"', "file.control", None, "picture", id="NUL in a picture's name"),
        pytest.param(HEAD + 'picture = "../x.svg"', "picture.name", None, "picture", id="a picture elsewhere"),
        pytest.param(HEAD + 'picture = "x.gif"', "picture.name", None, "picture", id="a type that is not served"),
    ],
)
def test_heads(tmp_path: Path, head: str | None, code: str, line: int | None, key: str | None) -> None:
    """A slip in article.toml is named with its line or key."""
    problems = faults(lambda: load(write(tmp_path, head=head, en__md=TEXT)))
    assert (code, "content/lamps/article.toml", line, key) in {(it.code, it.path, it.line, it.key) for it in problems}


@pytest.mark.parametrize(
    ("text", "code", "line", "key"),
    [
        pytest.param("", "article.front-matter", 1, None, id="an empty file"),
        pytest.param("Just words.\n", "article.front-matter", 1, None, id="no front matter"),
        pytest.param('+++\ntitle = "x"\n', "article.front-matter", 1, None, id="front matter without an end"),
        pytest.param("---\ntitle: x\n---\n", "article.front-matter", 1, None, id="YAML"),
        pytest.param(TEXT.replace('"Lamps"', "Lamps"), "toml.syntax", 2, None, id="a title without quotation marks"),
        pytest.param(TEXT.replace('"Of lamps."', '"Of lamps.'), "toml.syntax", 3, None, id="broken in the third line"),
        pytest.param(TEXT.replace("title", "headline"), "config.unknown-key", None, "headline", id="an unknown key"),
        pytest.param(TEXT.replace("Lamps", "x" * 201), "config.value", None, "title", id="a title without end"),
        pytest.param(
            TEXT.replace('standfirst = "Of lamps."\n', ""), "config.value", None, "standfirst", id="no standfirst"
        ),
        pytest.param(TEXT.replace("Lamps", "La\\u0000mps"), "file.control", None, "title", id="NUL in a title"),
        pytest.param(TEXT.partition("\n\n")[0] + "\n\n", "article.empty", 5, None, id="no body"),
        pytest.param(TEXT + "\n<script>x</script>\n", "markdown.html", 8, None, id="a script"),
        pytest.param(TEXT.encode() + b"\xff", "file.encoding", None, None, id="not UTF-8"),
        pytest.param(TEXT + "\0", "file.control", 7, None, id="NUL"),
    ],
)
def test_texts(tmp_path: Path, text: str | bytes, code: str, line: int | None, key: str | None) -> None:
    """A slip in a text is named with the line of the file that it stands in, or with its key."""
    problems = faults(lambda: load(write(tmp_path, en__md=text)))
    assert (code, "content/lamps/en.md", line, key) in {(it.code, it.path, it.line, it.key) for it in problems}


def test_text_in_an_unknown_language(tmp_path: Path) -> None:
    """A file is named after a language of the site, in the same spelling."""
    problems = faults(lambda: load(write(tmp_path, en__md=TEXT, de__md=TEXT, RU__md=TEXT)))
    assert {(it.code, it.path) for it in problems} == {
        ("article.locale", "content/lamps/de.md"),
        ("article.locale", "content/lamps/RU.md"),
    }


def test_no_text(tmp_path: Path) -> None:
    """An article without a text in any language is none."""
    assert codes(faults(lambda: load(write(tmp_path)))) == ["article.no-text"]


def test_no_content(tmp_path: Path) -> None:
    """A site without its content folder is refused and not shown empty."""
    assert codes(faults(lambda: load(tmp_path))) == ["content.missing"]


@pytest.mark.parametrize("alt", [pytest.param("", id="empty"), pytest.param("A lamp.", id="there")])
def test_pictures_need_words(tmp_path: Path, alt: str) -> None:
    """Whoever cannot see the picture is told what it shows, in every language of the article."""
    text = TEXT.replace("+++\n\n", f'picture_alt = "{alt}"\n+++\n\n')
    write(tmp_path, head=HEAD + 'picture = "p.svg"\n', en__md=text, p__svg=SVG)
    if not alt:
        (problem,) = faults(lambda: load(tmp_path))
        assert (problem.code, problem.path, problem.key) == ("article.alt", "content/lamps/en.md", "picture_alt")
        return
    picture = load(tmp_path)[Slug("lamps")].picture
    assert picture is not None
    assert (picture.file, picture.width, picture.height) == ("p.svg", 1600, 900)


def test_faults_of_several_articles_at_once(tmp_path: Path) -> None:
    """Every fault of every article is told together."""
    write(
        tmp_path, "Lamps", HEAD.replace("desk", "nobody") + 'picture = "p.svg"', en__md=TEXT + "\n# One\n\n<b>x</b>\n"
    )
    write(tmp_path, "empty", None)
    assert codes(faults(lambda: load(tmp_path))) == [
        "article.slug",
        "picture.missing",
        "markdown.heading",
        "markdown.html",
        "markdown.html",
        "article.author",
        "file.missing",
    ]


@pytest.mark.parametrize(
    ("body", "code", "line"),
    [
        pytest.param("ok\n\n<div>x</div>\n", "markdown.html", 3, id="an HTML block"),
        pytest.param("a <b>b</b>\n", "markdown.html", 1, id="HTML in a line"),
        pytest.param("ok\n\n<!-- note -->\n", "markdown.html", 3, id="a comment"),
        pytest.param("<img src=x onerror=alert(1)>\n", "markdown.html", 1, id="an HTML picture"),
        pytest.param("- a\n- <svg onload=alert(1)>\n", "markdown.html", 2, id="HTML in a list"),
        pytest.param("![x](https://pictures.example/x.png)\n", "markdown.image", 1, id="a remote picture"),
        pytest.param("![x](x.png)\n", "markdown.image", 1, id="a local picture"),
        pytest.param(
            "![x][r]\n\n[r]: https://pictures.example/x.png\n", "markdown.image", 1, id="a picture by reference"
        ),
        pytest.param("a [![x](y.png)](https://news.example)\n", "markdown.image", 1, id="a picture in a link"),
        pytest.param("[x](http://news.example)\n", "markdown.link", 1, id="a link without TLS"),
        pytest.param("[x](//news.example)\n", "markdown.link", 1, id="a link without scheme"),
        pytest.param("[x](ftp://news.example)\n", "markdown.link", 1, id="another scheme"),
        pytest.param("[x](mailto:a@news.example)\n", "markdown.link", 1, id="a mail address"),
        pytest.param("[x](other)\n", "markdown.link", 1, id="a relative link"),
        pytest.param("[x](https:news.example)\n", "markdown.link", 1, id="half a scheme"),
        pytest.param("<http://news.example>\n", "markdown.link", 1, id="a bare address without TLS"),
        pytest.param("[x][r]\n\n[r]: tel:112\n", "markdown.link", 1, id="a link by reference"),
        pytest.param("# One\n", "markdown.heading", 1, id="a second headline"),
        pytest.param("a\n\nOne\n===\n", "markdown.heading", 3, id="a headline that is underlined"),
        pytest.param("##### Five\n", "markdown.heading", 1, id="a heading too deep"),
        pytest.param("", "article.empty", 1, id="nothing"),
        pytest.param("a &#12; b\n", "markdown.control", None, id="a control character by reference"),
    ],
)
def test_markdown_that_may_not_stand(body: str, code: str, line: int | None) -> None:
    """What could carry script, load from elsewhere or break the page is a Problem with its line."""
    problems = faults(lambda: render_markdown(body, "content/x/en.md"))
    assert (code, line) in {(problem.code, problem.line) for problem in problems}


@pytest.mark.parametrize(
    "body",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java&#10;script:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](vbscript:x)",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<javascript:alert(1)>",
        "[x](/\\\\news.example)",
        "<svg/onload=alert(1)>",
        "[x][r]\n\n[r]: javascript:alert(1)",
        '[x](https://news.example "onclick=alert(1)")',
        "`<script>alert(1)</script>`",
        "    <script>alert(1)</script>",
        "\\<script>alert(1)\\</script>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "```html\n<script>alert(1)</script>\n```",
        '[x](https://news.example/"onmouseover="alert(1))',
    ],
)
def test_nothing_active_comes_through(body: str) -> None:
    """However it is written, no script becomes markup or the target of a link."""
    try:
        html = render_markdown(body, "content/x/en.md")
    except SourceError:
        return
    lowered = html.lower()
    assert "<script" not in lowered
    assert 'href="javascript' not in lowered
    assert 'href="data' not in lowered
    assert 'href="vbscript' not in lowered
    for tag in re.findall(r"<[^>]*>", lowered):
        assert set(re.findall(r'\s([a-z]+)="[^"]*"', tag)) <= {"href", "title", "rel"}


@pytest.mark.parametrize(
    ("body", "html"),
    [
        pytest.param("## Two", "<h2>Two</h2>\n", id="a heading"),
        pytest.param("> said", "<blockquote>\n<p>said</p>\n</blockquote>\n", id="a quotation"),
        pytest.param("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n", id="a list"),
        pytest.param("a < b & c", "<p>a &lt; b &amp; c</p>\n", id="signs"),
        pytest.param("[x](/en/y)", '<p><a href="/en/y" rel="noopener noreferrer">x</a></p>\n', id="a link on the site"),
        pytest.param("[x](#y)", '<p><a href="#y" rel="noopener noreferrer">x</a></p>\n', id="a link on the page"),
        pytest.param(
            "[x](https://a.example/?b=1&c=2)",
            '<p><a href="https://a.example/?b=1&amp;c=2" rel="noopener noreferrer">x</a></p>\n',
            id="a link elsewhere",
        ),
    ],
)
def test_markdown(body: str, html: str) -> None:
    """What an article needs comes through, and links to elsewhere send no referrer."""
    assert render_markdown(body, "content/x/en.md") == html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("<p>a</p><p>b</p>", "a b", id="paragraphs do not run together"),
        pytest.param("<ul><li>a</li><li>b</li></ul>", "a b", id="nor do the items of a list"),
        pytest.param("<p>a &lt;b&gt; &amp;amp; “c”</p>", "a <b> &amp; “c”", id="entities become characters once"),
        pytest.param("a<br>b", "a b", id="a line break is a space"),
    ],
)
def test_plain_text(html: str, text: str) -> None:
    """Search and summaries get words without markup."""
    assert plain_text(html) == text


_KEYS = st.sampled_from(["title", "standfirst", "a_b", "A", "title ", "a-b", '"q"', "a.b", ""])
_VALUES = st.sampled_from(
    [
        '"x"',
        '"слово, «x»"',
        r'"a\\b"',
        "'x'",
        '""',
        '"""x"""',
        "1",
        "true",
        "2026-11-24",
        '"x" # why',
        '"x',
        '["x"]',
        '"a	b"',
        "2026-11-24T09:30:00Z",
        "2026-11-24T09:30:00+02:00",
        "2026-11-24T09:30:00-00:00",
        "2026-11-24T09:30:00+23:59",
        "2026-11-24T09:30:00+24:00",
        "2026-11-24T09:30:00+05:75",
        "2026-13-24T09:30:00Z",
        "2026-11-24T09:30:60Z",
        "2026-11-24T24:00:00Z",
        "0000-11-24T09:30:00Z",
        "２026-11-24T09:30:00Z",
        "2026-11-24T09:30:00",
        "2026-11-24 09:30:00Z",
        "2026-11-24T09:30:00.5Z",
        "false",
        "True",
        '"a\rb"',
        '"a"\r',
    ]
)
_LINES = st.lists(st.tuples(_KEYS, st.sampled_from([" = ", "=", " =  ", " "]), _VALUES).map("".join), max_size=4)


@given(_LINES.map("\n".join) | st.text(max_size=40).filter(lambda text: not CONTROL.search(text) and "\r" not in text))
def test_front_matter_is_toml(text: str) -> None:
    """The short way gives what the parser of TOML gives, and refuses what it refuses."""

    def tried(parse: Callable[[], object]) -> object:
        try:
            return parse()
        except SourceError as fault:
            return [(problem.line, problem.message) for problem in fault.problems]

    assert tried(lambda: parse_plain_toml(text, "x", first_line=2)) == tried(
        lambda: parse_toml(text, "x", first_line=2)
    )
