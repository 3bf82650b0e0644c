"""A plugin that is taken away takes nothing along: the site works, results and certificates stay, and it may come back."""

import re

import pytest

from lms import migrate
from lms.registry import installed_plugins
from lms.testing import Stage
from tests.suite.routes import addresses
from tests.suite.world import ALSO, BLOCKS, LESSON_ONLY, Caller

NOTICE = "This activity cannot be shown at the moment."
NAMES = sorted(plugin.name for plugin in installed_plugins())


def without(world, *names: str) -> Stage:
    """The same site, its database and files, without these plugins."""
    stage = world.stage
    left = [plugin for plugin in stage.site.registry.plugins if plugin.name not in names]
    return Stage(stage.site.config.database(), left, stage.folder)


def main_of(page: str) -> str:
    """What a page says apart from its frame, without the tokens of forms."""
    return re.sub(r'value="[^"]{40,}"|\?v=\w+', "", page.partition("<main")[2].partition("</main>")[0])


def marks(caller: Caller, base: str) -> str:
    """The gradebook as a file."""
    return caller.get(f"{base}gradebook.csv")


@pytest.mark.parametrize("gone", [*([name] for name in NAMES), NAMES], ids=[*NAMES, "all"])
def test_without_a_plugin_everything_else_works_and_results_stay(world, gone):
    base, learner, tutor = world.here.base, world.callers["learner"], world.callers["tutor"]
    before = marks(tutor, base)
    number = re.search(r"[СC]-\d{4}-\d+|\w+-\d{4}-\d+", learner.get("/certificates"))
    assert number is not None
    with without(world, *gone) as bare:
        migrate.upgrade(bare.site)
        as_learner, as_tutor = Caller(bare, learner.person), Caller(bare, tutor.person)
        as_admin = Caller(bare, world.admin)
        lesson = as_learner.get(f"{base}module/lesson/")
        blocks = [block for name in gone for block in (BLOCKS[name], *ALSO.get(name, ()))]
        assert lesson.count(NOTICE) == len(blocks)
        for block in blocks:
            assert f'id="{block}"' in lesson
            assert NOTICE in as_learner.get(f"{base}activities/{block}/")
            assert as_learner.send("POST", f"{base}activities/{block}/").status_code in (404, 405)
        assert marks(as_tutor, base) == before
        for page in ("", "grades", "discussion", "people"):
            as_learner.get(base + page)
        for page in ("", "group", "gradebook", "people", "discussion", "module/lesson/"):
            as_tutor.get(base + page)
        assert number[0] in as_learner.get("/certificates")
        assert as_learner.send("GET", f"/certificates/{world.values['certificate_id']}.pdf").status_code == 200
        assert "everything" in as_admin.get("/manage/courses")
        assert number[0] in as_admin.get(f"/manage/runs/{world.here.run}/certificates")
        for address in addresses(bare.app):
            if address.method == "GET":
                for caller in (as_learner, as_tutor, as_admin):
                    assert caller.send("GET", address.path(world.values)).status_code < 500, address
        bare.tick()
        assert list(bare.site.troubles) == []


def test_what_comes_back_finds_everything_again(world):
    base, learner = world.here.base, world.callers["learner"]
    pages = [
        f"{base}module/lesson/",
        *(f"{base}activities/{block}/" for block in BLOCKS.values() if block not in LESSON_ONLY),
    ]
    before = {page: main_of(learner.get(page)) for page in pages}
    with without(world, *NAMES) as bare:
        migrate.upgrade(bare.site)
        bare.tick()
    with without(world) as again:
        migrate.upgrade(again.site)
        caller = Caller(again, learner.person)
        for page in pages:
            assert main_of(caller.get(page)).splitlines() == before[page].splitlines(), page
