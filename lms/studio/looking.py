"""A draft as pages: the lessons as learners would see them, the activities as they look on the first day, acting on nothing."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from courses.load import Loaded
from courses.tree import Course
from lms.enrolment.place import Place
from lms.i18n import language
from lms.plugin import Actor, Run
from lms.publishing.outline import outline
from lms.site import Site
from lms.visit import RunVisit

log = logging.getLogger("lms")


@dataclass(frozen=True)
class DraftRun(Run):
    """A run that begins today and that nobody is in; its addresses are those of the preview."""

    @property
    def base(self) -> str:
        """Address of the preview, with a slash at the end."""
        return f"/manage/courses/{self.course_slug}/draft/preview/"


class DraftVisit(RunVisit):
    """An author who looks at a draft. Nothing is kept anywhere about it, so nothing is read either."""

    def __init__(self, site: Site, person: Actor, slug: str, course: Course) -> None:
        day = site.now().date()
        run = DraftRun(0, 0, slug, "draft", "", 0, day, None, course.timezone)
        super().__init__(site, person, Place(run, "author", 0))
        self.__dict__["outline"] = outline(course)
        self.__dict__["my_results"] = {}
        self._kept = {}

    def html(self, source: str) -> Markup:
        """Course HTML with links and pictures of the draft."""
        base = self.run.base
        return super().html(
            source.replace('"/media/', f'"{base}media/').replace('"/@course/activities/', f'"{base}to/')
        )

    def lesson_body(self, id: str) -> Markup:
        """A lesson with its activities."""
        parts = [
            self.html(piece.html) if piece.html else self._shown(piece.block) for piece in self.course.lesson(id).body
        ]
        return Markup().join(parts)

    def _shown(self, id: str) -> Markup:
        here = self.at_block(self.course.block(id))
        kind = self.site.registry.activity(here.block.kind)
        if kind is None:
            return here.page("progress/_missing.html", block=here.block)
        try:
            shown = kind.show(here)
        except Exception as error:
            # a draft may hold what no published course does; the rest of it is still worth looking at
            self.site.trouble(here.block.kind, f"show in a draft: {type(error).__name__}: {error}")
            log.exception("the activity %s of a draft could not be shown", here.block.kind)
            return here.page("progress/_missing.html", block=here.block)
        return here.page("studio/_activity.html", block=here.block, shown=shown)


def edition(loaded: Loaded) -> Course:
    """The course in the language in force or, without that, in its own."""
    assert loaded.course is not None
    return loaded.translations.get(language(), loaded.course)


def page_of(loaded: Loaded, path: str) -> tuple[Course, str] | None:
    """The edition and the lesson that a file makes ("" for a text that stands on a page of the course); None for none of it."""
    assert loaded.course is not None
    for course in (loaded.course, *loaded.translations.values()):
        for lesson in course.lessons():
            if lesson.path == path:
                return course, lesson.id
    name = path.rpartition("/")[2]
    stem = name.split(".")[0]
    tongue = name.split(".")[1] if name.count(".") > 1 else ""
    if stem in ("course", "index"):
        course = loaded.translations.get(tongue, loaded.course) if tongue else loaded.course
        return course, ""
    return None


def _module_of(course: Course, folder: str) -> str:
    found = (
        module.id for module in course.modules for each in module.lessons if each.path.rpartition("/")[0] == folder
    )
    return next(found, "")


def text_of(visit: DraftVisit, path: str) -> Markup:
    """What `course.md` or an `index.md` says on the pages of the course."""
    folder = path.rpartition("/")[0]
    if not folder:
        return visit.html(visit.course.description_html)
    module = _module_of(visit.course, folder)
    return visit.html(visit.outline.modules[module].description_html) if module else Markup()


def media_path(loaded: Loaded, name: str) -> str | None:
    """The path in the folder of a picture under its published name."""
    assert loaded.course is not None
    all_media: Mapping[str, str] = {
        known: media.path
        for course in (loaded.course, *loaded.translations.values())
        for known, media in course.media.items()
    }
    return all_media.get(name)
