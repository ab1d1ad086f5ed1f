"""config/site.toml: the newsroom as values, and every slip named by its key."""

from pathlib import Path

import pytest

from tests.unit.sources.damage import codes, faults
from webapp.core.model import NoticeMode
from webapp.sources.config import SiteConfig, load_site

GOOD = """
name = "Lantern"
tagline = "Light where it is dark"
base_url = "https://lantern.example/"
default_locale = "en"
notices = ["closed-press"]

[authors.desk]
name = "The desk"
description = "Editors."
picture = "desk.svg"
"""


def load(root: Path, text: str) -> SiteConfig:
    (root / "config").mkdir()
    (root / "config/site.toml").write_text(text, "utf-8")
    return load_site(root)


def test_good_site(tmp_path: Path) -> None:
    """A whole file becomes a Site and its authors; what is left out has the safe default."""
    config = load(tmp_path, GOOD)
    assert (config.site.name, config.site.base_url) == ("Lantern", "https://lantern.example")
    assert config.site.notice_mode is NoticeMode.DECIDED
    assert (config.site.source_url, config.site.comments, config.site.leave) == ("", "", {})
    assert not config.site.contact
    assert config.authors["desk"].picture == "desk.svg"
    assert config.warnings == ()


def test_always_mode(tmp_path: Path) -> None:
    """An operator may choose that every reader gets every notice."""
    assert load(tmp_path, 'notice_mode = "always"' + GOOD).site.notice_mode is NoticeMode.ALWAYS


def test_sample_values_are_a_warning(tmp_path: Path) -> None:
    """As long as the file says that it holds sample values, so does the check."""
    assert codes(load(tmp_path, "sample = true" + GOOD).warnings) == ["config.sample"]
    assert load_site(tmp_path).warnings[0].key == "sample"


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        pytest.param('name = "Lantern"\n', "", "config.value", "name", id="no name"),
        pytest.param('name = "Lantern"', "name = 7", "config.value", "name", id="a number for a name"),
        pytest.param("tagline", "tagliene", "config.unknown-key", "tagliene", id="a misspelt key"),
        pytest.param("https://lantern.example/", "lantern", "config.value", "base_url", id="half an address"),
        pytest.param("https://", "javascript://", "config.value", "base_url", id="a script for an address"),
        pytest.param(
            "name =", 'notice_mode = "never"\nname =', "config.value", "notice_mode", id="never show a notice"
        ),
        pytest.param("name =", 'sample = "yes"\nname =', "config.value", "sample", id="a text for a switch"),
        pytest.param("[authors.desk]", "[authors]", "config.value", "authors.name", id="an author without an id"),
        pytest.param("authors.desk", 'authors."De sk"', "config.value", "authors.De sk.[key]", id="a bad author id"),
        pytest.param("picture", "photo", "config.unknown-key", "authors.desk.photo", id="an unknown key of an author"),
    ],
)
def test_faults(tmp_path: Path, old: str, new: str, code: str, key: str) -> None:
    """Each slip is found under its own key."""
    problems = faults(lambda: load(tmp_path, GOOD.replace(old, new, 1)))
    assert (code, key) in {(problem.code, problem.key) for problem in problems}
    assert {problem.path for problem in problems} == {"config/site.toml"}


REACHABLE = """
[contact]
securedrop = "http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.onion"
signal = "https://signal.me/#eu/example"
email = "newsroom@lantern.example"
pgp_fingerprint = "0123 4567 89AB CDEF 0123 4567 89AB CDEF 0123 4567"
pgp_url = "https://lantern.example/key.asc"

[leave]
ru = "https://weather.example/today"
"""


def test_ways_to_reach_the_newsroom(tmp_path: Path) -> None:
    """Comments, contact and exits are values of the Site; no contact at all is false."""
    site = load(tmp_path, 'comments = "https://talk.example/{slug}"' + GOOD + REACHABLE).site
    assert site.comments == "https://talk.example/{slug}"
    assert site.contact.email == "newsroom@lantern.example"
    assert site.contact
    assert site.leave == {"ru": "https://weather.example/today"}


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        pytest.param("aaaa.onion", ".onion", "contact.securedrop", id="a short onion address"),
        pytest.param("http://aaaa", "https://aaaa", "contact.securedrop", id="not as onion services are addressed"),
        pytest.param("signal.me/#", "signal.example/#", "contact.signal", id="a link that is not Signal's"),
        pytest.param("newsroom@", "newsroom?cc=a@", "contact.email", id="more than an address"),
        pytest.param("@lantern.example", "", "contact.email", id="no address"),
        pytest.param("0123 4567 89AB CDEF ", "", "contact.pgp_fingerprint", id="a short fingerprint"),
        pytest.param('email = "newsroom@lantern.example"\n', "", "contact", id="a key and no address"),
        pytest.param("https://lantern.example/key", "javascript:key", "contact.pgp_url", id="a script for a key"),
        pytest.param("https://weather", "data:weather", "leave.ru", id="data for an exit"),
        pytest.param("{slug}", "", "comments", id="comments on no article"),
        pytest.param("{slug}", "{slug}/{reader}", "comments", id="an unknown placeholder"),
    ],
)
def test_faulty_ways(tmp_path: Path, old: str, new: str, key: str) -> None:
    """No way to write, to comment or to leave is taken that a reader could not trust to be what it says."""
    text = 'comments = "https://talk.example/{slug}"' + GOOD + REACHABLE
    assert old in text
    problems = faults(lambda: load(tmp_path, text.replace(old, new, 1)))
    assert key in {problem.key for problem in problems}


def test_exit_for_no_language(tmp_path: Path) -> None:
    """The language of an exit is a tag, spelled as everywhere else."""
    (problem,) = faults(lambda: load(tmp_path, GOOD + '[leave]\nRU = "https://weather.example"\n'))
    assert "RU" in problem.message


def test_no_authors(tmp_path: Path) -> None:
    """A newsroom without anybody in it is a fault, since every article names an author."""
    (problem,) = faults(lambda: load(tmp_path, GOOD.partition("[authors")[0]))
    assert (problem.code, problem.key) == ("config.value", "authors")


def test_several_faults_at_once(tmp_path: Path) -> None:
    """Nobody should have to mend one fault to be told of the next."""
    problems = faults(lambda: load(tmp_path, GOOD.replace("name", "nom").replace("https://", "")))
    assert len(problems) == 5
    assert {problem.key for problem in problems} >= {"nom", "name", "base_url", "authors.desk.nom"}
