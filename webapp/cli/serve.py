"""`webapp serve`: the site on granian. Checks port and sources first, so that a start either works or says why."""

import errno
import os
import resource
import socket
import sys
from importlib import import_module

import click

from webapp.cli.heap import use_one_heap
from webapp.settings import Settings, load_settings
from webapp.sources.articles import reading_ahead

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
    with reading_ahead(settings.root, count_cores()) as crew:
        from webapp.cli import starting  # the rest of the program: others read meanwhile

        loaded = starting.load(settings, notice_only, crew)
    if loaded:
        starting.greet(settings, loaded)
    if preview:
        click.echo(f"  preview  http://{settings.host}:{settings.port}{import_module('webapp.site.preview').PREVIEW}")
    starting.run(settings, address, preview, notice_only)


def count_cores() -> int:
    """Return how many processes can work at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
