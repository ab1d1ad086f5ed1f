"""Through real nginx and Varnish, no reader gets a page made for another: the short form of tests/drills/caches.py."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

from tests.functional.proxies import HAS_NGINX, HAS_VARNISH, WITH_CACHE, Proxy, Sites, nginx, replaced, varnish
from tests.functional.turns import find_paths, play
from tests.samples import BERLIN, MOSCOW

pytestmark = pytest.mark.proxies

Opens = Callable[[Path, int], AbstractContextManager[Proxy]]


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """Return the site behind the proxies, ended afterwards."""
    with ExitStack() as stack:
        yield Sites(tmp_path_factory.mktemp("turns"), stack)


needs_nginx = pytest.mark.skipif(not HAS_NGINX, reason="nginx is not installed")
needs_varnish = pytest.mark.skipif(not HAS_VARNISH, reason="varnishd is not installed")


@pytest.mark.parametrize(
    "opens",
    [
        pytest.param(lambda folder, site: nginx(folder, site, None), marks=needs_nginx, id="nginx"),
        pytest.param(lambda folder, site: nginx(folder, site, None, WITH_CACHE), marks=needs_nginx, id="nginx, cache"),
        pytest.param(lambda folder, site: varnish(folder, site), marks=needs_varnish, id="Varnish"),
    ],
)
def test_no_wrong_page(tmp_path: Path, sites: Sites, opens: Opens) -> None:
    """40 addresses, both orders of who needs the notice and who does not: every page is the reader's own."""
    site = sites.port(HSTS="0")
    paths = find_paths(site, 40)
    with opens(tmp_path, site) as proxy:
        figures = play(proxy.port, site, paths, rounds=1)
    assert figures.wrong == ()
    assert (figures.addresses, figures.requests, figures.without_notice) == (40, 160, 80)


@needs_nginx
def test_a_bad_cache_is_noticed(tmp_path: Path, sites: Sites) -> None:
    """A premise: behind a cache that ignores the headers, the same turns find wrong pages in both directions."""
    site = sites.port(HSTS="0")
    spoilt = replaced(
        "proxy_cache_key $scheme$host$request_uri;",
        "proxy_cache_key $uri; proxy_ignore_headers Cache-Control Vary; proxy_cache_valid any 1m;",
    )
    with nginx(tmp_path, site, None, WITH_CACHE, spoilt) as proxy:
        figures = play(proxy.port, site, find_paths(site, 4), rounds=1)
    assert any(MOSCOW in it or BERLIN in it for it in figures.wrong)
