"""Quick ways to read an address and to look for it among networks, held against the slow ones of `ipaddress`."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core.model import Address
from webapp.settings import Network
from webapp.site.networks import MOST_HELD, NetworkSet, parse_address


def parse_plainly(text: str) -> Address | None:
    """What `parse_address` means, written without any haste."""
    if "%" in text or any(ord(letter) > 127 for letter in text):
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


addresses = st.ip_addresses()
written = st.one_of(
    addresses.map(str),
    addresses.map(lambda one: one.exploded),
    addresses.map(lambda one: str(one).upper()),
    addresses.map(lambda one: f"::ffff:{one}"),
    st.ip_addresses(v=4).map(lambda one: f"::FFFF:{int(one) >> 16:x}:{int(one) & 65535:x}"),
    st.tuples(addresses.map(str), st.sampled_from(["", " ", "\0", "%eth0", ":80", ".", "/32", "\n", "\u0661"])).map(
        "".join
    ),
    st.tuples(st.sampled_from([" ", "0", "[", "\0", "\ud800"]), addresses.map(str)).map("".join),
)


@given(written | st.text(max_size=20) | st.text("0123456789abcdefx.:", max_size=24))
def test_quick_is_as_strict_as_slow(text: str) -> None:
    """The same address, of the same kind, or none at all; never an exception."""
    found, expected = parse_address(text), parse_plainly(text)
    assert (type(found), found) == (type(expected), expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.1", IPv4Address("192.0.2.1")),
        ("2001:db8::1", IPv6Address("2001:db8::1")),
        ("2001:DB8:0:0:0:0:0:1", IPv6Address("2001:db8::1")),
        ("::ffff:192.0.2.1", IPv4Address("192.0.2.1")),
        ("::ffff:c000:201", IPv4Address("192.0.2.1")),
        ("192.0.2.01", None),
        ("192.0.2", None),
        ("3221225985", None),
        ("0x7f.0.0.1", None),
        ("192.0.2.1:443", None),
        ("[2001:db8::1]", None),
        ("fe80::1%eth0", None),
        ("192.0.2.1\0", None),
        ("\u0661\u0669\u0662.0.2.1", None),
        ("", None),
    ],
)
def test_spellings(text: str, expected: Address | None) -> None:
    """What is read, and what is not."""
    assert parse_address(text) == expected


networks = st.one_of(
    st.tuples(st.ip_addresses(v=4), st.integers(0, 32)), st.tuples(st.ip_addresses(v=6), st.integers(0, 128))
).map(lambda pair: ip_network(f"{pair[0]}/{pair[1]}", strict=False))


@given(st.lists(networks, max_size=6), st.lists(addresses, max_size=4))
def test_holds_what_one_of_the_networks_holds(blocks: Sequence[Network], others: list[Address]) -> None:
    """Blocks of both versions, in any order, overlapping or side by side; their edges and one beyond."""
    ours = NetworkSet(blocks)
    asked = list(others)
    for block in blocks:
        for edge in (int(block[0]) - 1, int(block[0]), int(block[-1]), int(block[-1]) + 1):
            if 0 <= edge < 2**block.max_prefixlen:
                asked.append(type(block[0])(edge))
    for address in asked:
        assert ours.holds(address) == any(address in block for block in blocks)
        assert ours.recall(str(address)) == (parse_address(str(address)) if ours.holds(address) else None)
    assert ours == tuple(blocks)


def test_addresses_of_proxies_alone_are_remembered() -> None:
    """What is not held may be a reader's. Blocks as wide as no proxies' would hold hers, and are not."""
    ours, all_of_them = NetworkSet([ip_network("192.0.2.0/24"), ip_network("10.0.0.0/8")]), ip_network("0.0.0.0/0")
    assert ours.recall("198.51.100.9") is None
    assert ours.recall("not an address") is None
    assert NetworkSet().recall("192.0.2.1") is None
    for _ in range(2):
        assert ours.recall("192.0.2.1") == IPv4Address("192.0.2.1")
    assert ours._held == {"192.0.2.1": IPv4Address("192.0.2.1")}
    for number in range(2 * MOST_HELD):
        assert ours.recall(f"10.0.{number // 256}.{number % 256}") is not None
    assert len(ours._held) == MOST_HELD
    halves = [*all_of_them.subnets()]
    for blocks in ([all_of_them], halves, [ip_network("192.0.0.0/5"), ip_network("2001:db8::/32")]):
        everybody = NetworkSet(blocks)
        assert everybody.recall("198.51.100.9") == IPv4Address("198.51.100.9")
        assert everybody._held == {}
