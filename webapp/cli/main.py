"""The `webapp` command group. Gathers the commands, and turns our own errors into words and an exit code."""

import sys
from io import TextIOWrapper

import click

from webapp.cli.check import check
from webapp.cli.explain import explain
from webapp.cli.i18n import i18n
from webapp.cli.serve import serve
from webapp.cli.territories import territories
from webapp.errors import SettingsError, WebappError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="webapp")
def cli() -> None:
    """A newsroom's site that warns each reader of the law that can reach them."""


cli.add_command(serve)
cli.add_command(check)
cli.add_command(explain)
cli.add_command(i18n)
cli.add_command(territories)


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
