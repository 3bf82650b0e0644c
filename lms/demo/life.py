"""What happens on a demonstration site: days of a run are gone through one by one, with the clock set, by the same services that
the pages use. Which activities there are is known to nobody here: each kind brings its own `Demo`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from lms.db import db
from lms.demo.people import HELLO, WISHES, Figure
from lms.discussion import service as discussion
from lms.enrolment.place import Place
from lms.i18n import speaking
from lms.notices.tick import tell
from lms.plugin import Actor, Demo, Result, Run
from lms.progress import rules
from lms.progress import service as progress
from lms.site import Site
from lms.visit import RunVisit

MOST_A_DAY = 2.2
"""Items (lessons and activities) that somebody with all zeal there is begins on a day…"""
AT_FIRST = 4.0
"""… and on each of the first four days, when everybody is eager."""


@dataclass(frozen=True)
class Inhabitant:
    """A figure with an account: what services want of an acting person."""

    figure: Figure
    actor: Actor


@dataclass(frozen=True)
class Group:
    """A run with the people in it."""

    run: Run
    tutor: Inhabitant
    learners: Sequence[Inhabitant]


Act = tuple[datetime, Callable[[], None]]


def live(site: Site, group: Group, until: datetime) -> None:
    """Go through the days of a run from its first to `until` (aware). Commits after each day; leaves the clock set."""
    zone = ZoneInfo(group.run.timezone)
    day = group.run.starts_on
    while day <= until.astimezone(zone).date():
        site.clock.set(min(datetime.combine(day, time(0, 10), zone), until))
        tell(site)
        acts = [*_tutors_day(site, group, day), *_learners_day(site, group, day)]
        for moment, act in sorted(acts, key=lambda pair: pair[0]):
            if moment <= until:
                site.clock.set(moment)
                act()
        db.session.commit()
        day += timedelta(days=1)
    site.clock.set(until)
    tell(site)


def _chance(*of: object) -> Random:
    return Random("/".join(map(str, of)))  # noqa: S311 - the same life each time, nothing secret


# ------------------------------------------------------------------------------------------- the tutor


def _tutors_day(site: Site, group: Group, day: date) -> Iterator[Act]:
    at = datetime.combine(day, time(10, 30), ZoneInfo(group.tutor.actor.timezone))
    yield at, lambda: _lead(site, group)


def _lead(site: Site, group: Group) -> None:
    visit = _visit(site, group.run, group.tutor, "tutor")
    kinds = _demos(site)
    for block in visit.course.blocks():
        if block.kind in kinds:
            here = _visit(site, group.run, group.tutor, "tutor").at_block(block)
            with speaking(group.tutor.actor.language):
                kinds[block.kind].lead(here)


def _demos(site: Site) -> Mapping[str, Demo]:
    return {demo.kind: demo for demo in site.of(Demo)}  # type: ignore[type-abstract]  # it is asked for, not made


def _visit(site: Site, run: Run, who: Inhabitant, role: str) -> RunVisit:
    with speaking(who.actor.language):
        visit = RunVisit(site, who.actor, Place(run, role, 0))
        assert visit.outline  # read now, in the language of the person
    return visit


# ------------------------------------------------------------------------------------------- learners


def _learners_day(site: Site, group: Group, day: date) -> Iterator[Act]:
    for learner in group.learners:
        chance = _chance(group.run.segment, learner.figure.mail, day)
        zeal = learner.figure.zeal
        if chance.random() < min(0.95, 0.15 + zeal) * (zeal > 0):
            local = datetime.combine(day, time(15), ZoneInfo(learner.actor.timezone))
            most = AT_FIRST if (day - group.run.starts_on).days < 4 else MOST_A_DAY
            strength = round(most * zeal * chance.uniform(0.5, 1))
            yield local + timedelta(minutes=chance.randrange(7 * 60)), _coming(site, group.run, learner, strength)


def _coming(site: Site, run: Run, learner: Inhabitant, strength: int) -> Callable[[], None]:
    return lambda: _come(site, run, learner, strength)


def _come(site: Site, run: Run, learner: Inhabitant, strength: int) -> None:
    """An evening of a learner: what was begun is gone on with, and up to `strength` new items are begun in the order of reading."""
    kinds = _demos(site)
    visit = _visit(site, run, learner, "learner")
    for id, item in visit.outline.items.items():
        result = visit.my_results.get(id)
        if (result is not None and (result.completed or result.state == "waiting")) or not visit.verdicts[id].open:
            continue
        if (result is None and strength <= 0) or (item.kind != "lesson" and item.kind not in kinds):
            continue
        if item.kind == "lesson":
            done = Result(completion=True)
            progress.record(site, run, visit.outline, learner.actor.id, id, "lesson", done, learner.actor.id)
        else:
            with speaking(learner.actor.language):
                kinds[item.kind].take_part(visit.at_block(visit.course.block(id)))
        visit = _visit(site, run, learner, "learner")  # what was done may have opened something
        if result is None and id in visit.my_results:
            strength -= 1


def complete(site: Site, group: Group) -> list[int]:
    """Ids of the learners who fulfil the course's rule."""
    visit = _visit(site, group.run, group.tutor, "tutor")
    results = progress.of_run(group.run.id)
    return [
        learner.actor.id
        for learner in group.learners
        if rules.progress(visit.outline, results.get(learner.actor.id, {})).complete
    ]


# ------------------------------------------------------------------------------------------- talking


def talk(site: Site, group: Group, until: datetime) -> None:
    """People of a run introduce themselves in its discussion, most of them in the first days."""
    begins = datetime.combine(group.run.starts_on, time(9), ZoneInfo(group.run.timezone))
    site.clock.set(min(begins, until))
    thread = discussion.begin(
        site, group.run, "", group.tutor.actor, "Знакомство",
        "Коллеги, здравствуйте! Напишите несколько слов о себе: откуда вы, что преподаёте и **с каким вопросом** пришли. "
        "Читайте друг друга: на семинаре вы встретитесь.",
    )  # fmt: skip
    for number, learner in enumerate(group.learners):
        figure = learner.figure
        chance = _chance(group.run.segment, "hello", figure.mail)
        moment = begins + timedelta(hours=3 * number + 1, minutes=chance.randrange(170))
        if figure.zeal < 0.4 or moment > until:
            continue
        site.clock.set(moment)
        wishes = WISHES[figure.language]
        words = HELLO[figure.language].format(
            name=learner.actor.given_name, town=figure.town, subject=figure.subject, wish=wishes[number % len(wishes)]
        )
        discussion.reply(site, group.run, thread, learner.actor, words)
    moment = begins + timedelta(days=1, hours=11)
    if moment <= until:
        site.clock.set(moment)
        discussion.reply(
            site, group.run, thread, group.tutor.actor,
            "Спасибо! Уже видно, что у многих вопрос один: как сделать, чтобы отвечали. С него и начнём на первой встрече.",
        )  # fmt: skip
    db.session.commit()
