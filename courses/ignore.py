"""Warnings an author has looked at and wants to keep: ``ignore: {code: reason}`` in the front matter of a file.

In ``course.md`` it counts for the whole course, anywhere else for that file. Errors cannot be ignored: with them
nothing is published anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from courses.frontmatter import Document
from courses.problems import N_, Problem, Report


def sort_out(
    problems: Sequence[Problem], documents: Mapping[str, Document]
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """The problems that remain, and those that are ignored with a reason.

    ``documents`` are the front matters by path. What is wrong with the wish to ignore something is a problem itself; that it
    ignores nothing is said only of a course without errors, as some warnings are looked for only then.
    """
    rules = {path: dict(_rules(document)) for path, document in documents.items()}
    ignored: list[Problem] = []
    kept: list[Problem] = []
    used: set[tuple[str, str]] = set()
    for problem in problems:
        home = next((path for path in (problem.path, "course.md") if problem.code in rules.get(path, ())), None)
        if home is not None:
            used.add((home, problem.code))
        (kept if home is None or problem.is_error else ignored).append(problem)
    report = Report()
    for path, codes in rules.items():
        for code, (reason, line, column) in codes.items():
            here = report.at(path)
            within = [one for one in problems if one.code == code and path in (one.path, "course.md")]
            if within and all(one.is_error for one in within):
                here.add(
                    line,
                    column,
                    "ignore-error",
                    N_("“{code}” stops publishing, so it cannot be ignored."),
                    hint=N_("Correct what it is about; only warnings can be ignored."),
                    code=code,
                )
            elif not reason:
                here.add(
                    line,
                    column,
                    "ignore-reason",
                    N_("It is not said why “{code}” is ignored."),
                    hint=N_("Write the reason after the colon, for those who come after you."),
                    code=code,
                )
            elif (path, code) not in used and not any(one.is_error for one in problems):
                here.warn(
                    line,
                    column,
                    "ignore-unused",
                    N_("There is no warning “{code}” here, so there is nothing to ignore."),
                    hint=N_("Remove the line; the code stands in brackets at the end of a warning."),
                    code=code,
                )
    return tuple(sorted([*kept, *report.problems])), tuple(ignored)


def _rules(document: Document) -> Iterator[tuple[str, tuple[str, int, int]]]:
    """Codes with the reason and the place of each."""
    written = document.data.get("ignore")
    if isinstance(written, Mapping):
        for code, reason in written.items():
            yield str(code), (str(reason or "").strip(), *document.place(("ignore", code), key=True))
