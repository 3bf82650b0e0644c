"""Each distribution by itself, as built and installed elsewhere: the core's tests with no plugin, each plugin's with only that one,
and the plugin of the README, written by its words alone.

`python -m pytest -n 0 -m alone tests/suite/test_alone.py`: a command of its own, since it builds wheels and makes a virtual
environment; the tests within run two at a time. Those of `courses/` are left out: what it imports is kept by another test.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.alone

ROOT = Path(__file__).parents[2]
PLUGINS = sorted(path.parent.name for path in (ROOT / "plugins").glob("*/pyproject.toml"))
TOOLS = (
    "pytest>=9,<10",
    "pytest-xdist>=3.8,<4",
    "hypothesis>=6.150,<7",
    "aiosmtpd>=1.4.6,<2",
    "pypdf>=6,<8",
    "numpy>=2,<3",
)
INI = """[pytest]
addopts = --strict-markers --import-mode=importlib -m "not long and not journey and not alone" -p no:cacheprovider
markers =
    long: not here
    journey: not here
    alone: not here
filterwarnings = error
"""


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a command and return what it said; a failure ends the test with it."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("VIRTUAL_ENV", "PYTHON", "PYTEST"))
    }
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=clean | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def uv() -> str:
    """The program that builds and installs."""
    found = shutil.which("uv")
    assert found, "uv is not installed: pip install uv"
    return found


@pytest.fixture(scope="module")
def wheels(tmp_path_factory) -> dict[str, Path]:
    """Wheels of all distributions by name, built once."""
    folder = tmp_path_factory.mktemp("wheels")
    run(uv(), "build", "--all-packages", "--wheel", "--quiet", "--out-dir", folder, cwd=ROOT)
    return {path.name.split("-")[0].removeprefix("trajectory_"): path for path in folder.glob("*.whl")}


@pytest.fixture(scope="module")
def base(wheels, tmp_path_factory) -> Path:
    """The Python of a virtual environment with the core and what tests need."""
    folder = tmp_path_factory.mktemp("base")
    run(uv(), "venv", "--quiet", "--python", sys.executable, folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    run(uv(), "pip", "install", "--quiet", "--python", python, *TOOLS, wheels["lms"], cwd=folder)
    return python


class Place:
    """An empty folder outside the repository, with the core and what is added to it."""

    def __init__(self, folder: Path, base: Path) -> None:
        self.folder, self.python = folder, base
        (folder / "pytest.ini").write_text(INI, "utf-8")

    def add(self, package: Path) -> None:
        """Install a distribution beside the core: into a folder of its own, so that the core's environment stays as it is."""
        beside = ("--no-deps", "--target", self.folder / "site")
        run(uv(), "pip", "install", "--quiet", "--python", self.python, *beside, package, cwd=self.folder)

    def run(self, *command: str | Path) -> str:
        """Run this place's Python."""
        return run(self.python, *command, cwd=self.folder, PYTHONPATH=str(self.folder / "site"))

    def installed(self) -> list[str]:
        """Names of the plugins a site here would have."""
        return self.run("-c", "from lms.registry import installed_plugins as i; print(*(p.name for p in i()))").split()

    def test(self, *arguments: str | Path) -> str:
        """Run tests that were copied here, two at a time, on SQLite."""
        return self.run("-m", "pytest", "-q", "-n", "2", "--database", "sqlite", *arguments)


def counted(report: str) -> int:
    """How many tests have passed."""
    found = re.search(r"(\d+) passed", report)
    return int(found[1]) if found else 0


@pytest.mark.parametrize("name", PLUGINS)
def test_a_plugins_tests_pass_with_only_that_plugin(name, wheels, base, tmp_path):
    place = Place(tmp_path, base)
    place.add(wheels[name])
    assert place.installed() == [name]
    shutil.copytree(ROOT / "plugins" / name / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns(*NEEDS_MORE))
    assert counted(place.test("tests")) > 10


def test_the_cores_tests_pass_with_no_plugin(base, tmp_path):
    place = Place(tmp_path, base)
    assert place.installed() == []
    shutil.copytree(ROOT / "tests" / "lms", tmp_path / "tests" / "lms", ignore=shutil.ignore_patterns(*NEEDS_MORE))
    (tmp_path / "tests" / "__init__.py").touch()
    assert counted(place.test("tests")) > 300


NEEDS_MORE = (
    *("gallery", "test_gallery.py", "test_paper.py", "test_single.py"),  # look with a browser
    *("test_epub.py", "test_strangers.py"),  # ask another program, or have strangers' courses
    *("demo", "test_migrate.py"),  # show all activities
    "test_own_bank.py",  # asks the questions of our own course
)
"""What is tried with more than one distribution has."""


def test_a_plugin_begun_by_the_command_passes_its_own_tests(base, tmp_path):
    place = Place(tmp_path, base)
    place.run("-m", "lms.cli", "new", "plugin", "pledge", "--title", "Pledge", "--title-ru", "Обещание")
    place.add(tmp_path / "pledge")
    assert place.installed() == ["pledge"]
    shutil.move(tmp_path / "pledge" / "tests", tmp_path / "tests")
    shutil.rmtree(tmp_path / "pledge")
    assert counted(place.test("tests")) > 15
    for command in (
        ("new", "course", "course"),
        ("new", "activity", "pledge", LESSON),
        ("check", "--strict", "course"),
    ):
        place.run("-m", "lms.cli", *command)


LESSON = "course/01-start/01-first-lesson.md"


# ------------------------------------------------------------------------------------------- the README's plugin

IN_A_COURSE = """
import re

import pytest

from lms.registry import installed_plugins


@pytest.fixture
def plugins():
    return tuple(installed_plugins())


def test_it_works_in_a_course(stage):
    run = stage.run(stage.course(lesson=":::{{{kind}}} Ваше слово\\n:id: promise\\n:::"))
    learner = stage.person("Ученикова")
    stage.enrol(run, learner)
    browser, lesson = stage.browser(learner), f"{{stage.base(run)}}module/lesson/"
    page = browser.get(lesson)
    form = re.search(r'<form method="post" action="([^"]*activities/promise/)">(.*?)</form>', page, re.S)
    token = re.search(r'name="csrf_token" value="([^"]+)"', form[2])[1]
    with stage.outside():
        answer = browser.client.post(form[1], data={{"csrf_token": token, "words": "Буду <b>читать</b>"}})
    assert answer.status_code == 303
    assert "You promised: Буду &lt;b&gt;читать&lt;/b&gt;" in browser.get(lesson)
    assert stage.results(run, learner)["promise"].completed
    stage.browser(stage.person("Чужая")).get(f"{{stage.base(run)}}activities/promise/", status=404)
"""


def section(title: str) -> str:
    """A section of the README."""
    readme = (ROOT / "README.md").read_text("utf-8")
    return readme.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_the_readmes_plugin_works_as_written(base, tmp_path):
    text = section("A plugin in five minutes")
    files = re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```$", text, re.S | re.M)
    assert [name for name, _ in files] == ["pyproject.toml", "my_pledge/__init__.py"]
    folder = tmp_path / "my-pledge"
    for name, content in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    place = Place(tmp_path, base)
    place.add(folder)
    kinds = place.installed()
    assert kinds == ["pledge"]
    (tmp_path / "test_course.py").write_text(IN_A_COURSE.format(kind=kinds[0]), "utf-8")
    assert counted(place.test("test_course.py")) == 1
