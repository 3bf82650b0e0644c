"""Answers that people mark: an essay or a file, with the criteria they are marked by.

The tutor's form is the core's; it and the files are kept by tokens of the answer, so that neither says whose it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from courses.blocks import BodySource
from courses.criteria import Criteria, Criterion, from_body
from courses.problems import N_, Report
from lms.plugin import Assessment, Message, StoredFile, Visit, gettext, mark
from lms_quiz import rules
from lms_quiz.kinds.base import Asked, QuestionKind, Reply
from lms_quiz.question import Difference, Frozen, feedback_of
from lms_quiz.written import EQUALS, Answer, Written

LONGEST = 50_000
"""Characters of an essay that are kept."""

MOST_WORDS = 10_000

_ESSAY = re.compile(r"essay(?:\s+(?P<words>\S.*))?")


class ByHand(Frozen):
    """What is asked for. `words`: how many an essay should not exceed, 0 for any number; without `criteria` there are points and a
    comment; `feedback` is said (HTML) to everybody who answered."""

    essay: bool = False
    file: bool = False
    words: int = 0
    criteria: Criteria | None = None
    feedback: str = ""


class HandMarked(QuestionKind[ByHand]):
    """An essay, a file, or both. The answer: `text`; `files`, how many there are; `at`, the question's place when it was given,
    which the tokens of its files and its form are made of."""

    name = "by-hand"
    sign = EQUALS
    Data = ByHand
    tables = True
    by_hand = True
    summary = N_(
        "Marked by a tutor: `= essay` (`= essay 300`: at most 300 words) for a text, `= file` for a file, or both lines; a table of "
        "criteria may stand below, with the columns `Criterion` and `Points`."
    )

    def claims(self, answers: Sequence[Answer]) -> bool:
        """Nothing but these words: with other forms beside them they are typed answers."""
        return all(answer.text.strip() == "file" or _ESSAY.fullmatch(answer.text.strip()) for answer in answers)

    def parse(self, written: Written, source: BodySource, report: Report) -> ByHand | None:
        """Each word once, a number of words that is one, and a table that names criteria."""
        fine = True
        words, essay, file = 0, False, False
        for answer in written.answers:
            match = _ESSAY.fullmatch(answer.text.strip())
            if (essay and match) or (file and not match):
                fine = False
                report.add(
                    answer.line, answer.column, "quiz-essay-twice", N_("“{text}” is asked for twice."),
                    hint=N_("Take this line out."), text=answer.text.strip()[:60],
                )  # fmt: skip
            elif match and match["words"]:
                number = match["words"].strip()
                if re.fullmatch(r"[0-9]{1,5}", number) and 1 <= int(number) <= MOST_WORDS:
                    words = int(number)
                else:
                    fine = False
                    report.add(
                        answer.line, answer.column, "quiz-essay-words", N_("“{text}” is no number of words."),
                        hint=N_("Write = essay 300 for at most 300 words, or = essay for any number."), text=number[:60],
                    )  # fmt: skip
            essay, file = essay or bool(match), file or not match
        criteria, fits = _criteria(written, source, report)
        if not fine or not fits:
            return None
        feedback = "".join(feedback_of(answer, source) for answer in written.answers)
        return ByHand(essay=essay, file=file, words=words, criteria=criteria, feedback=feedback)

    def remarks(self, data: ByHand, matched: Sequence[int]) -> Sequence[str]:
        """To everybody who answered."""
        return (data.feedback,) if matched and data.feedback else ()

    def shape(self, data: ByHand) -> Any:
        """Whether a text or a file is asked for: how it is marked does not touch what was answered."""
        return [data.essay, data.file]

    def differences(self, before: ByHand, after: ByHand) -> Sequence[Difference]:
        """Another thing asked for, or other criteria to mark it by."""
        if self.shape(before) != self.shape(after):
            return ("choices",)
        forms = [
            [(item.id, item.points, item.weight) for item in one.criteria.items] if one.criteria else None
            for one in (before, after)
        ]
        return () if forms[0] == forms[1] else ("key",)

    def read(self, asked: Asked[ByHand], sent: Sequence[str]) -> Reply | None:
        """The text as it was written; files have a page of their own, and stay as they are."""
        found: dict[str, str | int] = {}
        text = "\n".join((sent[0] if sent and asked.data.essay else "").splitlines()).strip()[:LONGEST]
        if text:
            found["text"] = text
        if files := (asked.reply or {}).get("files"):
            found["files"] = files
        return {**found, "at": at(asked)} if found else None

    def mark(self, data: ByHand, reply: Reply | None, partial: bool) -> rules.Mark:
        """Nothing yet: a tutor marks it."""
        return rules.WAITING if reply else rules.NO_ANSWER

    def labels(self, data: ByHand, reply: Reply | None) -> Sequence[str]:
        """That there is one: texts are read one by one, not counted."""
        return (gettext("an answer that a tutor marks"),) if reply else ()

    def spoken(self, data: ByHand, text: str) -> Reply | None:
        """A text of one line, or the name of a file."""
        text = text.strip()[:LONGEST]
        return ({"text": text} if data.essay else {"files": 1}) if text else None

    def complaint(self, data: ByHand, reply: Reply | None) -> Message | None:
        """What is missing, or too long."""
        if reply:
            if data.essay and not reply.get("text"):
                return Message(mark("the text is missing"))
            if data.file and not reply.get("files"):
                return Message(mark("the file is missing"))
            count = len(str(reply.get("text", "")).split())
            if data.words and count > data.words:
                return Message(
                    mark("{count} words, at most {most} are asked for"), {"count": count, "most": data.words}
                )
        return super().complaint(data, reply)

    def demo(self, asked: Asked[ByHand], right: bool) -> Sequence[str]:
        """A short text."""
        if not asked.data.essay:
            return ()
        if right:
            return [
                gettext(
                    "First one looks at what is there, then one changes one thing at a time and writes down what came of it."
                )
            ]
        return [gettext("It depends.")]

    def fields(self, visit: Visit, asked: Asked[ByHand]) -> Markup:
        """A large field for the text; the files have a page of their own, where the button leads."""
        token = token_of(asked, FILES)
        return visit.render(
            "quiz/_by_hand.html", asked=asked, longest=LONGEST, files=files_of(visit, asked), token=token
        )

    def review(self, visit: Visit, asked: Asked[ByHand]) -> Markup:
        """The answer, and the tutor's form once it is filled in and may be known."""
        found = assessment_of(visit, asked) if asked.mark is not None and not asked.mark.waits else None
        return visit.render(
            "quiz/_by_hand_review.html", asked=asked, files=files_of(visit, asked), token=token_of(asked, FILES),
            form=visit.assessments.show(found) if found is not None else "",
        )  # fmt: skip


def criteria_of(data: ByHand, points: float, title: str) -> Criteria:
    """The form a tutor fills in: the author's criteria, or the points of the question as a single one with this title."""
    if data.criteria is not None:
        return data.criteria
    item = Criterion(id="points", title=title, points=points or 1)
    return Criteria(items=(item,), strategy="points" if points else "comments")


def _criteria(written: Written, source: BodySource, report: Report) -> tuple[Criteria | None, bool]:
    """The criteria below the question, and whether they can be read."""
    if not written.table:
        return None, True
    first = written.table[0][0]
    last = written.table[-1][0]
    known = dict(written.table)
    lines = [known.get(number, "") for number in range(first, last + 1)]
    before = len(report.problems)
    found, _ = from_body(BodySource("\n".join(lines), first, source.path), report)
    if found is None and len(report.problems) == before:
        report.add(
            first, 1, "quiz-criteria", N_("This table names no criteria."),
            hint=N_("Give it a head with the columns “Criterion” and “Points” and a line of hyphens below, as in projects."),
        )  # fmt: skip
    return found, found is not None


FILES, FORM = "files", "mark"
"""What has a token of its own at an answer."""


def at(asked: Asked[Any]) -> int:
    """The question's place when it was answered first; another edition may have moved it since."""
    return int((asked.reply or {}).get("at", asked.place))


def token_of(asked: Asked[Any], part: str) -> str:
    """The token of an answer's `FILES` or its `FORM`."""
    return rules.token(asked.seed, at(asked), part)


def purpose(token: str) -> str:
    """What the files or the form of an answer with this token are kept by."""
    return f"answer:{token}"


def forms_of(seed: str, replies: Mapping[str, Reply]) -> Mapping[str, int]:
    """What the forms of an attempt's answers are kept by, each with the question's place: for those who know its stored answers
    alone."""
    found = {int(place): reply["at"] for place, reply in replies.items() if "at" in reply}
    return {purpose(rules.token(seed, first, FORM)): place for place, first in found.items()}


def files_of(visit: Visit, asked: Asked[ByHand]) -> Sequence[StoredFile]:
    """The files of an answer, oldest first."""
    return visit.files.of(purpose(token_of(asked, FILES))) if asked.data.file else ()


def assessment_of(visit: Visit, asked: Asked[ByHand]) -> Assessment | None:
    """The form that counts: the one filled in last."""
    found = visit.assessments.of([purpose(token_of(asked, FORM))])
    return max(found, key=lambda one: (str(one.done_at), one.id), default=None)
