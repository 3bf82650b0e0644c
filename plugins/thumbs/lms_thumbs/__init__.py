"""Was this useful? One click, kept by the core. The smallest whole activity: read it before you write your own."""

from flask.typing import ResponseReturnValue
from markupsafe import Markup
from pydantic import BaseModel

from lms.plugin import LEARNER, Activity, ActivityPages, ActivitySettings, Plugin, Result, Visit, gettext, mark

pages = ActivityPages()


class Opinion(BaseModel):
    useful: bool


class Thumbs(Activity[ActivitySettings]):
    name, title, Settings = "thumbs", mark("Was this useful?"), ActivitySettings
    summary = mark("Asks the reader whether the lesson was useful: one click, no mark.")
    example = mark(":::{thumbs} Was this lesson useful?\n:id: lesson-useful\n:required: false\n:::")

    def show(self, visit: Visit) -> Markup:
        return visit.render("thumbs/show.html", opinion=visit.answer(Opinion))

    def pages(self) -> ActivityPages:
        return pages


@pages.post("", LEARNER)
def choose(visit: Visit) -> ResponseReturnValue:
    visit.save_answer(Opinion(useful=visit.sent("useful") == "yes"))
    visit.record(Result(completion=True))
    visit.say(gettext("Thank you for telling us."))
    return visit.back()


plugin = Plugin("thumbs", "lms_thumbs", (Thumbs(),))
