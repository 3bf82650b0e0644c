"""What comes out of the works for everybody of their owner, in numbers and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from courses.submissions import steps_of
from lms.plugin import Message, Owner, Result, Score, StageRule, Step, SubmissionLine, Visit, mark
from lms_project import rules, store
from lms_project.format import ProjectSettings


def settle(visit: Visit, owner: Owner) -> None:
    """Bring what the core keeps for every member in line with the works: the card's state and the result."""
    settings: ProjectSettings = visit.settings
    lines = visit.submissions.lines(owner.key)
    steps = steps_of(lines)
    stages = visit.submissions.stages(owner.key)
    due = {stage.id: stage.due for stage in visit.submissions.stages()}
    standing = store.Standing(
        until={stage.id: stage.due for stage in stages if stage.due is not None and stage.due != due[stage.id]},
        team=owner.team.name if owner.team else "",
        states={stage: step.state for stage, step in steps.items()},
        late=tuple(stage.id for stage in stages if stage.id in steps and steps[stage.id].late),
    )
    given = _mark(visit, lines)
    outcome = rules.outcome(stages, steps, given, settings.passing)
    for person in owner.people:
        visit.save_answer(standing, person)
        if outcome is not None:
            visit.record(_result(settings, outcome, given, stages, steps), person)


def _mark(visit: Visit, lines: Sequence[SubmissionLine]) -> float | None:
    """The share the tutor gave the accepted work of the final stage."""
    settings: ProjectSettings = visit.settings
    final = [line for line in lines if line.stage == settings.final.id and line.state == "accepted"]
    if settings.form is None or not final:
        return None
    form = visit.submissions.form(final[-1].id)
    return form.share if form else None


def _result(
    settings: ProjectSettings, outcome: rules.Outcome, given: float | None,
    stages: Sequence[StageRule], steps: Mapping[str, Step],
) -> Result:  # fmt: skip
    score = None
    if outcome.completion and outcome.share is not None and settings.form is not None:
        score = Score(round(outcome.share * settings.form.max_points, 2), settings.form.max_points)
    return Result(
        outcome.completion, outcome.success, score, state=outcome.state,
        explanation=_explanation(settings, outcome, given, score, stages, steps),
    )  # fmt: skip


def _percent(share: float) -> str:
    return f"{share * 100:.1f}".removesuffix(".0")


def _explanation(
    settings: ProjectSettings, outcome: rules.Outcome, given: float | None, score: Score | None,
    stages: Sequence[StageRule], steps: Mapping[str, Step],
) -> Message:  # fmt: skip
    values = {"done": outcome.done, "total": outcome.total}
    if not outcome.completion:
        waiting = [stage.title for stage in stages if steps.get(stage.id, Step()).state == "waiting"]
        returned = [stage.title for stage in stages if steps.get(stage.id, Step()).state == "returned"]
        if waiting:
            sentence = mark("{done} of {total} stages accepted; waits for the tutor: {stages}.")
            return Message(sentence, {**values, "stages": ", ".join(waiting)})
        if returned:
            sentence = mark("{done} of {total} stages accepted; to be changed: {stages}.")
            return Message(sentence, {**values, "stages": ", ".join(returned)})
        return Message(mark("{done} of {total} stages accepted."), values)
    if score is None or given is None:
        return Message(mark("All stages are accepted."))
    points = {
        "points": f"{score.points:g}", "most": f"{score.max:g}", "given": _percent(given),
        "pass": _percent(settings.passing or 0),
    }  # fmt: skip
    if outcome.taken:
        late = [stage.title for stage in stages if stage.penalty and steps[stage.id].late]
        points |= {"taken": _percent(outcome.taken), "stages": ", ".join(late)}
        if outcome.success:
            return Message(
                mark(
                    "{given}% by the criteria, less {taken}% of that for late hand-ins ({stages}): {points} of {most} points."
                ),
                points,
            )
        return Message(
            mark(
                "{given}% by the criteria, less {taken}% of that for late hand-ins ({stages}): {points} of {most} points. "
                "{pass}% was needed."
            ),
            points,
        )
    if outcome.success:
        return Message(mark("{given}% by the criteria: {points} of {most} points."), points)
    return Message(mark("{given}% by the criteria: {points} of {most} points. {pass}% was needed."), points)
