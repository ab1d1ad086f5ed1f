"""From a connection to the reader's address: every disguise and every anomaly ends in *unknown*."""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.core.model import UnknownReason
from webapp.site.address import (
    CLIENT_HEADERS,
    FOREIGN_HEADERS,
    MAX_FORWARDED,
    MOST_MARKS,
    PROXY_HEADERS,
    Resolved,
    _marks,
    read_marks,
    resolve,
)

# Proxies live in documentation ranges. Readers need real networks: documentation addresses are unknown by design.
TRUSTED = tuple(ip_network(block) for block in ("192.0.2.0/24", "2001:db8::/32"))
PROXY = "192.0.2.1"
INNER = "192.0.2.77"
PROXY_V6 = "2001:db8::1"
STRANGER = "198.51.100.9"
READER = "91.65.10.1"
READER_V6 = "2a02:8108::1"

NO_ADDRESS = UnknownReason.NO_ADDRESS
MALFORMED = UnknownReason.MALFORMED
UNTRUSTED = UnknownReason.UNTRUSTED_CHAIN
NOT_GLOBAL = UnknownReason.NOT_GLOBAL
TUNNEL = UnknownReason.TUNNEL


def through_proxy(*values: str, peer: str | None = PROXY, **headers: str) -> Resolved:
    """Resolve a connection from `peer` with these X-Forwarded-For headers; `_` in a name stands for a hyphen."""
    given: dict[str, Sequence[str]] = {name.replace("_", "-"): (value,) for name, value in headers.items()}
    if values:
        given["x-forwarded-for"] = values
    return resolve(peer, given, TRUSTED)


def assert_unknown(resolved: Resolved, reason: UnknownReason) -> None:
    """The place is unknown for this reason, and the last step says so in the same words."""
    assert resolved.unknown is not None
    assert resolved.unknown.reason is reason
    assert resolved.steps[-1] == f"so the place is unknown: {resolved.unknown.detail}"


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        pytest.param(READER, READER, id="IPv4"),
        pytest.param(READER_V6, READER_V6, id="IPv6"),
        pytest.param(f"::ffff:{READER}", READER, id="IPv4 on a socket of both families"),
        pytest.param("2A02:8108:0:0:0:0:0:1", READER_V6, id="IPv6 in another spelling"),
    ],
)
def test_direct_reader_is_known(peer: str, address: str) -> None:
    """With no proxy configured and no sign of one, the peer is the reader."""
    resolved = resolve(peer, {"accept-language": ("en",), "user-agent": ("x",)}, ())
    assert resolved.unknown is None
    assert resolved.address == ip_address(address)
    assert resolved.steps[-1] == f"so the reader's address is {address}"


@pytest.mark.parametrize("header", PROXY_HEADERS)
@pytest.mark.parametrize("value", [pytest.param(READER, id="the peer"), "", "unknown"])
def test_direct_reader_with_a_proxy_header_is_unknown(header: str, value: str) -> None:
    """In direct mode a header that only proxies write shows one in between, whatever it says."""
    resolved = resolve(READER, {header: (value,)}, ())
    assert_unknown(resolved, UNTRUSTED)
    assert resolved.address is None
    assert resolved.unknown is not None
    assert header in resolved.unknown.detail


FOREIGN_NAMES = {"forwarded", "client-ip", "forwarded-for", "x-forwarded", "x-originating-ip", "x-proxyuser-ip"}
CLIENT_NAMES = {
    *("x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "cf-connecting-ip", "cf-connecting-ipv6"),
    *("fastly-client-ip", "cloudfront-viewer-address", "x-original-forwarded-for", "x-azure-clientip", "fly-client-ip"),
    "x-envoy-external-address",
}
MARKS = {
    *("x-forwarded-for", "via", "cf-ray", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port", "cdn-loop"),
    *("x-forwarded-server", "proxy-connection", "cf-ipcountry", "cf-region-code", "cf-visitor", "fastly-geo-country"),
    *("cloudfront-viewer-country", "cloudfront-viewer-country-region", "fastly-geo-region", "x-amzn-trace-id"),
}


def test_no_header_gets_lost_from_the_tables() -> None:
    """Each name is written down twice: a misspelled one would look for a header that nobody sends."""
    assert set(FOREIGN_HEADERS) == FOREIGN_NAMES
    assert set(CLIENT_HEADERS) == CLIENT_NAMES
    assert set(PROXY_HEADERS) == FOREIGN_NAMES | CLIENT_NAMES | MARKS


@pytest.mark.parametrize("header", sorted(FOREIGN_NAMES | CLIENT_NAMES | MARKS))
def test_header_spelled_almost_as_a_proxys(header: str) -> None:
    """With an underscore for any hyphen a server of the CGI family takes it for the proxy's, so it proves nothing."""
    if "-" not in header:
        return
    for trusted, peer in (((), READER), (TRUSTED, PROXY)):
        given = {"x-forwarded-for": (READER,)} if trusted else {}
        resolved = resolve(peer, {**given, header.replace("-", "_", 1): (READER,)}, trusted)
        assert_unknown(resolved, UNTRUSTED)
        assert resolved.unknown is not None
        assert f"almost as {header}," in resolved.unknown.detail


def test_other_headers_with_an_underscore_are_no_doubt() -> None:
    """What resembles no proxy's header says nothing about a proxy."""
    assert resolve(READER, {"x_theme": ("dark",), "accept_language": ("ru",)}, ()).unknown is None


@pytest.mark.parametrize("header", sorted(FOREIGN_NAMES))
def test_foreign_header_is_named(header: str) -> None:
    """Operators learn which header it was."""
    resolved = through_proxy(READER, **{header.replace("-", "_"): READER})
    assert_unknown(resolved, UNTRUSTED)
    assert resolved.unknown is not None
    assert f"({header})" in resolved.unknown.detail


@pytest.mark.parametrize(("length", "known"), [(2048, True), (2049, False)])
def test_longest_chain_that_is_read(length: int, known: bool) -> None:
    """A chain of 2,048 characters is read, one more is not."""
    value = READER + f", {INNER}" * 20
    assert (through_proxy(value.replace(",", "," + " " * (length - len(value)), 1)).unknown is None) is known


def test_what_is_resolved_is_frozen() -> None:
    """Nobody downstream can change an address or the reason for not knowing it."""
    resolved = through_proxy(READER)
    for name in (*Resolved._fields, "more"):
        with pytest.raises(AttributeError):
            setattr(resolved, name, None)


@pytest.mark.parametrize(
    "peer",
    [
        pytest.param(None, id="none"),
        pytest.param("", id="Unix socket"),
        pytest.param("localhost", id="a name"),
        pytest.param(f"{READER}:443", id="port glued on"),
        pytest.param("fe80::1%eth0", id="zone"),
        pytest.param("091.65.10.1", id="leading zero"),
    ],
)
@pytest.mark.parametrize("trusted", [pytest.param((), id="direct"), pytest.param(TRUSTED, id="proxied")])
def test_peer_that_is_no_address(peer: str | None, trusted: tuple[()]) -> None:
    """A connection without a plain IP address proves nothing in either mode."""
    assert_unknown(resolve(peer, {"x-forwarded-for": (READER,)} if trusted else {}, trusted), NO_ADDRESS)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        pytest.param("127.0.0.1", NOT_GLOBAL, id="loopback"),
        pytest.param("::1", NOT_GLOBAL, id="loopback, IPv6"),
        pytest.param("10.1.2.3", NOT_GLOBAL, id="private 10/8"),
        pytest.param("172.16.0.1", NOT_GLOBAL, id="private 172.16/12"),
        pytest.param("192.168.1.1", NOT_GLOBAL, id="private 192.168/16"),
        pytest.param("100.64.0.1", NOT_GLOBAL, id="carrier-grade NAT, first"),
        pytest.param("100.127.255.255", NOT_GLOBAL, id="carrier-grade NAT, last"),
        pytest.param("169.254.1.1", NOT_GLOBAL, id="link-local"),
        pytest.param("fe80::1", NOT_GLOBAL, id="link-local, IPv6"),
        pytest.param("fc00::1", NOT_GLOBAL, id="unique local"),
        pytest.param("0.0.0.0", NOT_GLOBAL, id="unspecified"),
        pytest.param("::", NOT_GLOBAL, id="unspecified, IPv6"),
        pytest.param("224.0.0.1", NOT_GLOBAL, id="multicast"),
        pytest.param("255.255.255.255", NOT_GLOBAL, id="broadcast"),
        pytest.param("203.0.113.9", NOT_GLOBAL, id="documentation"),
        pytest.param("3fff::1", NOT_GLOBAL, id="documentation, IPv6"),
        pytest.param("4000::1", NOT_GLOBAL, id="not assigned to global unicast"),
        pytest.param("2001:0:4136:e378:8000:63bf:3fff:fdd2", TUNNEL, id="Teredo"),
        pytest.param("2002:5b41:a01::1", TUNNEL, id="6to4"),
        pytest.param("64:ff9b::5b41:a01", TUNNEL, id="NAT64"),
        pytest.param("64:ff9b:1::5b41:a01", TUNNEL, id="local NAT64"),
        pytest.param("::ffff:10.1.2.3", NOT_GLOBAL, id="IPv4-mapped private"),
        pytest.param("::ffff:127.0.0.1", NOT_GLOBAL, id="IPv4-mapped loopback"),
    ],
)
def test_address_that_proves_nothing(address: str, reason: UnknownReason) -> None:
    """An address that is not plain global unicast is unknown, from a peer and from a proxy alike."""
    assert_unknown(resolve(address, {}, ()), reason)
    assert_unknown(through_proxy(address), reason)


@pytest.mark.parametrize(
    ("values", "peer", "address"),
    [
        pytest.param((READER,), PROXY, READER, id="one proxy"),
        pytest.param((READER_V6,), PROXY_V6, READER_V6, id="one proxy, IPv6"),
        pytest.param((READER,), f"::ffff:{PROXY}", READER, id="proxy on a socket of both families"),
        pytest.param((f"{READER}, {INNER}",), PROXY, READER, id="two proxies"),
        pytest.param((f"{READER}, {PROXY_V6}, {INNER}",), PROXY, READER, id="three proxies, both families"),
        pytest.param((READER, INNER), PROXY, READER, id="two headers, read as one"),
        pytest.param((f" {READER}\t,{INNER} ",), PROXY, READER, id="white space around entries"),
        pytest.param((f"::ffff:{READER}",), PROXY, READER, id="IPv4-mapped reader"),
        pytest.param((f"{READER},::ffff:{INNER}",), PROXY, READER, id="IPv4-mapped proxy"),
    ],
)
def test_exact_trusted_chain_is_known(values: tuple[str, ...], peer: str, address: str) -> None:
    """A chain of exactly one reader and then nothing but our proxies gives the reader's address."""
    resolved = through_proxy(*values, peer=peer)
    assert resolved.unknown is None
    assert resolved.address == ip_address(address)


@pytest.mark.parametrize(
    ("values", "peer", "reason"),
    [
        pytest.param((READER,), STRANGER, UNTRUSTED, id="peer is nobody's proxy"),
        pytest.param((), STRANGER, UNTRUSTED, id="peer is nobody's proxy, and sends nothing"),
        pytest.param((), PROXY, NO_ADDRESS, id="no header"),
        pytest.param(("",), PROXY, NO_ADDRESS, id="empty header"),
        pytest.param((" \t ",), PROXY, NO_ADDRESS, id="blank header"),
        pytest.param((INNER,), PROXY, NO_ADDRESS, id="only a trusted proxy"),
        pytest.param((f"{INNER}, {PROXY_V6}, {PROXY}",), PROXY, NO_ADDRESS, id="only trusted proxies"),
        pytest.param((f"{READER}," + " " * MAX_FORWARDED + INNER,), PROXY, MALFORMED, id="too long"),
        pytest.param((f"{READER}," + f"{INNER}," * 400 + INNER,), PROXY, MALFORMED, id="too many proxies"),
        pytest.param((f"{STRANGER}, {READER}",), PROXY, UNTRUSTED, id="a further address on the left"),
        pytest.param((f"{INNER}, {READER}",), PROXY, UNTRUSTED, id="one of our proxies on the left"),
        pytest.param((f"junk, {READER}",), PROXY, UNTRUSTED, id="junk on the left"),
        pytest.param((f",{READER}",), PROXY, UNTRUSTED, id="an empty entry on the left"),
        pytest.param((f"{READER}, {STRANGER}, {INNER}",), PROXY, UNTRUSTED, id="a stranger between"),
        pytest.param((READER, READER), PROXY, UNTRUSTED, id="two headers with a reader each"),
        pytest.param((f"{READER},",), PROXY, MALFORMED, id="an empty entry on the right"),
        pytest.param((",",), PROXY, MALFORMED, id="a comma alone"),
        pytest.param((f"{READER}, , {INNER}",), PROXY, MALFORMED, id="an empty entry between"),
    ],
)
def test_wrong_chain_is_unknown(values: tuple[str, ...], peer: str, reason: UnknownReason) -> None:
    """A chain that is not exactly reader and proxies proves nothing, and gives no address."""
    resolved = through_proxy(*values, peer=peer)
    assert_unknown(resolved, reason)
    assert resolved.address is None


JUNK = [
    pytest.param("unknown", id="unknown"),
    pytest.param("_hidden", id="obfuscated (RFC 7239)"),
    pytest.param("-", id="a dash"),
    pytest.param("null", id="null"),
    pytest.param(f"{READER}:443", id="port"),
    pytest.param(f"[{READER_V6}]", id="brackets"),
    pytest.param(f"[{READER_V6}]:443", id="brackets and port"),
    pytest.param(f'"{READER}"', id="quotes"),
    pytest.param(f"for={READER}", id="RFC 7239 in the wrong header"),
    pytest.param(f"{READER_V6}%eth0", id="zone"),
    pytest.param(f"{READER_V6}%", id="empty zone"),
    pytest.param("091.065.010.001", id="leading zeros"),
    pytest.param("91.65.10.01", id="one leading zero"),
    pytest.param("0x5b410a01", id="hexadecimal"),
    pytest.param("1531021825", id="decimal"),
    pytest.param("91.65.2561", id="three parts"),
    pytest.param("91.65.10.1.", id="trailing dot"),
    pytest.param("91.65.10.256", id="part too large"),
    pytest.param(f"{READER}/32", id="network"),
    pytest.param("９１.65.10.1", id="full-width digits"),
    pytest.param("٩١.65.10.1", id="Arabic digits"),
    pytest.param("91．65．10．1", id="full-width dots"),
    pytest.param(f"{READER}\u200b", id="hidden character"),
    pytest.param(f"{READER}\x00", id="NUL"),
    pytest.param(f"{READER}\n", id="line feed"),
    pytest.param(f"{READER} {READER}", id="two addresses without a comma"),
    pytest.param("::ffff:91.65.10.01", id="mapped with a leading zero"),
    pytest.param(":::1", id="broken IPv6"),
    pytest.param("reader.example", id="a name"),
]


@pytest.mark.parametrize("junk", JUNK)
def test_entry_that_is_no_plain_address(junk: str) -> None:
    """What is not a plainly written address is not read, wherever it stands in the part we rely on."""
    assert_unknown(through_proxy(junk), MALFORMED)
    assert_unknown(through_proxy(f"{junk}, {INNER}"), MALFORMED)
    assert_unknown(through_proxy(f"{READER}, {junk}"), MALFORMED)


@pytest.mark.parametrize("header", FOREIGN_HEADERS)
def test_foreign_proxy_header_is_unknown(header: str) -> None:
    """A header that none of our proxies writes shows somebody else's, even with a chain that looks right."""
    assert_unknown(through_proxy(READER, **{header.replace("-", "_"): f"for={READER}"}), UNTRUSTED)


@pytest.mark.parametrize("header", CLIENT_HEADERS)
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(READER, None, id="the same address"),
        pytest.param(f" ::ffff:{READER} ", None, id="the same address, mapped"),
        pytest.param("77.88.8.8", UNTRUSTED, id="another address"),
        pytest.param("", UNTRUSTED, id="empty"),
        pytest.param("unknown", UNTRUSTED, id="unknown"),
        pytest.param(f"{READER}:443", UNTRUSTED, id="port glued on"),
    ],
)
def test_header_that_names_the_reader_must_agree(header: str, value: str, reason: UnknownReason | None) -> None:
    """A CDN in front of our proxy names the reader; our proxy may have put the CDN itself into X-Forwarded-For."""
    resolved = through_proxy(READER, **{header.replace("-", "_"): value})
    assert (resolved.unknown and resolved.unknown.reason) == reason


def test_repeated_header_with_one_lie() -> None:
    """Every value of a repeated header must agree."""
    headers = {"x-forwarded-for": (READER,), "x-real-ip": (READER, STRANGER)}
    assert_unknown(resolve(PROXY, headers, TRUSTED), UNTRUSTED)


def test_steps_tell_the_way() -> None:
    """The steps say in words how the address was found, one for each hop."""
    assert through_proxy(f"{READER}, {INNER}").steps == (
        "the connection comes from 192.0.2.1",
        "192.0.2.1 is a trusted proxy",
        "X-Forwarded-For, from the right: 192.0.2.77 is a trusted proxy",
        "X-Forwarded-For, from the right: 91.65.10.1 is the first address that is not ours",
        "so the reader's address is 91.65.10.1",
    )


# --- the property ------------------------------------------------------------------------------------------

OURS = [PROXY, INNER, PROXY_V6, f"::ffff:{PROXY}"]
READERS = [READER, READER_V6, "77.88.8.8"]
OTHERS = [STRANGER, "127.0.0.1", "10.0.0.1", "::1", "unknown", "", " ", f"{READER}:1", "fe80::1%1", "2002:5b41:a01::1"]
_entry = st.sampled_from([*OURS, *READERS, *OTHERS]) | st.text(max_size=6)
_chain = st.lists(_entry, max_size=5) | st.tuples(
    st.sampled_from([*READERS, *OTHERS]), st.lists(st.sampled_from(OURS), max_size=3)
).map(lambda it: [it[0], *it[1]])
_headers = st.dictionaries(
    st.sampled_from([*PROXY_HEADERS[1:], "accept-language"]), st.lists(_entry, min_size=1, max_size=2), max_size=2
)


def looks_exact(peer: str, chain: list[str], headers: Mapping[str, Sequence[str]]) -> bool:
    """Tell, from spellings alone, whether this is one known reader behind nothing but our proxies."""
    if peer not in OURS or any(name in headers for name in FOREIGN_HEADERS):
        return False
    named = [value.strip() for name in CLIENT_HEADERS for value in headers.get(name, ())]
    entries = [entry.strip(" \t") for entry in ",".join(chain).split(",")]
    return (
        entries[0] in READERS
        and all(entry in OURS for entry in entries[1:])
        and all(value == entries[0] for value in named)
    )


@settings(max_examples=1500, deadline=None, derandomize=True, database=None)
@given(peer=st.sampled_from([*OURS, *READERS, *OTHERS]), chain=_chain, split=st.booleans(), headers=_headers)
def test_only_an_exact_chain_gives_an_address(
    peer: str, chain: list[str], split: bool, headers: dict[str, list[str]]
) -> None:
    """Whatever comes in, nothing is raised, and an address is known if and only if the chain is exact."""
    given = {**headers, "x-forwarded-for": chain if split else [",".join(chain)]}
    resolved = resolve(peer, given, TRUSTED)
    assert (resolved.unknown is None) == looks_exact(peer, chain, headers)
    if resolved.unknown is None:
        assert str(resolved.address) == ",".join(chain).split(",")[0].strip(" \t")


@settings(max_examples=500, deadline=None, derandomize=True, database=None)
@given(
    peer=st.none() | st.text(max_size=30) | st.sampled_from([*OURS, *READERS, *OTHERS]),
    headers=st.dictionaries(st.sampled_from(PROXY_HEADERS) | st.text(max_size=9), st.lists(st.text(), max_size=3)),
    trusted=st.sampled_from([(), TRUSTED]),
)
def test_nothing_is_ever_raised(peer: str | None, headers: dict[str, list[str]], trusted: tuple[()]) -> None:
    """Arbitrary text in every place ends in an answer: an address, or the reason why there is none."""
    resolved = resolve(peer, headers, trusted)
    assert (resolved.address is None) <= (resolved.unknown is not None)


names = st.lists(
    st.sampled_from((*PROXY_HEADERS, "accept-language", "accept-encoding", "doctor-token", "dnt", "user_agent"))
    | st.sampled_from(PROXY_HEADERS).map(lambda name: name.replace("-", "_", 1)),
    max_size=6,
    unique=True,
)


@given(st.lists(names, max_size=4))
def test_marks_are_those_of_these_names(requests: list[list[str]]) -> None:
    """Whatever names came before: the first of each sort in its own list's order, and what is spelled almost alike."""
    for given_names in (*requests, *requests):
        marks = read_marks(given_names)
        assert marks.proxy == next((name for name in PROXY_HEADERS if name in given_names), "")
        assert marks.foreign == next((name for name in FOREIGN_HEADERS if name in given_names), "")
        assert marks.naming == tuple(name for name in CLIENT_HEADERS if name in given_names)
        assert bool(marks.alike) == any("_" in name and name.replace("_", "-") in PROXY_HEADERS for name in given_names)


def test_names_that_a_reader_could_choose_are_not_remembered() -> None:
    """A flood of headers fills nothing, and no name of her own stays."""
    for number in range(5 * MOST_MARKS):
        read_marks([f"x-{number}", "x-forwarded-for"])
        read_marks([name for bit, name in enumerate(PROXY_HEADERS) if number >> bit & 1])
    assert len(_marks) <= MOST_MARKS
    assert not any(name.startswith("x-1") for names in _marks for name in names)
