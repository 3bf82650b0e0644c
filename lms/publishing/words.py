"""The report on a new edition as people and programs read it: a line for each thing it means, like those of `lms check`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lms.i18n import gettext as _
from lms.i18n import mark, ngettext
from lms.publishing.impact import Impact, RunImpact
from lms.publishing.rules import Effect


def lines(impact: Impact, folder: Path | None = None) -> Iterator[str]:
    """The report in words; paths are those one can open from where the folder was given."""
    for run in impact.runs:
        yield title(run)
        if not run.effects:
            yield "  " + _("Nothing changes for anybody.")
        for effect in run.effects:
            yield "  " + line(effect, folder)
            if effect.hint is not None:
                yield f"      {effect.hint}"


def title(run: RunImpact) -> str:
    """Which run, pinned to what, with how many learners."""
    learners = ngettext("{n} learner", "{n} learners", run.learners)
    return _("{run}, now at revision {number}, {learners}:", run=run.run.segment, number=run.number, learners=learners)


def line(effect: Effect, folder: Path | None = None) -> str:
    """One effect: where, what, its code, whom it touches."""
    path = (folder / effect.path).as_posix() if folder is not None and effect.path else effect.path
    where = f"{path}:{effect.line}: " if path else ""
    note = _("harmful") + ": " if effect.harmful else ""
    people = f", {touched(effect)}" if effect.people else ""
    return f"{where}{note}{effect.text} [{effect.code}]{people}"


def touched(effect: Effect) -> str:
    """How many people it touches, in words."""
    return ngettext("{n} person", "{n} people", effect.people)


def data(impact: Impact) -> list[dict[str, Any]]:
    """The report as plain values."""
    return [
        {
            "run": run.run.segment,
            "revision": run.number,
            "learners": run.learners,
            "effects": [
                {
                    "code": effect.code,
                    "harmful": effect.harmful,
                    "message": str(effect.text),
                    "hint": str(effect.hint or ""),
                    "item": effect.item,
                    "path": effect.path,
                    "line": effect.line,
                    "people": effect.people,
                }
                for effect in run.effects
            ],
        }
        for run in impact.runs
    ]


TITLES = {
    "item-vanished": mark("Something people worked at is gone"),
    "renamed": mark("Something seems to have another id, without an alias"),
    "id-reused": mark("An id that was used before stands for something else"),
    "kind-changed": mark("Something is of another kind"),
    "question-changed": mark("Questions ask or offer something else"),
    "key-changed": mark("Something else is the right answer"),
    "points-changed": mark("Other points"),
    "weight-changed": mark("Another weight in the score of the course"),
    "pass-changed": mark("A higher pass mark"),
    "criteria-changed": mark("Other criteria"),
    "locked-again": mark("What was open is locked again"),
    "completion-changed": mark("Finishing asks for more"),
    "deadline-moved": mark("Dates come earlier"),
    "hours-changed": mark("Another number of hours"),
    "not-compared": mark("What could not be compared"),
}
"""What the codes of the core mean, in words; other kinds of block may have codes of their own."""
