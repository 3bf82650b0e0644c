"""The door of a preview: only this machine comes in, and nobody needs a password."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.http import parse_cookie

from lms.demo.command import is_loopback
from lms.people.sessions import cookie_name

if TYPE_CHECKING:
    from lms.preview.site import Preview

FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP", "HTTP_VIA")
"""What a proxy or a tunnel adds, behind which everybody could stand."""


class Door:
    """Stands before the application (WSGI). Refuses who is not at this machine; gives everybody else the session of the figure
    that the preview's own cookie names."""

    def __init__(self, preview: "Preview", inside: Callable[..., Iterable[bytes]]) -> None:
        self.preview = preview
        self.inside = inside
        self.cookie = cookie_of(preview)
        self._session = cookie_name(preview.site)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Let the request in, or answer 403."""
        if refused(environ):
            start_response("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
            return [b"A preview needs no password, so it is open on this machine alone.\n"]
        written = environ.get("HTTP_COOKIE", "")
        # cookies know no ports: a session of another site on this machine is not ours, and stays unharmed
        kept = [one.strip() for one in written.split(";") if one.partition("=")[0].strip() not in ("", self._session)]
        secret = self.preview.secret(parse_cookie(written).get(self.cookie, ""))
        environ["HTTP_COOKIE"] = "; ".join([*kept, f"{self._session}={secret}"])
        self.preview.catch_up()
        return self.inside(environ, start_response)


def cookie_of(preview: "Preview") -> str:
    """The cookie that says as whom this browser looks: one for each port, as several previews may be open."""
    return f"preview-{urlsplit(preview.site.config.base_url).port or 80}"


def refused(environ: dict[str, Any]) -> bool:
    """Whether a request comes from elsewhere, is meant for another host, or was passed on by somebody."""
    host = urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname or ""
    return (
        not is_loopback(environ.get("REMOTE_ADDR") or "")
        or not is_loopback(host)
        or any(name in environ for name in FORWARDED)
    )
