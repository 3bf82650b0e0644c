"""A contest that nobody planned: entries, a jury by criteria, a vote of everybody, a board; made of the shared parts."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Annotated

from flask.typing import ResponseReturnValue
from markupsafe import Markup
from pydantic import Field

import lms.plugin as core
from courses.blocks import Block, GradeItem
from courses.criteria import Criteria
from courses.phasing import Means, PhaseOptions, PhasesOptions
from lms.plugin import StageRule, Submission, Visit, mark

pages = core.ActivityPages()


class ContestPhases(PhasesOptions):
    entries: Annotated[PhaseOptions, Means(mark("Entries"))] = Field(
        PhaseOptions(), description=mark("Participants hand in their entries."), examples=["{closes: day 7}"]
    )
    judging: Annotated[PhaseOptions, Means(mark("Jury and vote"))] = Field(
        PhaseOptions(), description=mark("Everybody reads and votes, the jury marks."), examples=["{closes: day 9}"]
    )
    board: Annotated[PhaseOptions, Means(mark("Board"), endless=True)] = Field(
        PhaseOptions(), description=mark("Marks and votes are open."), examples=["{opens: day 10}"]
    )


class ContestSettings(core.ActivitySettings):
    votes: int = Field(3, ge=1, description=mark("How many entries one person may vote for."), examples=["2"])
    phases: ContestPhases = Field(ContestPhases(), description=mark("When what happens."), examples=["{}"])
    text: str = Field("", json_schema_extra={"from_body": True})
    criteria: Criteria | None = Field(None, description=mark("What counts."), examples=[mark("[{title: Idea}]")])


class Contest(core.Activity[ContestSettings]):
    name, title, Settings = "contest", mark("Contest"), ContestSettings
    summary = mark("Participants hand in entries, a jury marks them, everybody votes.")
    example = mark(":::{contest} A poster\n:id: it\n\nDraw it.\n\n| Criterion | Points |\n|---|---|\n| Idea | 5 |\n:::")

    def grade_items(self, block: Block[ContestSettings]) -> Sequence[GradeItem]:
        return (GradeItem(id=block.id, title=block.title, max_points=100),)

    def show(self, visit: Visit) -> Markup:
        button = Markup('<p><a class="button" href="{}">{}</a></p>').format(
            visit.url(), core.gettext("Open the contest")
        )
        return visit.phases.ribbon() + visit.html(visit.settings.text) + button

    def pages(self) -> core.ActivityPages:
        return pages


class Entries(core.Submitting, core.Phased):
    kind, lock = "contest", "contest"

    def stages(self, visit: Visit) -> Sequence[StageRule]:
        return (StageRule("entry", titled=True, again=True),)

    def refusal(self, visit: Visit, stage: StageRule, steps: Mapping[str, core.Step]) -> core.Message | None:
        return None if visit.phases.now == "entries" else core.Message(mark("Entries are not taken now."))

    def criteria(self, visit: Visit, stage: StageRule) -> Criteria | None:
        return visit.settings.criteria if visit.phases.now == "judging" else None

    def may_read(self, visit: Visit, found: Submission) -> bool:
        return visit.phases.reached in ("judging", "board")

    def changed(self, visit: Visit, owner: core.Owner, stage: str) -> None:
        self.settle(visit)

    def settle(self, visit: Visit) -> Sequence[core.Message]:
        found, marks, votes = visit.submissions.latest(), jury(visit), visit.votes.counts()
        whose, over = visit.submissions.whose(found), visit.phases.reached == "board"
        for one in found:
            score = core.Score(round(marks[one.subject] * 100), 100) if over and one.subject in marks else None
            said = core.Message(mark("Votes for the entry: {n}."), {"n": votes.get(one.subject, 0)}) if over else None
            result = core.Result(True, None, score, None, "complete" if over else "pending", said)
            for person in whose[one.owner].people:
                visit.record(result, person)
        return ()


def jury(visit: Visit) -> dict[str, float]:
    marks = visit.assessments.of(role="tutor")
    return {one.subject: fmean(other.share or 0 for other in marks if other.subject == one.subject) for one in marks}


@pages.route("", core.MEMBER, ("GET",))
@pages.route("votes", core.PARTICIPANT, ("POST",))
def index(visit: Visit) -> ResponseReturnValue:
    found, reached = visit.submissions.latest(), visit.phases.reached
    whose, closes = visit.submissions.whose(found), None if visit.phases.now == "judging" else visit.now
    ballot = core.Ballot({one.subject: whose[one.owner].people for one in found}, visit.settings.votes, closes=closes)
    if visit.sent("subject"):
        visit.votes.read(ballot)
        return visit.redirect()
    marks, votes, mine = jury(visit), visit.votes.counts(), visit.votes.mine()
    best = sorted(found, key=lambda one: (-marks.get(one.subject, 0), -votes.get(one.subject, 0)))
    shown = {"entries": [], "judging": found, "board": best}.get(reached, [])
    given = {"whose": whose, "marks": marks, "votes": votes, "mine": mine, "ballot": ballot}
    return visit.render("contest/index.html", found=shown, over=reached == "board", **given)


plugin = core.Plugin("contest", "tests.suite.contest", (Contest(), Entries()))
