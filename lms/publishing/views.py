"""Pictures of published courses and the site's own static files: both under names that change with their content."""

import hashlib
import mimetypes

from flask import Response, abort, request, send_file
from flask.typing import ResponseReturnValue

from lms.plugin import PUBLIC, Pages
from lms.publishing import service
from lms.ui import packed_file, static_file
from lms.visit import RunVisit

pages = Pages("publishing")

PACKED = frozenset({".css", ".js", ".svg"})
"""Endings of static files that are sent compressed. Pages are not: compressing what holds both a secret (the token of a form) and
words a stranger may choose tells the secret by its length; whoever wants that lets the proxy in front decide."""

SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@pages.get("/media/<name>", PUBLIC)
def media(visit: RunVisit, name: str) -> ResponseReturnValue:
    """A picture or file of a course. Its name is the hash of its content: who knows it has seen the page it stands on."""
    found = service.media_file(visit.site, name)
    if found is None:
        abort(404)
    return send_media(found)


def send_media(found: service.MediaFile) -> Response:
    """A picture or file of a course, so that whatever is in it runs nothing."""
    response = send_file(found.path, mimetype=found.type, as_attachment=not found.inline, download_name=found.name)
    response.headers["Content-Security-Policy"] = SANDBOX  # an SVG opened by itself runs nothing
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


@pages.get("/static/<path:path>", PUBLIC)
def static(visit: RunVisit, path: str) -> ResponseReturnValue:
    """A stylesheet, script or icon of the core or, below its name, of a plugin."""
    found = static_file(visit.site, path)
    if found is None:
        abort(404)
    packed = packed_file(visit.site, path, found) if found.suffix in PACKED else None
    if packed is not None and request.accept_encodings["gzip"] > 0:
        response = Response(packed, mimetype=mimetypes.types_map[found.suffix])
        response.headers["Content-Encoding"] = "gzip"
        response.set_etag(hashlib.sha256(packed).hexdigest()[:16])
        response.make_conditional(request)
    else:
        response = send_file(found)
    if packed is not None:
        response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
