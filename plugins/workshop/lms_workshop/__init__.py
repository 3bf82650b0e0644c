"""The workshop: participants hand in works, review each other's by criteria, and get a mark for both. And the master class: they see how it
is done, try, say what they saw in each other's attempts, and try again."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from sqlalchemy import select, update

from lms.plugin import STAFF, Activity, ActivityPages, On, PersonalData, Plugin, Site, Tick, Visit, db, mark
from lms_workshop import (
    appeals,
    marking_views,
    masterclass,
    moving,
    practice,
    queue,
    replies,
    rescue,
    rules,
    spread,
    stages,
    views,
    wishing,
    works,
)
from lms_workshop.demo import WorkshopDemo
from lms_workshop.format import WorkshopFormat, WorkshopSettings
from lms_workshop.models import HandMark
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
        parts = (views, marking_views, practice, wishing, replies, appeals, rescue)
        whole.routes = [route for part in parts for route in part.pages.routes]
        return whole


class WorkshopData(PersonalData):
    """Marks set by hand. Works, who reviews whom, and reviews are the core's to export and erase; that there was a work stays."""

    name = "workshop"
    tables = ("workshop_work", "workshop_mark")

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """Marks set by hand, once they are given out."""
        given = site.marked(person_id)
        marks = db.session.execute(
            select(HandMark).where(HandMark.person_id == person_id).order_by(HandMark.run_id, HandMark.block)
        ).scalars()
        return {
            "marks_by_hand": [
                {
                    "run": one.run_id, "activity": one.block, "part": one.part, "share": one.share,
                    "reason": one.reason, "at": one.at.isoformat(),
                }
                for one in marks
                if (one.run_id, f"{one.block}.{one.part}") in given
            ],
        }  # fmt: skip

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Reasons of hand-set marks go."""
        db.session.execute(update(HandMark).where(HandMark.person_id == person_id).values(reason="—"))
        return []


plugin = Plugin(
    "workshop",
    "lms_workshop",
    (
        Workshop(),
        WorkshopData(),
        WorkshopTalk(),
        works.WorkshopSubmitting(),
        works.WorkshopTeaming(),
        stages.WorkshopReviewing(),
        moving.WorkshopPhased(),
        On(Tick, spread.on_tick),
        On(Tick, queue.on_tick),
        On(Tick, rescue.on_tick),
        WorkshopDemo(),
        *masterclass.contributes,
    ),
)
