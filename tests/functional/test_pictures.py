"""Pictures are served as they were when the edition checked them, or not at all."""

from pathlib import Path

from tests.samples import HeldClock
from webapp.app import create_app
from webapp.settings import Settings


def test_a_picture_that_changed_unchecked_is_not_served(site_root: Path) -> None:
    """What an editor saves over a picture is held back until an edition with it has been accepted."""
    client = create_app(Settings(root=site_root), HeldClock(), watch=False).test_client()
    picture = site_root / "content" / "reading-safely" / "picture.svg"
    assert client.get("/media/reading-safely/picture.svg").data == picture.read_bytes()
    picture.write_text(picture.read_text("utf-8").replace("</svg>", "<script>1</script></svg>"), "utf-8")
    assert client.get("/media/reading-safely/picture.svg").status_code == 404
    picture.unlink()
    assert client.get("/media/reading-safely/picture.svg").status_code == 404
