"""What comes out of the works for everybody of their owner, in numbers and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from courses.submissions import steps_of
from lms.plugin import Message, Owner, Result, Score, StageRule, Step, SubmissionLine, Visit, mark
from lms_project import defence, pacts, rules, shares, store
from lms_project.format import ProjectSettings

LACKING: Mapping[rules.Lacking, str] = {
    "defence": mark("All stages are accepted; the defence is still to come."),
    "shares": mark("All stages are accepted; your team has still to agree how the work is shared."),
    "decision": mark(
        "All stages are accepted; your team does not agree how the work is shared, so the tutor will decide."
    ),
}


@dataclass(frozen=True)
class Ground:
    """What marks rest on: points of the work and of its defence (None: not given, or there is none), how many of the commission gave
    them, and the parts of the members where these count."""

    work: Score | None = None
    defence: Score | None = None
    commission: int = 0
    parts: Mapping[int, int] | None = None

    @property
    def share(self) -> float | None:
        """Points of all that there are, 0 to 1."""
        given = [score for score in (self.work, self.defence) if score is not None]
        most = sum(score.max for score in given)
        return sum(score.points for score in given) / most if most else None


def settle(visit: Visit, owner: Owner) -> None:
    """Bring what the core keeps for every member in line with the works: the card's state and the result."""
    settings: ProjectSettings = visit.settings
    lines = visit.submissions.lines(owner.key)
    steps = steps_of(lines)
    stages = visit.submissions.stages(owner.key)
    due = {stage.id: stage.due for stage in visit.submissions.stages()}
    agreed = pacts.standing(visit, owner, "shares") if owner.team and pacts.asked(settings, "shares") else None
    defended = defence.defended(visit, [owner.key]).get(owner.key)
    standing = store.Standing(
        until={stage.id: stage.due for stage in stages if stage.due is not None and stage.due != due[stage.id]},
        team=owner.team.name if owner.team else "",
        states={stage: step.state for stage, step in steps.items()},
        late=tuple(stage.id for stage in stages if stage.id in steps and steps[stage.id].late),
    )
    lacking: rules.Lacking = ""
    if defended is not None and defended.share is None:
        lacking = "defence"
    elif agreed is not None and not agreed.holds:
        lacking = "decision" if agreed.against else "shares"
    ground = _ground(settings, _work(visit, lines), defended, agreed)
    outcome = rules.outcome(stages, steps, ground.share, settings.passing, lacking)
    for person in owner.people:
        visit.save_answer(standing, person)
        if outcome is not None:
            visit.record(_result(settings, outcome, ground, person, stages, steps), person)


def _work(visit: Visit, lines: Sequence[SubmissionLine]) -> float | None:
    """The share the tutor gave the accepted work of the final stage."""
    settings: ProjectSettings = visit.settings
    final = [line for line in lines if line.stage == settings.final.id and line.state == "accepted"]
    if settings.form is None or not final:
        return None
    form = visit.submissions.form(final[-1].id)
    return form.share if form else None


def _ground(
    settings: ProjectSettings, work: float | None, defended: defence.Defended | None, agreed: pacts.Standing | None
) -> Ground:  # fmt: skip
    of_work = (
        Score(work * settings.form.max_points, settings.form.max_points) if settings.form and work is not None else None
    )
    of_defence = None
    if defended is not None and defended.share is not None and settings.defence is not None:
        most = settings.defence.criteria.max_points
        of_defence = Score(defended.share * most, most)
    parts = agreed.parts if agreed is not None and agreed.holds else None
    return Ground(of_work, of_defence, len(defended.forms) if defended else 0, parts)


def _result(
    settings: ProjectSettings, outcome: rules.Outcome, ground: Ground, person: int,
    stages: Sequence[StageRule], steps: Mapping[str, Step],
) -> Result:  # fmt: skip
    if not outcome.completion or outcome.share is None:
        said = _how_far(outcome, stages, steps) if not outcome.completion else Message(mark("All stages are accepted."))
        return Result(outcome.completion, outcome.success, state=outcome.state, explanation=said)
    share = outcome.share if ground.parts is None else shares.own_share(outcome.share, ground.parts, person)
    passed = rules.passes(share, settings.passing)
    score = Score(round(share * settings.most, 2), settings.most)
    words = _in_full(outcome, ground, person, score, stages, steps)
    if ground.defence is None and ground.parts is None:
        words = _in_short(outcome, ground, score, stages, steps)
    if not passed:
        words = Message(mark("{mark} {pass}% was needed."), {"mark": words, "pass": _percent(settings.passing or 0)})
    return Result(True, passed, score, state="complete" if passed else "failed", explanation=words)


def _percent(share: float) -> float:
    return round(share * 100, 1)


def _how_far(outcome: rules.Outcome, stages: Sequence[StageRule], steps: Mapping[str, Step]) -> Message:
    """Why there is no mark yet."""
    if outcome.lacking:
        return Message(LACKING[outcome.lacking])
    values = {"done": outcome.done, "total": outcome.total}
    for state, sentence in (
        ("waiting", mark("{done} of {total} stages accepted; waits for the tutor: {stages}.")),
        ("returned", mark("{done} of {total} stages accepted; to be changed: {stages}.")),
    ):
        titles = [stage.title for stage in stages if steps.get(stage.id, Step()).state == state]
        if titles:
            return Message(sentence, {**values, "stages": ", ".join(titles)})
    return Message(mark("{done} of {total} stages accepted."), values)


def _late(stages: Sequence[StageRule], steps: Mapping[str, Step]) -> str:
    return ", ".join(stage.title for stage in stages if stage.penalty and steps[stage.id].late)


def _in_short(
    outcome: rules.Outcome, ground: Ground, score: Score, stages: Sequence[StageRule], steps: Mapping[str, Step]
) -> Message:  # fmt: skip
    """How the mark came about where it is that of the work alone."""
    values: dict[str, Any] = {
        "points": float(score.points),
        "most": float(score.max),
        "given": _percent(ground.share or 0),
    }
    if not outcome.taken:
        return Message(mark("{given}% by the criteria: {points} of {most} points."), values)
    values |= {"taken": _percent(outcome.taken), "stages": _late(stages, steps)}
    return Message(
        mark(
            "{given}% by the criteria, less {taken}% of that for late hand-ins ({stages}): {points} of {most} points."
        ),
        values,
    )


def _in_full(
    outcome: rules.Outcome, ground: Ground, person: int, score: Score,
    stages: Sequence[StageRule], steps: Mapping[str, Step],
) -> Message:  # fmt: skip
    """How the mark came about, sentence by sentence: the work, its defence, lateness, the own part."""
    said: list[Message] = []
    values: dict[str, Any]
    if ground.work is not None:
        values = {"points": float(ground.work.points), "most": float(ground.work.max)}
        said.append(Message(mark("Work: {points} of {most} points by the criteria."), values))
    if ground.defence is not None:
        values = {"points": float(ground.defence.points), "most": float(ground.defence.max), "n": ground.commission}
        sentence = mark("Defence: {points} of {most} points, the mean of {n} members of the commission.")
        if ground.commission == 1:
            sentence = mark("Defence: {points} of {most} points.")
        said.append(Message(sentence, values))
    if outcome.taken:
        values = {"taken": _percent(outcome.taken), "stages": _late(stages, steps)}
        said.append(Message(mark("{taken}% is taken off for late hand-ins ({stages})."), values))
    points = {"points": float(score.points), "most": float(score.max)}
    if ground.parts is None or person not in ground.parts or shares.are_even(ground.parts):
        said.append(Message(mark("Together: {points} of {most} points."), points))
    else:
        weight = shares.weight(ground.parts, person)
        team = (outcome.share or 0) * score.max
        values = {
            **points, "team": float(team), "part": ground.parts[person], "whole": sum(ground.parts.values()),
            "people": len(ground.parts), "weight": float(weight),
        }  # fmt: skip
        said.append(
            Message(
                mark(
                    "The team has {team} of {most} points; your part of the work is {part} of {whole} among {people}, so they count "
                    "{weight} times, but nobody gets more than all: {points} of {most} points."
                )
                if team * weight > score.max + 1e-9
                else mark(
                    "The team has {team} of {most} points; your part of the work is {part} of {whole} among {people}, so they count "
                    "{weight} times: {points} of {most} points."
                ),
                values,
            )
        )
    first, *others = said
    for one in others:
        first = Message(mark("{one} {other}"), {"one": first, "other": one})
    return first
