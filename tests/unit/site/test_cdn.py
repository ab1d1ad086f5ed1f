"""A CDN's hint can add a risk or a doubt about where the reader is, and takes none away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import make_place
from webapp.core.model import CountryCode, KnownPlace, RegionAnswers, TerritoryId, UnknownPlace, UnknownReason
from webapp.settings import Cdn
from webapp.site.address import PROXY_HEADERS
from webapp.site.cdn import COUNTRY_HEADERS, REGION_HEADERS, judge

OCCUPIED = TerritoryId("occupied-ukraine")
RUSSIA = TerritoryId("russia")
REGIONS: RegionAnswers = {
    "UA": ((OCCUPIED, "uncertain"),),
    "UA-43": ((OCCUPIED, "inside"),),
    "UA-14": ((OCCUPIED, "uncertain"),),
    "UA-30": (),
    "RU": ((RUSSIA, "inside"), (OCCUPIED, "uncertain")),
    "RU-CR": ((OCCUPIED, "inside"),),
}


def place_in(country: str) -> KnownPlace:
    """A place that the map puts outside everything."""
    return make_place(outside=(OCCUPIED, RUSSIA))._replace(country=CountryCode(country))


@pytest.mark.parametrize(
    ("country", "headers", "configured"),
    [
        pytest.param("DE", {"cf-ipcountry": "XX"}, None, id="Cloudflare does not know"),
        pytest.param("DE", {"cf-ipcountry": "T1"}, None, id="Tor"),
        pytest.param("DE", {"fastly-geo-country": "**"}, None, id="Fastly does not know"),
        pytest.param("DE", {"fastly-geo-country": "?"}, None, id="a question mark"),
        pytest.param("DE", {"cf-ipcountry": ""}, None, id="nothing said"),
        pytest.param("DE", {"cf-ipcountry": "RU"}, None, id="another country"),
        pytest.param("DE", {"cf-ipcountry": "DE, RU"}, None, id="two countries in one header"),
        pytest.param("DE", {"cf-ipcountry": "DE", "cloudfront-viewer-country": "RU"}, None, id="two CDNs disagree"),
        pytest.param("DE", {}, Cdn.CLOUDFLARE, id="the configured CDN is silent"),
        pytest.param("DE", {"cf-ipcountry": "DE"}, Cdn.CLOUDFRONT, id="another CDN speaks, not the configured one"),
        pytest.param("DE", {"fastly-geo-country": "DE", "fastly-geo-region": "NO REGION"}, None, id="no region"),
        pytest.param("DE", {"fastly-geo-country": "DE", "fastly-geo-region": "?"}, None, id="a region not known"),
        pytest.param("UA", {"cf-region-code": "30"}, None, id="a region without its country"),
        pytest.param("DE", {"cf-ipcountry": "DE", "cf-region-code": "RU-CR"}, None, id="a region of another country"),
    ],
)
def test_doubt(country: str, headers: dict[str, str], configured: Cdn | None) -> None:
    """Whatever does not agree with the map, or says nothing, makes the place unknown."""
    found = judge(place_in(country), {name: (value,) for name, value in headers.items()}, configured, REGIONS)
    assert isinstance(found, UnknownPlace)
    assert found.reason is UnknownReason.UNTRUSTED_CHAIN


@pytest.mark.parametrize("cdn", list(Cdn))
@pytest.mark.parametrize(
    ("country", "region", "inside", "uncertain"),
    [
        pytest.param("DE", "BE", set(), set(), id="a region of no interest"),
        pytest.param("UA", "30", set(), set(), id="a region that editors put outside"),
        pytest.param("UA", "UA-30", set(), set(), id="the whole code"),
        pytest.param("UA", "43", {OCCUPIED}, set(), id="inside"),
        pytest.param("UA", "14", set(), {OCCUPIED}, id="partly held"),
        pytest.param("UA", "99", set(), {OCCUPIED}, id="a region nobody listed"),
        pytest.param("RU", "CR", {OCCUPIED}, set(), id="a code that vendors made up"),
        pytest.param("RU", "MOW", {RUSSIA}, {OCCUPIED}, id="a region of a country inside"),
    ],
)
def test_region(cdn: Cdn, country: str, region: str, inside: set[TerritoryId], uncertain: set[TerritoryId]) -> None:
    """A region moves territories towards the risk, and is kept as one more vote."""
    headers = {COUNTRY_HEADERS[cdn]: (country,), REGION_HEADERS[cdn]: (region,)}
    found = judge(place_in(country), headers, cdn, REGIONS)
    assert isinstance(found, KnownPlace)
    assert found.inside == inside
    assert found.uncertain == uncertain
    assert found.inside | found.uncertain | found.outside == {OCCUPIED, RUSSIA}
    assert [vote.source for vote in found.votes[-1:]] == [cdn]


@pytest.mark.parametrize("cdn", list(Cdn))
def test_agreement_changes_nothing(cdn: Cdn) -> None:
    """A CDN that names the country of the map adds nothing and takes nothing."""
    place = place_in("DE")
    assert judge(place, {COUNTRY_HEADERS[cdn]: ("de",)}, cdn, REGIONS) == place


@given(
    country=st.sampled_from(["DE", "UA", "RU"]),
    inside=st.sets(st.sampled_from([OCCUPIED, RUSSIA])),
    headers=st.dictionaries(
        st.sampled_from([*COUNTRY_HEADERS.values(), *REGION_HEADERS.values()]),
        st.sampled_from(["DE", "UA", "RU", "XX", "43", "30", "UA-14", "", "?", "NO REGION"]).map(lambda it: (it,)),
    ),
    configured=st.none() | st.sampled_from(Cdn),
)
def test_never_less_doubtful(
    country: str, inside: set[TerritoryId], headers: dict[str, tuple[str, ...]], configured: Cdn | None
) -> None:
    """No hint ever puts a reader outside a territory that she was not outside of already."""
    before = make_place(inside=inside, outside={OCCUPIED, RUSSIA} - inside)
    after = judge(before._replace(country=CountryCode(country)), headers, configured, REGIONS)
    assert isinstance(after, UnknownPlace) or (after.outside <= before.outside and after.inside >= before.inside)


def test_unknown_place_stays_so() -> None:
    """A hint from a peer that is no trusted proxy never makes a place known."""
    unknown = UnknownPlace(UnknownReason.UNTRUSTED_CHAIN, "the connection does not come from a trusted proxy")
    assert judge(unknown, {"cf-ipcountry": ("DE",)}, Cdn.CLOUDFLARE, REGIONS) is unknown


def test_every_hint_betrays_a_proxy() -> None:
    """Readers who connect directly bring no hint, so each one is a mark of a proxy nobody configured."""
    assert {*COUNTRY_HEADERS.values(), *REGION_HEADERS.values()} <= set(PROXY_HEADERS)
