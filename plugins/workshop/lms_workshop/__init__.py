"""The workshop: participants hand in works, review each other's by criteria, and get a mark for both. And the master class: they see how it
is done, try, say what they saw in each other's attempts, and try again."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from sqlalchemy import select, update

from lms.plugin import STAFF, Activity, ActivityPages, On, PersonalData, Plugin, Site, Tick, Visit, db, mark, ngettext
from lms_workshop import appeals, marking_views, masterclass, practice, replies, rescue, rules, spread, stages, views
from lms_workshop.demo import WorkshopDemo
from lms_workshop.format import WorkshopFormat, WorkshopSettings
from lms_workshop.models import HandMark, Work
from lms_workshop.privacy import WorkshopTalk


class Workshop(WorkshopFormat, Activity[WorkshopSettings]):
    """The workshop as an activity."""

    title = mark("Workshop")

    def show(self, visit: Visit) -> Markup:
        """The card in the lesson: where the workshop is and what to do now."""
        now = stages.situation(visit)
        return visit.render(
            "workshop/card.html", now=now, staff=visit.may(STAFF),
            step=rules.step(now) if visit.role == "learner" else None, result=visit.result(),
        )  # fmt: skip

    def pages(self) -> ActivityPages:
        """Its pages."""
        whole = ActivityPages()
        parts = (views, marking_views, practice, replies, appeals, rescue)
        whole.routes = [route for part in parts for route in part.pages.routes]
        return whole


class WorkshopData(PersonalData):
    """Works and marks set by hand. Who reviews whom, reviews and files are the core's to export and erase."""

    name = "workshop"
    tables = ("workshop_work", "workshop_mark")

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """The person's works, and marks set by hand."""
        works = db.session.execute(select(Work).where(Work.person_id == person_id).order_by(Work.id)).scalars()
        marks = db.session.execute(
            select(HandMark).where(HandMark.person_id == person_id).order_by(HandMark.run_id, HandMark.block)
        ).scalars()
        return {
            "works": [
                {
                    "run": work.run_id, "activity": work.block, "title": work.title, "text": work.text,
                    "handed_in_at": work.created_at.isoformat(), "changed_at": work.updated_at.isoformat(),
                }
                for work in works
            ],
            "marks_by_hand": [
                {
                    "run": one.run_id, "activity": one.block, "part": one.part, "share": one.share,
                    "reason": one.reason, "at": one.at.isoformat(),
                }
                for one in marks
            ],
        }  # fmt: skip

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Empty the works, whose reviewers' marks rest on their having been; reasons of hand-set marks go too."""
        works = db.session.execute(select(Work.id).where(Work.person_id == person_id)).scalars().all()
        db.session.execute(update(Work).where(Work.person_id == person_id).values(title="—", text=""))
        db.session.execute(update(HandMark).where(HandMark.person_id == person_id).values(reason="—"))
        if not works:
            return []
        return [
            ngettext(
                "The text of {n} workshop work was removed; that it was there stays: reviewers' marks rest on it.",
                "The texts of {n} workshop works were removed; that they were there stays: reviewers' marks rest on "
                "them.",
                len(works),
            )
        ]


plugin = Plugin(
    "workshop",
    "lms_workshop",
    (
        Workshop(),
        WorkshopData(),
        WorkshopTalk(),
        stages.WorkshopReviewing(),
        stages.WorkshopPhased(),
        On(Tick, spread.on_tick),
        On(Tick, rescue.on_tick),
        WorkshopDemo(),
        *masterclass.contributes,
    ),
)
