"""Banks: files of questions that several quizzes draw from by lot. Pure: neither Flask, SQLAlchemy nor the core.

A bank is `banks/<name>.md` of the course: front matter with a title and tags, then questions as in a quiz, each with an id. A quiz
holds all questions it may draw (`QuizSettings.pool`), so that a published edition has them; an attempt keeps which it drew, in the
order it asks them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from courses.blocks import BodySource, Part
from courses.problems import N_, Report
from courses.schema import validate
from lms_quiz import rules
from lms_quiz.format import QuizSettings, no_questions, read_questions
from lms_quiz.options import Words
from lms_quiz.question import Question, QuestionForm

SHELF = "banks"
"""The folder of banks."""

GRAMMAR = (
    N_(
        "Questions of a bank stand in a file `banks/name.md`, written as here; its front matter has a `title` and `tags` that all of them"
        " get. Each has an id of its own, `{id=q-forum}`, by which attempts, statistics and corrections know it."
    ),
)
"""What may stand in a bank."""

_NAME = re.compile(r"[^\W_][\w-]{0,79}")


class BankMatter(BaseModel):
    """The front matter of a bank."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = ""
    tags: Words = ()


def opened(part: Part, name: str, report: Report, kinds: Sequence[QuestionForm[Any]]) -> list[Question]:
    """The questions of a bank; whatever is wrong in it goes to this report of its file."""
    matter, _ = validate(BankMatter, part.document, report)
    tags = matter.tags if matter is not None else ()
    found = []
    for question in read_questions(part.source, report, kinds)[1]:
        if not question.id:
            report.add(
                question.line, 1, "quiz-bank-id", N_("A question of a bank needs an id."),
                hint=N_("Write {{id=some-name}} at the end of its first line and never change it: attempts know the question by it."),
            )  # fmt: skip
        own = tuple(dict.fromkeys((*question.tags, *tags)))
        found.append(question.model_copy(update={"bank": name, "tags": own}))
    return found


def filled(
    settings: QuizSettings, source: BodySource, report: Report, kinds: Sequence[QuestionForm[Any]]
) -> QuizSettings:
    """The settings of a quiz with the questions it may draw; what is wrong with quiz or banks is reported."""
    pool: list[Question] = []
    homes = {id(question): report for question in settings.questions}
    known = True
    for name in dict.fromkeys(settings.bank):
        part = source.part(f"{SHELF}/{name}.md") if _NAME.fullmatch(name) else None
        if part is None:
            known = False
            report.add(
                *source.place("bank"), "quiz-bank-unknown", N_("There is no bank of questions “{name}”."),
                hint=N_("A bank is a file of the course: {path}"), name=name, path=f"{SHELF}/{name}.md",
            )  # fmt: skip
            continue
        here = report.at(part.path)
        questions = opened(part, name, here, kinds)
        homes |= {id(question): here for question in questions}
        pool += questions
    _once([*settings.questions, *pool], homes)
    fitting = [question for question in pool if _fits(question, settings)]
    if known and not report.failed:
        _enough(settings, fitting, source, report)
    return settings.model_copy(update={"questions": (*settings.questions, *fitting), "pooled": len(fitting)})


def _fits(question: Question, settings: QuizSettings) -> bool:
    tags, words = settings.tags, settings.difficulty
    return (not tags or not set(tags).isdisjoint(question.tags)) and (not words or question.difficulty in words)


def _once(questions: Sequence[Question], homes: dict[int, Report]) -> None:
    """No two questions of a quiz have one id."""
    first: dict[str, Question] = {}
    for question in questions:
        if question.id and first.setdefault(question.id, question) is not question:
            other = first[question.id]
            homes[id(question)].add(
                question.line, 1, "quiz-id-twice", N_("The question “{id}” is here twice: see {path}, line {line}."),
                hint=N_("Give one of the two another id."), id=question.id, path=homes[id(other)].path, line=other.line,
            )  # fmt: skip


def _enough(settings: QuizSettings, pool: Sequence[Question], source: BodySource, report: Report) -> None:
    """Whether there is something to ask, as much as is to be drawn, and as much worth in each attempt."""
    if settings.bank and len(pool) < max(settings.draw, 1):
        narrow = settings.tags or settings.difficulty
        report.add(
            *source.place("draw" if settings.draw else "bank"), "quiz-draw-few",
            N_("{draw} questions are to be drawn, but the banks have {count} that fit."),
            hint=N_("Ask for other tags or difficulties, or draw fewer.") if narrow else N_("Draw fewer, or name one more bank."),
            draw=settings.draw or 1, count=len(pool),
        )  # fmt: skip
    elif 0 < settings.draw < len(pool) and len({question.points for question in pool}) > 1:
        report.warn(
            *source.place("draw"), "quiz-draw-points",
            N_("The questions to draw bring different points, so attempts have different sums of points."),
            hint=N_("Give all questions of the banks the same points. Results are counted as shares either way."),
        )  # fmt: skip
    if not settings.bank and not settings.questions:
        no_questions(source, report)


# ------------------------------------------------------------------------------------------- what an attempt asks


def drawn(settings: QuizSettings, seed: str) -> str:
    """What an attempt with this seed asks, to be kept with it: keys of questions (see `QuizSettings.keys`) in their order, as JSON;
    "" where every attempt asks the quiz's questions as they are written."""
    if not settings.pooled and not settings.shuffle_questions:
        return ""
    keys = settings.keys
    own, pool = keys[: len(settings.own)], keys[len(settings.own) :]
    chosen = {*own, *sorted(pool, key=lambda key: rules.token(seed, "draw", key))[: settings.drawn]}
    asked = [key for key in keys if key in chosen]
    if settings.shuffle_questions:
        asked.sort(key=lambda key: rules.token(seed, "questions", key))
    return json.dumps(asked, ensure_ascii=False)


def places_of(settings: QuizSettings, kept: str) -> Sequence[int] | None:
    """Places in the quiz of the questions an attempt asks, from what it keeps; None when one of them is no longer there."""
    if not kept:
        return range(len(settings.questions))
    places = settings.places
    keys = json.loads(kept)
    return [places[key] for key in keys] if all(key in places for key in keys) else None


def questions_of(settings: QuizSettings, kept: str) -> Sequence[Question] | None:
    """The same, the questions themselves."""
    places = places_of(settings, kept)
    return None if places is None else [settings.questions[place] for place in places]
