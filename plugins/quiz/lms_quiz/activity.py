"""The quiz as a kind of block: what stands in a lesson, and what the rest of the site may know of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from courses.blocks import BodySource
from courses.problems import N_, Report
from courses.text import plain_text
from lms.plugin import (
    Activity,
    ActivityPages,
    Block,
    Change,
    Contribution,
    Deadline,
    GradeItem,
    Visit,
    mark,
    ngettext,
)
from lms_quiz import banks, changes, correcting_views, marking_views, override_views, reading, selfcheck, studying
from lms_quiz.format import EXAMPLE, GRAMMAR, QuizSettings, parse_body
from lms_quiz.kinds import STANDARD, QuestionKind
from lms_quiz.live import views as rounds
from lms_quiz.views import pages


class Quiz(Activity[QuizSettings]):
    """`:::{quiz}`: questions that are marked at once."""

    name = "quiz"
    title = mark("Quiz")
    summary = N_("Questions marked by the program, with feedback after finishing.")
    example = EXAMPLE
    Settings = QuizSettings
    shelf = banks.SHELF

    def __init__(self, kinds: Sequence[QuestionKind[Any]] = STANDARD) -> None:
        self.kinds = tuple(kinds)

    def joined(self, others: Sequence[Contribution]) -> Contribution:
        """A quiz that also understands the kinds of question other plugins bring; theirs are asked first."""
        found = [other for other in others if isinstance(other, QuestionKind)]
        return Quiz([kind for kind in found if kind not in self.kinds] + list(self.kinds))

    def grammar(self) -> Sequence[str]:
        """The questions, and the kinds of answers this site knows."""
        return (*GRAMMAR, *banks.GRAMMAR, *(kind.summary for kind in self.kinds if kind.summary))

    def body(self, source: BodySource, report: Report) -> Mapping[str, Any]:
        """The introduction and the questions."""
        return parse_body(source, report, self.kinds)

    def complete(self, settings: QuizSettings, source: BodySource, report: Report) -> QuizSettings:
        """With the questions of its banks."""
        return banks.filled(settings, source, report, self.kinds)

    def check(self, block: Block[QuizSettings], report: Report) -> None:
        """A pass mark needs points, and closing comes after opening."""
        settings = self.settings_of(block)
        if settings.pass_mark is not None and settings.questions and not settings.max_points:
            report.add(
                block.line, 1, "quiz-pass-without-points",
                N_("This quiz has a pass mark, but no question gives points."),
                hint=N_("Take out “pass”, or give the questions points."),
            )  # fmt: skip
        by_hand = {kind.name for kind in self.kinds if kind.by_hand}
        for question in settings.questions if settings.self_check else ():
            if question.kind in by_hand:
                report.add(
                    question.line, 1, "quiz-self-check-by-hand", N_("A self-check has no tutor who could mark this answer."),
                    hint=N_("Take the question out, or the line :self-check:"),
                )  # fmt: skip
        for question in settings.own if settings.live != "no" else ():
            if question.kind in by_hand:
                report.add(
                    question.line, 1, "quiz-live-by-hand", N_("In a round nobody has the time to mark this answer."),
                    hint=N_("Take the question out, or the line :live:"),
                )  # fmt: skip
        opens, closes = settings.opens, settings.closes
        if opens and closes and opens.is_relative == closes.is_relative:
            # any run will do to see which of two dates of the same kind comes first
            start, zone = date(2024, 1, 1), ZoneInfo("UTC")
            if closes.resolve(start, zone, end_of_day=True).astimezone(UTC) <= opens.resolve(start, zone):
                report.add(
                    block.line, 1, "quiz-closes-first", N_("This quiz closes ({closes}) before it opens ({opens})."),
                    hint=N_("Change one of the two moments."), opens=str(opens), closes=str(closes),
                )  # fmt: skip

    def grade_items(self, block: Block[QuizSettings]) -> Sequence[GradeItem]:
        """One column, unless no question gives points; none for a self-check or a mere game."""
        settings = self.settings_of(block)
        points = 0 if settings.self_check or settings.live == "play" else settings.max_points
        return (GradeItem(id=block.id, title=block.title, max_points=points),) if points else ()

    def deadlines(self, block: Block[QuizSettings]) -> Sequence[Deadline]:
        """When it closes."""
        closes = self.settings_of(block).closes
        return (Deadline(moment=closes, title=block.title, item=block.id),) if closes else ()

    def compare(self, before: Block[QuizSettings], after: Block[QuizSettings]) -> Sequence[Change]:
        """Questions that mean, bring or accept something else; the pass mark, the number of attempts, the opening."""
        kinds = {kind.name: kind for kind in self.kinds}
        return tuple(changes.compare(self.settings_of(before), self.settings_of(after), kinds))

    def text(self, block: Block[QuizSettings]) -> str:
        """The introduction and its own questions: neither answers nor explanations, and nothing that is drawn by lot."""
        settings = self.settings_of(block)
        return "\n".join(plain_text(html) for html in (settings.intro, *(each.text for each in settings.own)))

    def brief(self, block: Block[QuizSettings]) -> str:
        """The introduction and how much there is to answer; the questions themselves are seen when one begins."""
        settings = self.settings_of(block)
        count = ngettext("{n} question", "{n} questions", settings.count)
        return f"{settings.intro}<p>{escape(count)}</p>"

    def show(self, visit: Visit) -> Markup:
        """A card with the facts and one button; of a self-check the questions themselves."""
        if visit.settings.self_check:
            return selfcheck.show(visit)
        if visit.settings.live != "no":
            return rounds.card(visit)
        return visit.render("quiz/card.html", state=reading.state_from_kept(visit))

    def pages(self) -> ActivityPages:
        """The quiz's own pages: attempts, statistics, corrections, rounds."""
        found = ActivityPages()
        for group in (
            pages,
            marking_views.pages,
            studying.pages,
            correcting_views.pages,
            override_views.pages,
            rounds.pages,
        ):
            found.routes += group.routes
        return found
