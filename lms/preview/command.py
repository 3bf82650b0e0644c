"""`lms preview`: a folder in the browser while it is being written."""

import signal
import tempfile
import webbrowser
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from types import FrameType

import click
from waitress.server import create_server

from lms.cli import say, speak
from lms.config import ConfigError
from lms.demo.command import address_of, check_free, is_loopback
from lms.i18n import gettext, language
from lms.registry import PluginError

THREADS = 24
"""More than pages that wait for news (`lms.preview.site.WAITING`), so that some are always left."""


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="A name or address of this machine.")
@click.option("--port", "-p", default=8000, show_default=True)
@click.option("--open", "look", is_flag=True, help="Open it in the browser.")
def preview(folder: Path, host: str, port: int, look: bool) -> None:
    """Show a course while you write it: each save appears by itself, problems stand where they are.

    Everything works as it will for learners: look as one of them or as the tutor, at any date. Nothing is kept: the site it is
    tried on lies in a temporary folder and is removed at the end.

    \b
    Example:
      lms preview content/network-community --open
    """
    try:
        speak()
    except PluginError as error:
        raise click.UsageError(str(error)) from None
    if not is_loopback(host):
        raise click.UsageError(
            gettext(
                "A preview needs no password, so it is served on this machine alone: {host} is not a loopback address. "
                "Use 127.0.0.1.",
                host=host,
            )
        )
    check_free(host, port)
    _at_the_end(_leave)
    try:
        # removed whatever ends the command, short of being killed
        with tempfile.TemporaryDirectory(prefix="trajectory-preview-", ignore_cleanup_errors=True) as data:
            serve(folder, Path(data), host, port, look)
    except (ConfigError, PluginError) as error:
        raise click.UsageError(str(error)) from None


def serve(folder: Path, data: Path, host: str, port: int, look: bool) -> None:
    """Show the folder until interrupted."""
    from lms.preview.site import Preview  # noqa: PLC0415 - takes much that other commands do not need

    url = address_of(host, port)
    with Preview(folder, data, url, language=language()) as shown:
        server = create_server(
            shown.app, host=host.strip("[]"), port=port, threads=THREADS, ident=None, channel_request_lookahead=1
        )

        def leave(number: int, frame: FrameType | None) -> None:
            _at_the_end(signal.SIG_IGN)  # once is enough: what follows takes a moment and must be finished
            shown.hush()
            _leave(number, frame)

        _at_the_end(leave)
        shown.watch()
        click.echo(f"{url}/preview/")
        say(gettext("Stop it with Ctrl+C."))
        if look:
            # some browsers keep whoever opened them waiting until they are closed
            Thread(target=webbrowser.open, args=(f"{url}/preview/",), daemon=True).start()
        try:
            server.run()
        finally:
            server.close()


def _at_the_end(leave: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    """What happens when the command is interrupted, told to stop, or its terminal is closed."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # there are systems without the last one
            signal.signal(getattr(signal, name), leave)


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
