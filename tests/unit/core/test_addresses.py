"""Which addresses prove nothing: the edges of every special block, and the plain addresses beside them."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from itertools import pairwise

import pytest

from webapp.core.addresses import SPECIAL_NETWORKS, find_obstacle, special_networks, unmap
from webapp.core.model import UnknownReason

NOT_GLOBAL, TUNNEL = UnknownReason.NOT_GLOBAL, UnknownReason.TUNNEL


@pytest.mark.parametrize(
    ("first", "last", "reason", "words"),
    [
        pytest.param("0.0.0.0", "0.255.255.255", NOT_GLOBAL, "this network", id="this network"),
        pytest.param("10.0.0.0", "10.255.255.255", NOT_GLOBAL, "private", id="private 10/8"),
        pytest.param("100.64.0.0", "100.127.255.255", NOT_GLOBAL, "carrier's NAT", id="carrier-grade NAT"),
        pytest.param("127.0.0.0", "127.255.255.255", NOT_GLOBAL, "loopback", id="loopback"),
        pytest.param("169.254.0.0", "169.254.255.255", NOT_GLOBAL, "link-local", id="link-local"),
        pytest.param("172.16.0.0", "172.31.255.255", NOT_GLOBAL, "private", id="private 172.16/12"),
        pytest.param("192.0.0.0", "192.0.0.255", NOT_GLOBAL, "reserved for protocols", id="protocols"),
        pytest.param("192.0.2.0", "192.0.2.255", NOT_GLOBAL, "documentation", id="documentation 1"),
        pytest.param("192.88.99.0", "192.88.99.255", TUNNEL, "6to4", id="6to4 relay"),
        pytest.param("192.168.0.0", "192.168.255.255", NOT_GLOBAL, "private", id="private 192.168/16"),
        pytest.param("198.18.0.0", "198.19.255.255", NOT_GLOBAL, "benchmarking", id="benchmarking"),
        pytest.param("198.51.100.0", "198.51.100.255", NOT_GLOBAL, "documentation", id="documentation 2"),
        pytest.param("203.0.113.0", "203.0.113.255", NOT_GLOBAL, "documentation", id="documentation 3"),
        pytest.param("224.0.0.0", "239.255.255.255", NOT_GLOBAL, "multicast", id="multicast"),
        pytest.param("240.0.0.0", "255.255.255.255", NOT_GLOBAL, "reserved or broadcast", id="reserved, broadcast"),
        pytest.param("::", "::", NOT_GLOBAL, "unspecified", id="unspecified"),
        pytest.param("::1", "::1", NOT_GLOBAL, "loopback", id="loopback, IPv6"),
        pytest.param("::2", "::fffe:ffff:ffff", NOT_GLOBAL, "reserved or abandoned", id="IPv4-compatible"),
        pytest.param("::ffff:0:0:0", "::ffff:0:ffff:ffff", TUNNEL, "IPv4-translated", id="IPv4-translated"),
        pytest.param("64:ff9b::", "64:ff9b::ffff:ffff", TUNNEL, "NAT64", id="NAT64"),
        pytest.param("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", TUNNEL, "local NAT64", id="local NAT64"),
        pytest.param("100::", "100::ffff:ffff:ffff:ffff", NOT_GLOBAL, "discarded", id="discarded"),
        pytest.param(
            "1fff:ffff::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NOT_GLOBAL, "reserved", id="below 2000::/3"
        ),
        pytest.param("2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", TUNNEL, "Teredo", id="Teredo"),
        pytest.param("2001:1::", "2001:1:ffff:ffff:ffff:ffff:ffff:ffff", NOT_GLOBAL, "protocols", id="protocols, IPv6"),
        pytest.param(
            "2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff", NOT_GLOBAL, "benchmarking", id="benchmarking, IPv6"
        ),
        pytest.param(
            "2001:2:1::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", NOT_GLOBAL, "protocols", id="ORCHID and so on"
        ),
        pytest.param(
            "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", NOT_GLOBAL, "documentation", id="documentation"
        ),
        pytest.param("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", TUNNEL, "6to4", id="6to4"),
        pytest.param(
            "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", NOT_GLOBAL, "documentation", id="documentation /20"
        ),
        pytest.param("4000::", "5fff::", NOT_GLOBAL, "reserved or abandoned", id="above 2000::/3, SRv6 among it"),
        pytest.param(
            "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NOT_GLOBAL, "unique local", id="unique local"
        ),
        pytest.param(
            "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NOT_GLOBAL, "link-local", id="link-local, IPv6"
        ),
        pytest.param("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NOT_GLOBAL, "site-local", id="site-local"),
        pytest.param(
            "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NOT_GLOBAL, "multicast", id="multicast, IPv6"
        ),
    ],
)
def test_a_special_address_proves_nothing(first: str, last: str, reason: UnknownReason, words: str) -> None:
    """The first and the last address of the block are refused, and the place says why in words."""
    for text in (first, last):
        obstacle = find_obstacle(ip_address(text))
        assert obstacle is not None, text
        assert obstacle.reason is reason
        assert words in obstacle.detail
        assert obstacle.detail.startswith("arrives through a tunnel" if reason is TUNNEL else "not global unicast")


@pytest.mark.parametrize(
    "text",
    [
        *("1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0"),
        *("169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0"),
        *("192.0.1.255", "192.0.3.0", "192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0"),
        *("198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0"),
        *("223.255.255.255", "77.88.8.8", "2000::", "2001:200::", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff"),
        *("2001:db9::", "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::", "2a00:1450::1"),
        *("3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ],
)
def test_a_plain_global_address_can_be_located(text: str) -> None:
    """The neighbours of every special block, and some addresses that people really have."""
    assert find_obstacle(ip_address(text)) is None


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        pytest.param("::ffff:77.88.8.8", True, id="a global one"),
        pytest.param("::ffff:10.0.0.1", False, id="a private one"),
        pytest.param("::ffff:100.64.0.1", False, id="a carrier's NAT"),
        pytest.param("::ffff:127.0.0.1", False, id="loopback"),
        pytest.param("::ffff:0.0.0.0", False, id="unspecified"),
    ],
)
def test_an_ipv4_mapped_address_is_judged_as_the_address_inside(text: str, plain: bool) -> None:
    """Unmapped first, then judged by the table of IPv4."""
    assert (find_obstacle(ip_address(text)) is None) is plain
    assert find_obstacle(ip_address(text)) == find_obstacle(unmap(ip_address(text)))


@pytest.mark.parametrize("text", ["fe80::1%eth0", "2a00:1450::1%1", "::ffff:77.88.8.8%eth0", "::1%lo"])
def test_an_address_with_a_zone_proves_nothing(text: str) -> None:
    """A zone means something on one machine only, whatever address it is glued to."""
    obstacle = find_obstacle(ip_address(text))
    assert obstacle is not None
    assert (obstacle.reason, "zone" in obstacle.detail) == (NOT_GLOBAL, True)
    assert unmap(ip_address(text)) == ip_address(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("::ffff:192.0.2.1", "192.0.2.1", id="mapped"),
        pytest.param("::ffff:c000:201", "192.0.2.1", id="mapped, in hexadecimal"),
        pytest.param("192.0.2.1", "192.0.2.1", id="IPv4"),
        pytest.param("2001:db8::1", "2001:db8::1", id="IPv6"),
        pytest.param("::192.0.2.1", "::c000:201", id="compatible is not mapped"),
        pytest.param("64:ff9b::192.0.2.1", "64:ff9b::c000:201", id="NAT64 is not mapped"),
    ],
)
def test_only_a_mapped_address_is_unmapped(text: str, expected: str) -> None:
    """Every other address stays what it is."""
    assert unmap(ip_address(text)) == ip_address(expected)


def test_the_blocks_for_a_map_are_disjoint() -> None:
    """No address is in two of them, so that a compiler may take them out one by one."""
    blocks = special_networks()
    assert len({str(block) for block in blocks}) == len(blocks)
    for version in (4, 6):
        ordered = sorted((block for block in blocks if block.version == version), key=lambda block: int(block[0]))
        assert len(ordered) >= 7
        for one, next_one in pairwise(ordered):
            assert int(one[-1]) < int(next_one[0])


def test_the_blocks_for_a_map_are_just_what_is_refused() -> None:
    """Both edges of every block are refused; the address before and behind is so only if another block has it."""
    blocks = special_networks()
    for block in blocks:
        kind = IPv4Address if block.version == 4 else IPv6Address
        for number in (int(block[0]) - 1, int(block[0]), int(block[-1]), int(block[-1]) + 1):
            if not 0 <= number < 2**block.max_prefixlen:
                continue
            address = kind(number)
            if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
                continue  # judged by the table of IPv4, and no map holds it
            held = any(address.version == other.version and address in other for other in blocks)
            assert (find_obstacle(address) is not None) is held, address


@pytest.mark.parametrize("text", [network for network, _, _ in SPECIAL_NETWORKS])
def test_every_listed_network_is_refused_to_a_map(text: str) -> None:
    """Each row of the table lies wholly inside one of the blocks."""
    network = ip_network(text)
    held = [block for block in special_networks() if block.version == network.version and network.subnet_of(block)]  # type: ignore[arg-type]
    assert len(held) == 1
