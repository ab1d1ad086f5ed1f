"""The `webapp` command group. Gathers the commands, and turns our own errors into words and an exit code.

A command's module is imported when it is called, so that `serve` starts quickly and the map's compiler is not needed.
"""

import sys
from importlib import import_module
from io import TextIOWrapper

import click

from webapp.errors import SettingsError, WebappError

COMMANDS = ("serve", "check", "explain", "doctor", "i18n", "notices", "territories")
"""Each is an object of that name in the module `webapp.cli.<name>`."""


class Commands(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"webapp.cli.{cmd_name}"), cmd_name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="webapp")
def cli() -> None:
    """A newsroom's site that warns each reader of the law that can reach them."""


def main() -> None:
    """Run the command line; exit with 0, 1 or 2 as `webapp.cli` says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a file's name need not be text that a terminal can show
            stream.reconfigure(errors="backslashreplace")
    try:
        cli()
    except SettingsError as fault:
        click.echo(f"The environment is not right:\n{fault}", err=True)
        sys.exit(2)
    except WebappError as fault:
        click.echo(str(fault), err=True)
        sys.exit(1)
