"""`webapp serve`: the site on granian. Checks port and sources first, so that a start either works or says why."""

import errno
import gc
import os
import resource
import socket
import sys
from datetime import UTC, datetime
from importlib import import_module

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from rich.console import Console

from webapp.cli.check import print_problems
from webapp.cli.heap import give_back, use_one_heap
from webapp.cli.loop import DIRECT
from webapp.cli.respawn import Restarts
from webapp.errors import SourceError
from webapp.settings import Settings, load_settings
from webapp.sources.heritage import Heritage, leave_heritage
from webapp.sources.keeping import Keeper
from webapp.sources.load import Loaded, load_edition

MEGABYTE = 1024 * 1024
WORKER_MB = 150
"""Memory of a worker beside its kept pages, for a large site; half of the machine is left to all else."""
MOST_WORKERS = 32
MOST_CONNECTIONS = 4096
"""Connections that a worker holds at once. One more waits to be accepted."""
SPARE_FILES = 256
"""File descriptors that are left for files."""
NO_CORE = 1
"""Bytes of a core dump that may be written. Nought would still hand a dump to a program that the machine has set up
for it; Linux (fs/coredump.c) reads 1 as: write none and hand over none."""


@click.command()
@click.option("--preview", is_flag=True, help="Add the translators' preview at /_preview/; on this machine only.")
@click.option(
    "--notice-only",
    is_flag=True,
    help="While the sources are faulty, serve the built-in notice with status 503 instead of not starting.",
)
def serve(preview: bool, notice_only: bool) -> None:
    """Serve the reader site. HOST, PORT, WORKERS, TRUSTED_PROXIES and the like come from the environment."""
    if preview and notice_only:
        raise click.UsageError("--preview and --notice-only exclude each other: the one is for translators alone.")
    settings = load_settings()
    _forbid_dumps()
    use_one_heap()
    if preview:
        import_module("webapp.site.preview").check_preview(settings)
    address = _check_port(settings)
    loaded = _load(settings, notice_only)
    if loaded:
        _greet(settings, loaded)
    if preview:
        click.echo(f"  preview  http://{settings.host}:{settings.port}{import_module('webapp.site.preview').PREVIEW}")
    server = Granian(
        f"webapp.app:{_server(preview, notice_only)}",
        factory=True,
        address=address,
        port=settings.port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,  # no proxy asks otherwise, and the limits below are for HTTP/1
        loop=DIRECT,  # type: ignore[arg-type]  # a loop of our own, registered by its name
        workers=settings.workers or count_workers(settings.page_cache_mb),
        websockets=False,
        backpressure=_count_connections(),
        log_access=False,
        log_level="warning",  # type: ignore[arg-type]  # granian's enum takes its own value
        respawn_failed_workers=True,
        workers_kill_timeout=5,  # a worker that is told to stop while it starts does not hear it
        http1_settings=HTTP1Settings(header_read_timeout=10_000, keep_alive=True, max_buffer_size=65_536),
    )
    server.respawned_wrks = Restarts()
    _import_app()
    gc.collect()
    give_back()
    gc.freeze()  # what the workers share with this process stays shared: no collection writes into it
    server.serve()


def count_workers(page_cache_mb: int) -> int:
    """Return how many processes this machine has room for: one a core, each with its memory, and one at least."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEGABYTE
    return max(1, min(count_cores(), MOST_WORKERS, memory // 2 // (WORKER_MB + page_cache_mb)))


def count_cores() -> int:
    """Return how many processes can work at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _count_connections() -> int:
    """Return how many connections a worker holds at once: a thousand that read slowly must not keep the others out.

    Each is a file descriptor, so this process, and its workers after it, take as many as they may.
    """
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, most))
    return MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else max(1, min(MOST_CONNECTIONS, soft - SPARE_FILES))


def _forbid_dumps() -> None:
    """A core dump of this process or a worker would hold addresses and paths of readers: there shall be none."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    if most != 0:  # who is allowed none cannot ask for one byte
        resource.setrlimit(resource.RLIMIT_CORE, (NO_CORE, NO_CORE))


def _check_port(settings: Settings) -> str:
    """Return the numeric address to listen on, all that granian understands; end the start when it is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as fault:
            in_use = fault.errno == errno.EADDRINUSE
            reason = "is in use" if in_use else f"cannot be used ({fault.strerror})"
            click.echo(f"{settings.host} port {settings.port} {reason}: choose another with PORT=8001.", err=True)
            sys.exit(1)
        address: str = probe.getsockname()[0]
        return address


def _server(preview: bool, notice_only: bool) -> str:
    """Return the name of the function that assembles what a worker runs."""
    return "create_preview_server" if preview else "create_patient_server" if notice_only else "create_server"


def _load(settings: Settings, notice_only: bool) -> Loaded | None:
    keeper = Keeper()
    try:
        today = datetime.now(UTC).date()
        loaded = load_edition(
            settings.root, today, settings.base_url, keeper=keeper, processes=count_cores(), meanwhile=_import_app
        )
        leave_heritage(Heritage(settings.root, keeper, loaded))
        return loaded
    except SourceError as fault:
        print_problems(fault.problems, Console(stderr=True, soft_wrap=True))
        if not notice_only:
            click.echo("The site does not start until the errors are mended.", err=True)
            sys.exit(1)
        click.echo("No article is served until the errors are mended: every reader gets the built-in notice.", err=True)
        return None


def _import_app() -> None:
    """Import the program of all workers, so that it is in memory once; and not before, since it takes a while."""
    import_module("webapp.app")


def _greet(settings: Settings, loaded: Loaded) -> None:
    edition = loaded.edition
    base = f"http://{f'[{settings.host}]' if ':' in settings.host else settings.host}:{settings.port}"
    proxies = ", ".join(map(str, settings.trusted_proxies)) or "none: readers connect directly"
    slug = next(iter(edition.articles), "")
    click.echo(f"""{edition.site.name}: {len(edition.articles)} articles in {len(edition.locales)} languages
  open     {base}/
  try      curl -s {base}/en/{slug} | grep -o 'data-notice="[^"]*"'
           webapp explain --ip 77.88.8.8 --path /en/{slug}
  notices  {", ".join(notice.id for notice in edition.notices)}; your own address here is loopback, so you see them
  proxies  {proxies}
  sources  {settings.root} (changes are live within a second); {len(loaded.warnings)} warnings: webapp check
  stop     Ctrl-C""")
