"""The paths of the site, as readers have bookmarked them."""

import pytest

from webapp.core.model import LocaleTag, NoticeId
from webapp.site import urls

EN, SR = LocaleTag("en"), LocaleTag("sr-Latn")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param(urls.front(EN), "/en/", id="front"),
        pytest.param(urls.front(SR), "/sr-Latn/", id="front, with a script"),
        pytest.param(urls.article(EN, "some-article"), "/en/some-article", id="article"),
        pytest.param(urls.about(EN, NoticeId("a-law")), "/en/about-notice/a-law", id="find out more"),
        pytest.param(urls.search(EN), "/en/search", id="search"),
        pytest.param(urls.feed(EN), "/en/feed.xml", id="feed"),
        pytest.param(urls.picture("some-article", "picture.svg"), "/media/some-article/picture.svg", id="picture"),
        pytest.param(urls.author_picture("desk.svg"), "/media/_authors/desk.svg", id="author"),
    ],
)
def test_paths(path: str, expected: str) -> None:
    """An address that was published once stays."""
    assert path == expected
