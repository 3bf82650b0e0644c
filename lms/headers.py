"""What every answer says to the browser: a strict content policy, no sniffing, no framing, nothing personal in shared caches."""

from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.served import frames
from lms.site import Site

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self';"
    " media-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; manifest-src 'self'"
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


def init_app(app: Flask, site: Site) -> None:
    """Add the headers to every answer and refuse hosts that are not ours."""
    if site.config.proxies:
        count = site.config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    hosts = {_without_port(host.strip().lower()) for host in site.config.trusted_hosts.split(",") if host.strip()}
    hosts.add(_without_port(urlsplit(site.config.base_url).netloc.lower()))
    loopback = {"127.0.0.1", "localhost", "[::1]"}

    trusted = hosts | loopback if hosts & loopback else hosts
    always = dict(HEADERS)
    if site.config.https:
        always["Strict-Transport-Security"] = "max-age=31536000"

    @app.before_request
    def known_host() -> None:
        if _without_port(request.host.lower()) not in trusted:
            raise SecurityError("this site does not answer to that host name")

    @app.after_request
    def add(response: Response) -> Response:
        headers = response.headers
        present = {name.lower() for name, _ in headers}
        private = "cache-control" not in present
        # every answer carries all of these: added at once, as looking each of them up in a list of headers costs more than the rest
        headers.extend([(name, value) for name, value in always.items() if name.lower() not in present])
        if (origins := frames()) and "content-security-policy" not in present:
            # a page with a player of another site: its frames may come from there, and from nowhere else
            headers.set("Content-Security-Policy", f"{POLICY}; frame-src {' '.join(sorted(origins))}")
        if private:
            headers.add("Cache-Control", "no-store")
            headers.set("Vary", "Cookie, Accept-Language")
        return response
