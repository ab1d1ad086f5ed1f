"""A real nginx with its geoip2 module reads the embedded map and gives the same answers as we do."""

import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_network
from pathlib import Path

import pytest

from webapp.core.model import Address, KnownPlace, Place
from webapp.territories.definitions import load_definitions
from webapp.territories.map import load_map

ROOT = Path(__file__).parents[2]
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
MODULE = Path(os.environ.get("NGINX_MODULES", "/usr/lib/nginx/modules")) / "ngx_http_geoip2_module.so"
COUNT = 100_000
BATCH = 250

pytestmark = [
    pytest.mark.nginx,
    pytest.mark.skipif(
        not (Path(NGINX).exists() and MODULE.exists()), reason="nginx with its geoip2 module is not installed"
    ),
]

CONFIG = """
load_module {module};
daemon off; master_process off; pid {folder}/pid; error_log stderr error;
events {{ worker_connections 64; }}
http {{
  access_log off; keepalive_requests 1000000;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  geoip2 {map} {{
    $answer default=unknown source=$arg_ip answer;
    $country default=- source=$arg_ip country iso_code;
    $first default=- source=$arg_ip inside 0;
    $doubt default=- source=$arg_ip uncertain 0;
  }}
  server {{
    listen 127.0.0.1:{port};
    location / {{ default_type text/plain; return 200 "$answer $country $first $doubt"; }}
  }}
}}
"""


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[int]:
    """The port of an nginx that serves nothing but look-ups."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    config = tmp_path / "nginx.conf"
    config.write_text(CONFIG.format(module=MODULE, folder=tmp_path, map=ROOT / "config/territories.mmdb", port=port))
    command = [NGINX, "-p", str(tmp_path), "-c", str(config), "-e", "stderr"]
    with subprocess.Popen(command) as process:
        wait_for(port, process)
        yield port
        process.terminate()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        assert process.poll() is None, "nginx ended at once"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("nginx does not answer")


def test_nginx_agrees(nginx: int) -> None:
    """100,000 addresses: random ones of both families, and special ones."""
    territory_map = load_map(ROOT / "config/territories.mmdb", load_definitions(ROOT))
    addresses = some_addresses()
    with socket.create_connection(("127.0.0.1", nginx), timeout=30) as connection, connection.makefile("rb") as stream:
        for start in range(0, len(addresses), BATCH):
            batch = addresses[start : start + BATCH]
            connection.sendall(b"".join(f"GET /?ip={item} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for item in batch))
            for address in batch:
                assert read_body(stream) == expect(territory_map.find(address)), address


def some_addresses() -> list[Address]:
    chance = random.Random(5)
    addresses: list[Address] = [IPv4Address(chance.getrandbits(32)) for _ in range(COUNT // 2)]
    global_ipv6 = int(IPv6Address("2a00::"))
    addresses += [IPv6Address(global_ipv6 + chance.getrandbits(116)) for _ in range(COUNT // 2 - 3000)]
    for text in ("10.0.0.0/8", "100.64.0.0/10", "2002::/16", "64:ff9b::/96", "2001:db8::/32", "77.88.8.0/24"):
        network = ip_network(text)
        addresses += [network[chance.randrange(network.num_addresses)] for _ in range(500)]
    return addresses


def read_body(stream: object) -> str:
    length = 0
    while (line := stream.readline().strip()) != b"":  # type: ignore[attr-defined]  # the stream is a socket's file
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return str(stream.read(length).decode())  # type: ignore[attr-defined]  # the stream is a socket's file


def expect(place: Place) -> str:
    if not isinstance(place, KnownPlace):
        return "unknown - - -"
    answer = "inside" if place.inside else "uncertain" if place.uncertain else "outside"
    first = next(iter(order(place.inside)), "-")
    return f"{answer} {place.country or '-'} {first} {next(iter(order(place.uncertain)), '-')}"


def order(territories: frozenset[str]) -> list[str]:
    """As the map lists them: in the order of config/territories.toml."""
    return [name for name in load_definitions(ROOT).territories if name in territories] if territories else []
