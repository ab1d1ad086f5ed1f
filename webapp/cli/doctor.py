"""`webapp doctor`: the site asked through its own proxy or CDN, and in words what is wrong and how to mend it."""

import json
import ssl
import sys
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import click
from rich.console import Console
from rich.markup import escape

from webapp.doctor.examine import Plan, examine
from webapp.doctor.findings import Report, Weight
from webapp.doctor.wire import Line
from webapp.settings import load_settings

COLOURS = {Weight.FAULT: "red", Weight.WARNING: "yellow", Weight.NOTE: "blue"}


@click.command()
@click.option("--url", required=True, help="The site's public address, such as https://news.example.")
@click.option("--http-url", help="Its address without TLS, when that is not http:// of the same host at port 80.")
@click.option("--ca", type=click.Path(exists=True, dir_okay=False), help="PEM file of an authority to trust as well.")
@click.option("--my-address", help="Your own public address: the site must take you for it.")
@click.option("--my-country", help="Your own country, ISO 3166-1: the site must put you there.")
@click.option("--timeout", type=click.FloatRange(0.1, 120), default=10.0, show_default=True, help="Seconds an answer.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(
    url: str,
    http_url: str | None,
    ca: str | None,
    my_address: str | None,
    my_country: str | None,
    timeout: float,
    as_json: bool,
) -> None:
    """Examine the running site through its proxy or CDN. Exit code: 0 fine, 1 warnings, 2 faults.

    With DOCTOR_TOKEN in the environment here and where the site runs, the site tells how it sees each request.
    Sends at most 80 requests, to the address that you give and to nobody else.
    """
    base = _address(url, "--url")
    plain = _address(http_url, "--http-url") if http_url else _without_tls(base)
    address = _own_address(my_address)
    line = Line(base, timeout, _trust(ca))
    country = my_country.upper() if my_country else None
    report = examine(Plan(line, load_settings().doctor_token, plain, address, country), datetime.now(UTC))
    if as_json:
        click.echo(json.dumps(to_json(report), ensure_ascii=False, indent=1))
    else:
        _print(report, Console(soft_wrap=True))
    sys.exit(report.exit_code)


def _address(text: str, option: str) -> SplitResult:
    """Return scheme and host of a site's address; whatever stands behind them is another page's."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or parts.username or parts.path.strip("/") or parts.query or parts.fragment:
        raise click.BadParameter(f"{text!r}: write scheme and host, such as https://news.example", param_hint=option)
    return parts._replace(path="")


def _without_tls(base: SplitResult) -> SplitResult | None:
    """Return the address of port 80; None when the site is at a port of its own, where nothing can be guessed."""
    host = base.netloc.removesuffix(":443")
    return base._replace(scheme="http", netloc=host) if base.scheme == "https" and base.port in {None, 443} else None


def _own_address(text: str | None) -> str | None:
    try:
        return str(ip_address(text)) if text else None
    except ValueError:
        raise click.BadParameter(f"{text!r} is not an IP address", param_hint="--my-address") from None


def _trust(ca: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    try:
        if ca:
            context.load_verify_locations(Path(ca))
    except ssl.SSLError as fault:
        raise click.BadParameter(f"{ca} holds no certificate ({fault.reason})", param_hint="--ca") from None
    return context


def to_json(report: Report) -> dict[str, object]:
    """Return a report as JSON-ready values."""
    return {
        "url": report.url,
        "exit_code": report.exit_code,
        "requests": report.requests,
        "findings": [
            {"code": it.code, "weight": it.weight.name.lower(), "what": it.what, "mend": it.mend}
            for it in report.findings
        ],
        "unseen": list(report.unseen),
    }


def _print(report: Report, console: Console) -> None:
    for finding in report.findings:
        colour = COLOURS[finding.weight]
        console.print(f"[bold {colour}]{finding.weight.name.lower()}[/] {escape(finding.what)}  [dim]{finding.code}[/]")
        if finding.mend:
            console.print(f"    [dim]→[/] {escape(finding.mend)}")
    for words in report.unseen:
        console.print(f"[bold]not seen[/] {escape(words)}")
    counts = [sum(it.weight is weight for it in report.findings) for weight in (Weight.FAULT, Weight.WARNING)]
    console.print(f"{report.url}: {counts[0]} faults, {counts[1]} warnings, {report.requests} requests")
