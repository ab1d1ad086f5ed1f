"""The site on the repository's own sources as a process of its own, at the date that tests hold. PORT says where."""

import os

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from tests.samples import NOW, REPOSITORY, HeldClock
from webapp.app import create_app, to_server
from webapp.settings import load_settings
from webapp.site.asgi import AsgiSite


def create() -> AsgiSite:
    """Make the application, with settings from the environment and a clock that stands still."""
    return to_server(create_app(load_settings(), HeldClock(NOW), watch=False))


def main() -> None:
    """Serve as `webapp serve` does, until it is told to stop."""
    Granian(
        "tests.functional.held_site:create",
        factory=True,
        address="127.0.0.1",
        port=int(os.environ["PORT"]),
        interface=Interfaces.ASGINL,
        websockets=False,
        log_access=False,
        log_level="warning",  # type: ignore[arg-type]  # granian's enum takes its own value
        working_dir=REPOSITORY,
        http1_settings=HTTP1Settings(header_read_timeout=10_000, keep_alive=True, max_buffer_size=65_536),
    ).serve()


if __name__ == "__main__":
    main()
