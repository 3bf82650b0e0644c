"""What every answer says to the browser: a strict content policy, no sniffing, no framing, nothing personal in shared caches."""

from flask import Flask, Response, request
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

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


def init_app(app: Flask, site: Site) -> None:
    """Add the headers to every answer and refuse hosts that are not ours."""
    if site.config.proxies:
        count = site.config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    hosts = {host.strip() for host in site.config.trusted_hosts.split(",") if host.strip()}
    hosts.add(
        site.config.base_url.partition("://")[2].partition("/")[0].rpartition(":")[0]
        or site.config.base_url.partition("://")[2]
    )
    loopback = {"127.0.0.1", "localhost", "[::1]"}

    @app.before_request
    def known_host() -> None:
        name = (
            request.host.rpartition(":")[0]
            if request.host.rpartition(":")[2].isdigit() and ":" in request.host
            else request.host
        )
        if name not in hosts and not (hosts & loopback and name in loopback):
            raise SecurityError("this site does not answer to that host name")

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if site.config.https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
            response.headers["Vary"] = "Cookie, Accept-Language"
        return response
