"""`webapp serve --notice-only`: without sources a notice and no article, with them the site, and no way back."""

from pathlib import Path

import pytest

from tests.functional.serving import Answer, run, serving
from tests.samples import REPOSITORY
from tests.unit.sources.damage import appended, removed, together
from webapp.core.builtin_notice import BUILTIN_NOTICES

SLUG = "reading-safely"
FAULTY = "\nx = = 1\n"
BROKEN = together(appended("config/notices.toml", FAULTY), removed("content/reading-safely/picture.svg"))


def mend(root: Path) -> None:
    """Undo BROKEN."""
    for name in ("config/notices.toml", "content/reading-safely/picture.svg"):
        (root / name).write_bytes((REPOSITORY / name).read_bytes())


def is_article(answer: Answer) -> bool:
    return answer.status == 200 and "<article" in answer.text and "data-notice=" in answer.text


def is_notice(answer: Answer) -> bool:
    """Every language and law of the built-in notice, 503, and nothing of this newsroom."""
    headings = [law.heading for notice in BUILTIN_NOTICES.values() for law in notice.laws]
    return (
        answer.status == 503
        and all(heading in answer.text for heading in headings)
        and "<article" not in answer.text
        and "data-notice=" not in answer.text
    )


def test_from_a_broken_start_to_the_article_and_never_back(site_root: Path, tmp_path: Path) -> None:
    """Everybody gets the notice until the files are mended; then both workers give articles, whatever comes after."""
    BROKEN(site_root)
    with serving(site_root, tmp_path / "log", ["--notice-only"], WORKERS="2") as running:
        for path in ("/", "/en/", f"/ru/{SLUG}", f"/en/{SLUG}/text", "/en/feed.xml", "/static/site.css", "/%ff/%00"):
            answer = running.get(path)
            assert is_notice(answer), path
            assert int(answer.headers["retry-after"]) > 0
            assert answer.headers["cache-control"] == "private, no-store"
            assert answer.headers["content-security-policy"].startswith("default-src 'none'; ")
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["server"] == ""
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
            assert is_notice(running.get(f"/en/{SLUG}", method=method)), method
        head = running.get(f"/en/{SLUG}", method="HEAD")
        assert (head.status, head.text) == (503, "")
        for problem in ("config/notices.toml", "picture.svg"):
            assert running.log_holds(problem)

        mend(site_root)
        assert running.all_workers(f"/en/{SLUG}", is_article)

        BROKEN(site_root)
        assert running.log_holds("The change is refused; the last good edition stays.", times=2, within=20)
        for _ in range(20):
            assert is_article(running.get(f"/en/{SLUG}"))
        log = running.log.read_text("utf-8")
    assert "Traceback" not in log
    assert "127.0.0.1:" not in log
    assert SLUG not in log.replace("content/reading-safely", "")


@pytest.mark.parametrize("damage", ["no config", "no style sheet"])
def test_nothing_is_needed_for_the_notice(site_root: Path, tmp_path: Path, damage: str) -> None:
    """The notice needs no file of the site at all."""
    folder = site_root / ("config" if damage == "no config" else "static")
    folder.rename(tmp_path / "aside")
    with serving(site_root, tmp_path / "log", ["--notice-only"], WORKERS="1") as running:
        assert is_notice(running.get("/en/"))
        (tmp_path / "aside").rename(folder)
        assert running.all_workers(f"/en/{SLUG}", is_article)


def test_sound_sources(tmp_path: Path) -> None:
    """With sound sources the option changes nothing."""
    with serving(REPOSITORY, tmp_path / "log", ["--notice-only"], WORKERS="1") as running:
        assert is_article(running.get(f"/en/{SLUG}"))
        assert "try      curl -s" in running.log.read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "variables", "named"),
    [
        pytest.param(["--preview"], {}, "--preview and --notice-only", id="with the preview"),
        pytest.param([], {"TRUSTED_PROXIES": "everybody"}, "TRUSTED_PROXIES", id="wrong environment"),
    ],
)
def test_what_stops_the_start_all_the_same(options: list[str], variables: dict[str, str], named: str) -> None:
    """A wrong environment is no fault of the sources: it stops the start with or without the option."""
    result = run("serve", "--notice-only", *options, folder=REPOSITORY, **variables)
    assert result.returncode == 2
    assert named in result.stderr
    assert "Traceback" not in result.stderr
