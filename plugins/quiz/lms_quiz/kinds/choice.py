"""One of several and any of several: boxes with words, with weights where the author gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import fsum

from markupsafe import Markup

from courses.blocks import BodySource
from courses.changes import paired, same_meaning
from courses.problems import N_, Report
from courses.text import plain_text
from lms.plugin import Visit
from lms_quiz import rules
from lms_quiz.kinds.base import Asked, QuestionKind, Reply, picked
from lms_quiz.question import Difference, Frozen, feedback_of, weigh
from lms_quiz.written import ROUND, SQUARE, Answer, Written


class Option(Frozen):
    """A box and its label (HTML). `weight`: the share of the points it brings, None where the author gives none; `right`
    means that it brings something."""

    html: str
    right: bool = False
    feedback: str = ""
    weight: float | None = None


class Options(Frozen):
    """The options in the order of the file."""

    options: tuple[Option, ...]

    @property
    def weights(self) -> tuple[float, ...]:
        """What each brings, () where the author gives no weights."""
        if all(option.weight is None for option in self.options):
            return ()
        return tuple(float(option.right) if option.weight is None else option.weight for option in self.options)


@dataclass(frozen=True)
class Shown:
    """An option as a page shows it."""

    option: Option
    token: str
    chosen: bool


@dataclass(frozen=True)
class AskedOptions(Asked[Options]):
    """With the options in the attempt's order."""

    @cached_property
    def shown(self) -> tuple[Shown, ...]:
        """All options."""
        options = self.data.options
        chosen = set((self.reply or {}).get("chosen", ()))
        return tuple(Shown(options[place], self.token(place), place in chosen) for place in self.order(len(options)))


class Choice(QuestionKind[Options]):
    """What both kinds of boxes share."""

    many: bool = False

    Data = Options

    def parse(self, written: Written, source: BodySource, report: Report) -> Options | None:
        """Options with their labels, each said once; at least two, at least one right."""
        answers = written.answers
        seen: dict[str, Answer] = {}
        fine = True
        for answer in answers:
            words = rules.normal(answer.text)
            if not words:
                fine = False
                report.add(answer.line, answer.column, "quiz-option-empty", N_("This option has no text."))
            elif words in seen:
                fine = False
                report.add(
                    answer.line, answer.column, "quiz-option-twice",
                    N_("This option is the same as the one on line {first}."),
                    hint=N_("Change one of them or take it out."), first=seen[words].line,
                )  # fmt: skip
            seen.setdefault(words, answer)
        if len(answers) == 1:
            fine = False
            report.add(
                answers[0].line, answers[0].column, "quiz-option-alone", N_("One option is nothing to choose from."),
                hint=N_("Add others, or write “= true” for a statement that is true or false."),
            )  # fmt: skip
        elif not any(answer.ticked for answer in answers):
            fine = False
            report.add(
                written.line, written.column, "quiz-no-right", N_("No answer of this question is marked as right."),
                hint=N_("Put an x into the box of the right one: {shown}"),
                shown=answers[0].sign.shown.replace(" ", "x"),
            )  # fmt: skip
        if not fine or not self.agreed(written, report):
            return None
        return Options(
            options=tuple(
                Option(
                    html=source.inline(answer.text, answer.line),
                    right=answer.ticked,
                    feedback=feedback_of(answer, source),
                    weight=answer.weight,
                )
                for answer in answers
            )
        )

    def agreed(self, written: Written, report: Report) -> bool:
        """What one of the two kinds asks on top."""
        return True

    def remarks(self, data: Options, matched: Sequence[int]) -> Sequence[str]:
        """Of the chosen options."""
        return tuple(data.options[place].feedback for place in matched if data.options[place].feedback)

    def shape(self, data: Options) -> list[bool | float]:
        """Which options are right, or what they are worth, in order."""
        return list(data.weights) or [option.right for option in data.options]

    def differ(self, data: Options) -> bool:
        """By their words."""
        return len({rules.normal(plain_text(one.html)) for one in data.options}) == len(data.options)

    def differences(self, before: Options, after: Options) -> Sequence[Difference]:
        """By the options' words: which are right, which are offered, in which order."""
        old, new = before.options, after.options
        labels = [plain_text(one.html) for one in old], [plain_text(one.html) for one in new]
        pairs = paired(*labels)
        both = [(was, now) for was, now in pairs if was is not None and now is not None]
        found: list[Difference] = []
        if any((old[was].right, old[was].weight) != (new[now].right, new[now].weight) for was, now in both):
            found.append("key")
        if len(both) < len(pairs) or not all(same_meaning(labels[0][was], labels[1][now]) for was, now in both):
            found.append("choices")
        if not found and any(was != now for was, now in both) and self.shape(before) != self.shape(after):
            found.append("order")
        return found

    def read(self, asked: Asked[Options], sent: Sequence[str]) -> Reply | None:
        """The places of the chosen options."""
        tokens = set(sent)
        chosen = [place for place in range(len(asked.data.options)) if asked.token(place) in tokens]
        return {"chosen": chosen} if chosen else None

    def choices(self, data: Options) -> Sequence[str]:
        """The options' words."""
        return tuple(plain_text(option.html) for option in data.options)

    def labels(self, data: Options, reply: Reply | None) -> Sequence[str]:
        """The chosen options."""
        known = self.choices(data)
        return tuple(known[place] for place in (reply or {}).get("chosen", ()) if 0 <= place < len(known))

    def spoken(self, data: Options, text: str) -> Reply | None:
        """Options by their words or their numbers."""
        known = self.choices(data)
        chosen = sorted({picked(known, part) for part in text.split("|") if part.strip()})
        return {"chosen": chosen} if chosen else None

    def carried(self, before: Options, after: Options, reply: Reply) -> Reply | None:
        """The chosen options by their words, wherever they stand now; None when one of them is gone."""
        places = dict(paired(self.choices(before), self.choices(after)))
        chosen = [places.get(place) for place in reply.get("chosen", ())]
        return None if None in chosen else {"chosen": sorted(place for place in chosen if place is not None)}

    def fields(self, visit: Visit, asked: Asked[Options]) -> Markup:
        """Radio buttons or check boxes."""
        return visit.render("quiz/_choice.html", asked=AskedOptions(**vars(asked)), many=self.many)

    def review(self, visit: Visit, asked: Asked[Options]) -> Markup:
        """All options, the chosen and the right ones marked in words."""
        return visit.render("quiz/_choice_review.html", asked=AskedOptions(**vars(asked)))

    def demo(self, asked: Asked[Options], right: bool) -> Sequence[str]:
        """The right ones; or another one, or one too few."""
        options = asked.data.options
        weights = asked.data.weights
        least = max(weights) if weights and not self.many else 0.0
        chosen = [place for place, one in enumerate(options) if one.right and (one.weight or 1.0) >= least]
        if not right:
            wrong = [place for place, one in enumerate(options) if not one.right]
            chosen = chosen[1:] if len(chosen) > 1 else wrong[:1]
        return [asked.token(place) for place in chosen]


class One(Choice):
    """One of several."""

    name = "one"
    sign = ROUND
    summary = N_(
        "One of several: `- ( )` and, for the right one, `- (x)`; `- (50%)` for one that brings a part of the points."
    )
    partly = True

    def agreed(self, written: Written, report: Report) -> bool:
        """Round boxes have one right answer, and one that is worth everything."""
        ticked = [answer for answer in written.answers if answer.ticked and answer.weight is None]
        for answer in ticked[1:]:
            report.add(
                answer.line, answer.column, "quiz-two-right", N_("Of round boxes only one can be right."),
                hint=N_("Use square boxes, - [x], where several answers are right."),
            )  # fmt: skip
        worth = [answer.weight if answer.weight is not None else float(answer.ticked) for answer in written.answers]
        return len(ticked) <= 1 and (len(ticked) == 1 or weigh(max(worth), written, report))

    def guess(self, data: Options, partial: bool) -> float | None:
        """The mean of what the options are worth."""
        shares = [self.mark(data, {"chosen": [place]}, partial).share for place in range(len(data.options))]
        return fsum(shares) / len(shares)

    def mark(self, data: Options, reply: Reply | None, partial: bool) -> rules.Mark:
        """What the chosen one is worth."""
        worth = data.weights or [float(option.right) for option in data.options]
        if not partial:
            worth = [float(each >= 1) for each in worth]
        return rules.mark_one(worth, (reply or {}).get("chosen", ()))


class Many(Choice):
    """Any of several."""

    name = "many"
    sign = SQUARE
    many = True
    summary = N_(
        "Any of several: `- [ ]` and, for each right one, `- [x]`; each right choice brings 1/(number of right ones), each wrong"
        " one costs 1/(number of wrong ones), never below 0; with `- [50%]` and `- [-25%]` the weights are added instead."
    )
    partly = True

    def agreed(self, written: Written, report: Report) -> bool:
        """Crosses or weights; what is right comes to everything."""
        weights = [answer.weight for answer in written.answers if answer.weight is not None]
        if not weights:
            return True
        for answer in written.answers:
            if answer.ticked and answer.weight is None:
                report.add(
                    answer.line, answer.column, "quiz-weights-mixed",
                    N_("Other answers of this question have weights, this one has an x."),
                    hint=N_("Give every right answer a weight, as in - [50%]; those without one bring nothing."),
                )  # fmt: skip
                return False
        return weigh(fsum(weight for weight in weights if weight > 0), written, report)

    def mark(self, data: Options, reply: Reply | None, partial: bool) -> rules.Mark:
        """Parts count unless the author says otherwise."""
        return rules.mark_many(
            [option.right for option in data.options], (reply or {}).get("chosen", ()), partial, data.weights
        )
