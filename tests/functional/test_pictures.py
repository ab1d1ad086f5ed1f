"""Pictures are served as they were when the edition checked them, or not at all."""

from pathlib import Path

from tests.samples import HeldClock
from webapp.app import create_app
from webapp.settings import Settings


def test_a_picture_that_changed_unchecked_is_not_served(site_root: Path) -> None:
    """What an editor saves over a picture is held back until an edition with it has been accepted."""
    client = create_app(Settings(root=site_root, page_cache_mb=0), HeldClock(), watch=False).test_client()
    picture = site_root / "content" / "reading-safely" / "picture.svg"
    assert client.get("/media/reading-safely/picture.svg").data == picture.read_bytes()
    picture.write_text(picture.read_text("utf-8").replace("</svg>", "<script>1</script></svg>"), "utf-8")
    assert client.get("/media/reading-safely/picture.svg").status_code == 404
    picture.unlink()
    assert client.get("/media/reading-safely/picture.svg").status_code == 404


def test_a_kept_picture_is_the_one_that_was_checked(site_root: Path) -> None:
    """As long as the edition stands, its picture goes out as it was checked; with the next one, the new picture."""
    app = create_app(Settings(root=site_root), HeldClock(), watch=False)
    client, picture = app.test_client(), site_root / "content" / "reading-safely" / "picture.svg"
    before = picture.read_bytes()
    assert client.get("/media/reading-safely/picture.svg").data == before
    after = before.replace(b"</svg>", b"<!-- a change --></svg>")
    picture.write_bytes(after)
    assert client.get("/media/reading-safely/picture.svg").data == before
    assert app.extensions["webapp"].store.reload()
    assert client.get("/media/reading-safely/picture.svg").data == after
