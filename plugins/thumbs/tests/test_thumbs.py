import pytest

from lms.testing import PluginConformance, Stage
from lms_thumbs import plugin

LESSON = "Текст урока.\n\n:::{thumbs} Полезно?\n:id: useful\n:::\n"


@pytest.fixture
def plugins():
    return (plugin,)


class TestConformance(PluginConformance):
    plugin = plugin
    lesson = LESSON
    block = "useful"


def test_one_click_is_kept_and_completes_the_activity(stage: Stage):
    run = stage.run(stage.course(lesson=LESSON))
    anna = stage.person("Иванова")
    stage.enrol(run, anna)
    browser = stage.browser(anna)
    page = browser.post(f"{stage.base(run)}activities/useful/", {"useful": "no"})
    assert "You answered: not useful" in page
    assert stage.results(run, anna)["useful"].completed is True


def test_an_author_looks_but_does_not_answer(stage: Stage):
    run = stage.run(stage.course(lesson=LESSON))
    author = stage.browser(stage.person("Авторов", is_author=True))
    author.post(f"{stage.base(run)}activities/useful/", {"useful": "yes"}, status=403)
    assert "Learners answer here with one click." in author.get(f"{stage.base(run)}module/lesson/")
