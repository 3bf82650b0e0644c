"""`lms demo`: make a demonstration site, say how to sign in, serve it on this machine alone."""

import json
import socket
import tempfile
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

import click

from lms.config import ConfigError
from lms.demo.site import Account, DemoError, known, open_demo
from lms.i18n import gettext
from lms.registry import PluginError


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server on this host: `localhost` or a loopback address, no other name."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def address_of(host: str, port: int) -> str:
    """The URL of a server."""
    bare = host.strip("[]")
    return f"http://[{bare}]:{port}" if ":" in bare else f"http://{bare}:{port}"


def make_demo(host: str, port: int, data: Path | None, serve: bool, form: Literal["text", "json"] | str) -> None:
    """Make the demonstration in `data` (default: a new temporary folder), or find it there; print the address and one sign-in a
    role; serve until interrupted. Ends the command with status 2 and a sentence when that cannot be."""
    if not is_loopback(host):
        raise click.UsageError(
            gettext(
                "A demonstration has passwords that everybody can read, so it is served on this machine alone: "
                "{host} is not a loopback address. Use 127.0.0.1.",
                host=host,
            )
        )
    if serve:
        check_free(host, port)
    folder = data or Path(tempfile.mkdtemp(prefix="trajectory-demo-"))
    url = address_of(host, port)
    try:
        if form == "text" and known(folder) is None:
            click.echo(gettext("Making a demonstration in {path}. This takes some seconds.", path=folder), err=True)
        app, accounts = open_demo(folder, url)
    except (DemoError, ConfigError, PluginError) as error:
        raise click.UsageError(str(error)) from None
    _print(url, accounts, form, serve)
    if serve:
        from lms.cli import run_server  # noqa: PLC0415 - the command line imports this module

        run_server(app, host.strip("[]"), port)


def check_free(host: str, port: int) -> None:
    """Better now than after the site is made."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError as error:
            raise click.UsageError(
                gettext(
                    "The port {port} cannot be used ({reason}). Choose another with --port.",
                    port=port,
                    reason=error.strerror,
                )
            ) from None


def _print(url: str, accounts: list[Account], form: str, serve: bool) -> None:
    if form == "json":
        rows = [{"role": one.role, "email": one.email, "password": one.password} for one in accounts]
        click.echo(json.dumps({"url": url, "accounts": rows}, ensure_ascii=False))
    else:
        click.echo(f"\n{url}/\n")
        table = [(one.role, one.email, one.password) for one in accounts]
        widths = [max(len(row[column]) for row in table) for column in range(3)]
        for row in table:
            click.echo("  " + "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        click.echo()
        if serve:
            click.echo(gettext("Stop it with Ctrl+C."), err=True)
