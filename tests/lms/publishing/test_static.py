"""Static files are sent compressed to those who can take it, and say so to caches."""

import gzip
from pathlib import Path
from typing import Any

import lms.ui

APP_CSS = Path(lms.ui.__file__).parent / "static" / "app.css"


def fetch(stage: Any, accepts: str, **headers: str) -> Any:
    """The stylesheet as a browser that takes these encodings gets it."""
    client = stage.app.test_client()
    with stage.outside():
        answer = client.get("/static/app.css", headers={"Accept-Encoding": accepts, **headers}, buffered=True)
        answer.close()
        return answer


def test_who_takes_gzip_gets_it(stage: Any) -> None:
    answer = fetch(stage, "gzip, br")
    assert (answer.status_code, answer.mimetype, answer.headers["Content-Encoding"], answer.headers["Vary"]) == (
        200, "text/css", "gzip", "Accept-Encoding",
    )  # fmt: skip
    assert gzip.decompress(answer.data) == APP_CSS.read_bytes()
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_who_does_not_gets_the_file(stage: Any) -> None:
    for accepts in ("", "gzip;q=0", "br"):
        answer = fetch(stage, accepts)
        assert (answer.headers.get("Content-Encoding"), answer.headers["Vary"]) == (None, "Accept-Encoding")
        assert answer.data == APP_CSS.read_bytes()


def test_what_a_browser_has_is_not_sent_again(stage: Any) -> None:
    known = fetch(stage, "gzip").headers["ETag"]
    answer = fetch(stage, "gzip", **{"If-None-Match": known})
    assert (answer.status_code, answer.data) == (304, b"")


def test_a_page_is_not_compressed(stage: Any) -> None:
    client = stage.app.test_client()
    with stage.outside():
        answer = client.get("/sign-in", headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, None)


def test_everything_a_first_page_needs_is_light(stage: Any) -> None:
    client = stage.app.test_client()
    sizes = []
    with stage.outside():
        for path in ("app.css", "app.js", "icon.svg", "vendor/pico.fluid.classless.min.css"):
            sizes.append(len(client.get(f"/static/{path}", headers={"Accept-Encoding": "gzip"}).data))
        sizes.append(len(client.get("/").data))
    assert sum(sizes) < 100_000
