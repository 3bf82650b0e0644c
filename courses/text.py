"""The way to rendered text for those who only serve pages: the renderer is loaded with the first text that is rendered.

Markdown, the sanitiser and the mathematics take a quarter of a second and many megabytes, and most pages show what was rendered
long ago. The work itself is done, and described, in ``courses.html``.
"""

from __future__ import annotations

from courses.problems import Report

UNTRUSTED_LIMIT = 50_000
"""Characters a learner's text may have."""


def render(text: str, *, path: str = "", line: int = 1, report: Report | None = None, language: str = "en") -> str:
    """Sanitised HTML of an author's Markdown whose first line is ``line`` of ``path``; see ``courses.html.render``."""
    from courses import html  # noqa: PLC0415 - loaded when needed, as said above

    return html.render(text, path=path, line=line, report=report, language=language)


def render_untrusted(text: str, *, limit: int = UNTRUSTED_LIMIT) -> str:
    """Safe HTML of what a learner wrote; see ``courses.html.render_untrusted``, and for what it raises."""
    from courses import html  # noqa: PLC0415 - the same

    return html.render_untrusted(text, limit=limit)


def plain_text(html: str) -> str:
    """The words of rendered HTML, one space between them: for search and summaries."""
    from courses.html import plain_text as words  # noqa: PLC0415 - the same

    return words(html)
