"""Real proxies for tests, on loopback: nginx and Varnish with the configurations of docs/proxies, changed as told.

The wide world is played by a relay that hands each connection on with the address of some reader, as the PROXY
protocol does it; so the proxy sees a public address connect, and everything behind it is as it would be.
"""

import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.functional.serving import environment, free_port
from tests.samples import BERLIN, REPOSITORY

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
VARNISH = shutil.which("varnishd") or "/usr/sbin/varnishd"
HAS_NGINX, HAS_VARNISH = Path(NGINX).exists(), Path(VARNISH).exists()

FOLDER = REPOSITORY / "docs" / "proxies"
TOKEN = "0123456789abcdef0123456789abcdef"
PATIENCE = 30.0

Change = Callable[[str], str]


def replaced(old: str, new: str) -> Change:
    """Return a change that puts `new` for `old`, which must be there."""

    def change(text: str) -> str:
        assert old in text, old
        return text.replace(old, new)

    return change


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate for 127.0.0.1, and the context that trusts it."""

    pem: Path
    key: Path
    context: ssl.SSLContext = field(compare=False)


def make_certificate(folder: Path, days: int = 90) -> Certificate:
    """Make one with openssl."""
    pem, key = folder / "site.pem", folder / "site.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", str(days), "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(pem)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return Certificate(pem, key, ssl.create_default_context(cafile=str(pem)))


@contextmanager
def running(command: list[str], port: int, log: Path, env: Mapping[str, str] | None = None) -> Iterator[None]:
    """Run a server until the block ends, and wait until it listens."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=REPOSITORY)
    try:
        until = time.monotonic() + PATIENCE
        while not _listens(port):
            assert process.poll() is None, log.read_text("utf-8", "replace")
            assert time.monotonic() < until, log.read_text("utf-8", "replace")
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@contextmanager
def held_site(folder: Path, **variables: str) -> Iterator[int]:
    """Serve the repository's own site at the held date; give its port."""
    port = free_port()
    env = environment(PORT=str(port), WEBAPP_ROOT=str(REPOSITORY), **variables)
    with running([sys.executable, "-m", "tests.functional.held_site"], port, folder / f"site-{port}.log", env):
        yield port


@contextmanager
def world(port: int, address: str = BERLIN) -> Iterator[int]:
    """Give a port at which everybody who connects comes from `address` in the eyes of the proxy at `port`."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        here: int = server.getsockname()[1]
        line = f"PROXY TCP4 {address} 127.0.0.1 40000 {here}\r\n".encode()
        threading.Thread(target=_accept, args=(server, port, line), daemon=True).start()
        yield here


def _accept(server: socket.socket, port: int, line: bytes) -> None:
    with suppress(OSError):
        while True:
            reader, _ = server.accept()
            threading.Thread(target=_carry, args=(reader, port, line), daemon=True).start()


def _carry(reader: socket.socket, port: int, line: bytes) -> None:
    with suppress(OSError), reader, socket.create_connection(("127.0.0.1", port), timeout=30) as proxy:
        proxy.sendall(line)
        back = threading.Thread(target=_pump, args=(proxy, reader), daemon=True)
        back.start()
        _pump(reader, proxy)
        back.join(timeout=30)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65_536):
            target.sendall(chunk)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@dataclass(frozen=True)
class Proxy:
    """A running proxy. `port` takes the PROXY protocol; `plain_port` is http, and leads to https."""

    port: int
    plain_port: int = 0


NGINX_MAIN = """
daemon off; pid {folder}/pid; worker_processes 1; error_log stderr emerg; {user}
events {{ worker_connections 512; }}
http {{
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  proxy_cache_path {folder}/cache keys_zone=news:1m max_size=64m inactive=1h use_temp_path=off;
  set_real_ip_from 127.0.0.1; real_ip_header proxy_protocol;
{server}
}}
"""


@contextmanager
def nginx(folder: Path, site: int, certificate: Certificate | None, *changes: Change) -> Iterator[Proxy]:
    """Run docs/proxies/nginx.conf in front of the site at port `site`, changed as told. Without certificate: no TLS."""
    folder = Path(_new_folder(folder, "nginx"))
    proxy = Proxy(free_port(), free_port())
    fill = [
        replaced("listen 80; ", f"listen 127.0.0.1:{proxy.plain_port}; "),
        replaced("proxy_pass http://127.0.0.1:8000;", f"proxy_pass http://127.0.0.1:{site};"),
    ]
    if certificate:
        fill += [
            replaced("listen 443 ssl http2;", f"listen 127.0.0.1:{proxy.port} ssl http2 proxy_protocol;"),
            replaced("/etc/ssl/news.example.pem", str(certificate.pem)),
            replaced("/etc/ssl/news.example.key", str(certificate.key)),
        ]
    else:
        fill += [
            replaced("listen 443 ssl http2;", f"listen 127.0.0.1:{proxy.port} proxy_protocol;"),
            replaced("    ssl_certificate /etc/ssl/news.example.pem;", ""),
            replaced("    ssl_certificate_key /etc/ssl/news.example.key;", ""),
        ]
    server = (FOLDER / "nginx.conf").read_text("utf-8")
    for change in (*fill, *changes):
        server = change(server)
    user = "user root;" if os.getuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(NGINX_MAIN.format(folder=folder, server=server, user=user), "utf-8")
    command = [NGINX, "-p", str(folder), "-c", str(config), "-e", "stderr"]
    with running(command, proxy.port, folder / "log"):
        yield proxy


WITH_CACHE = replaced(
    "        # A cache is not needed.",
    (FOLDER / "nginx-cache.conf").read_text("utf-8") + "        # A cache is not needed.",
)
"""The change that includes docs/proxies/nginx-cache.conf."""


_MASKED = (line for line in (FOLDER / "varnish.vcl").read_text("utf-8").splitlines() if "vsl_mask=" in line)
MASK = next(_MASKED).split("=")[1]
"""What docs/proxies/varnish.vcl says that Varnish shall not log."""


@contextmanager
def varnish(folder: Path, site: int, *changes: Change, first: bool = True) -> Iterator[Proxy]:
    """Run docs/proxies/varnish.vcl in front of the site at port `site`, changed as told; `first`: readers connect."""
    folder = Path(_new_folder(folder, "varnish"))
    vcl = (FOLDER / "varnish.vcl").read_text("utf-8")
    for change in (replaced('.port = "8000";', f'.port = "{site}";'), *changes):
        vcl = change(vcl)
    config = folder / "varnish.vcl"
    config.write_text(vcl, "utf-8")
    proxy = Proxy(free_port())
    command = [VARNISH, "-F", "-n", str(folder / "work"), "-f", str(config), "-s", "malloc,64m", "-j", "none"]
    command += ["-a", f"127.0.0.1:{proxy.port}{',PROXY' if first else ''}", "-T", "none", "-p", f"vsl_mask={MASK}"]
    command += ["-p", "thread_pool_min=10", "-p", "thread_pools=1"]
    with running(command, proxy.port, folder / "log"):
        yield proxy


def _new_folder(folder: Path, name: str) -> Path:
    return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder))


@dataclass
class Sites:
    """The sites that a module of tests has started, one for each environment, all ended with `stack`."""

    folder: Path
    stack: ExitStack
    ports: dict[tuple[tuple[str, str], ...], int] = field(default_factory=dict)

    def port(self, **variables: str) -> int:
        """Return the port of a site with this environment, started when first asked for."""
        given = {"TRUSTED_PROXIES": "127.0.0.1/32", "HSTS": "1", "DOCTOR_TOKEN": TOKEN, **variables}
        key = tuple(sorted(given.items()))
        if key not in self.ports:
            self.ports[key] = self.stack.enter_context(held_site(self.folder, **given))
        return self.ports[key]
