"""What `webapp serve` does once it knows that it may: load the sources, greet, make the server and run it.

Apart from the command, which has other processes read a large site before it imports this.
"""

import gc
import os
import resource
import sys
from datetime import UTC, datetime
from importlib import import_module

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from webapp.cli.heap import give_back
from webapp.cli.loop import DIRECT
from webapp.cli.respawn import Restarts
from webapp.cli.serve import count_cores
from webapp.errors import SourceError
from webapp.settings import Settings
from webapp.sources.crew import Crew
from webapp.sources.formats import forget_unused
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


def load(settings: Settings, notice_only: bool, crew: Crew | None) -> Loaded | None:
    """Load the sources, and leave them to the workers. Ends the start when they are faulty, unless told otherwise."""
    keeper = Keeper()
    try:
        today = datetime.now(UTC).date()
        loaded = load_edition(
            settings.root, today, settings.base_url, keeper=keeper, crew=crew, meanwhile=_prepare_workers
        )
        leave_heritage(Heritage(settings.root, keeper, loaded))
        return loaded
    except SourceError as fault:
        import_module("webapp.cli.check").print_faults(fault.problems)
        if not notice_only:
            click.echo("The site does not start until the errors are mended.", err=True)
            sys.exit(1)
        click.echo("No article is served until the errors are mended: every reader gets the built-in notice.", err=True)
        return None


def _prepare_workers() -> None:
    """Import the program of all workers, so that it is in memory once; and not before, since it takes a while."""
    import_module("webapp.app")
    forget_unused()


def greet(settings: Settings, loaded: Loaded) -> None:
    """Say what is served, and where."""
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


def run(settings: Settings, address: str, preview: bool, notice_only: bool) -> None:
    """Serve on a numeric address until the server is told to stop."""
    server = Granian(
        f"webapp.app:{_target(preview, notice_only)}",
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
    _prepare_workers()
    gc.collect()
    give_back()
    gc.freeze()  # what the workers share with this process stays shared: no collection writes into it
    server.serve()


def count_workers(page_cache_mb: int) -> int:
    """Return how many processes this machine has room for: one a core, each with its memory, and one at least."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEGABYTE
    return max(1, min(count_cores(), MOST_WORKERS, memory // 2 // (WORKER_MB + page_cache_mb)))


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


def _target(preview: bool, notice_only: bool) -> str:
    """Return the name of the function that assembles what a worker runs."""
    return "create_preview_server" if preview else "create_patient_server" if notice_only else "create_server"
