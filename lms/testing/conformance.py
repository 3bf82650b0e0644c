"""What every plugin keeps, as a test class to subclass.

    from lms.testing import PluginConformance
    from lms_quiz import plugin

    class TestConformance(PluginConformance):
        plugin = plugin
        lesson = ":::{quiz} Check yourself\\n:id: sample\\n\\n1. One?\\n   - (x) yes\\n   - ( ) no\\n:::\\n"
        block = "sample"

`lesson` is the Markdown of a lesson with one block of each of the plugin's kinds; `block` the id of the first one.
"""

import ast
import importlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import String, Table

from courses import reference
from courses.blocks import BlockKind
from courses.load import load
from courses.tree import Course
from lms import migrate
from lms.db import Model, db
from lms.i18n import LANGUAGES, gettext, load_catalogues, speaking, use_catalogues
from lms.plugin import Activity, PersonalData, Plugin, package_folder
from lms.publishing.models import RunRecord
from lms.registry import Registry
from lms.testing.stage import Stage
from lms.translating import messages_of, missing

PURE = ("format.py", "rules.py")
IMPURE = ("flask", "sqlalchemy", "lms", "flask_sqlalchemy", "flask_login", "wtforms")


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every module a file imports, with the line."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module


ITEM_NAMES = frozenset({"activity", "block", "block_id", "item", "item_id", "lesson", "lesson_id"})
"""What columns are called that hold the id of a lesson or an activity."""


def unmarked_items(tables: Iterable[Table]) -> list[str]:
    """Columns of these tables that hold the id of an item of a run by their name, but are not declared with `item=True`, and those
    that are in a table without the run."""
    return [
        f"{table.name}.{column.name}"
        for table in tables
        for column in table.columns
        if bool(column.info.get("item")) != (column.name in ITEM_NAMES and "run_id" in table.columns)
        and isinstance(column.type, String)
    ]


class PluginConformance:
    """Subclass it in the plugin's tests; every test here then runs for the plugin, alone and on both databases."""

    plugin: ClassVar[Plugin]
    lesson: ClassVar[str]
    block: ClassVar[str]

    @pytest.fixture
    def plugins(self) -> tuple[Plugin, ...]:
        """The plugin alone."""
        return (self.plugin,)

    @property
    def folder(self) -> Path:
        """The plugin's package."""
        return package_folder(self.plugin, "")

    def _sources(self) -> list[Path]:
        return [path for path in sorted(self.folder.rglob("*.py")) if "migrations" not in path.parts]

    def _open_run(self, stage: Stage) -> tuple[int, str]:
        course = stage.course(lesson=self.lesson)
        run = stage.run(course)
        return run, stage.base(run)

    def _tables(self) -> list[str]:
        importlib.import_module(self.plugin.package)
        return sorted(name for name in Model.metadata.tables if name.startswith(self.plugin.name + "_"))

    # ------------------------------------------------------------------ the source

    def test_it_imports_of_the_core_only_the_contract(self) -> None:
        wrong = [
            f"{path.relative_to(self.folder)}:{line}: {module}"
            for path in self._sources()
            for line, module in imports(path)
            if (module == "lms" or module.startswith("lms.")) and module != "lms.plugin"
        ]
        assert wrong == []

    def test_it_imports_no_other_plugin_but_by_its_api(self) -> None:
        wrong = [
            f"{path.relative_to(self.folder)}:{line}: {module}"
            for path in self._sources()
            for line, module in imports(path)
            if module.startswith("lms_") and module.split(".")[0] != self.plugin.package and not module.endswith(".api")
        ]
        assert wrong == []

    def test_format_and_rules_are_pure(self) -> None:
        wrong = [
            f"{path.name}:{line}: {module}"
            for path in self._sources()
            if path.name in PURE
            for line, module in imports(path)
            if module.split(".")[0] in IMPURE
        ]
        assert wrong == []

    def test_it_never_commits(self) -> None:
        wrong = [
            f"{path.relative_to(self.folder)}:{number}"
            for path in self._sources()
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
            if re.search(r"session\.(commit|rollback)\(", line)
        ]
        assert wrong == []

    def test_every_text_has_a_russian_translation(self) -> None:
        assert missing(self.folder / "translations", "ru", messages_of([self.folder])) == []

    def test_pages_carry_no_inline_script_or_style(self) -> None:
        wrong = [
            f"{path.relative_to(self.folder)}: {found[0]}"
            for path in sorted((self.folder / "templates").rglob("*.html"))
            if (found := re.findall(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", path.read_text("utf-8")))
        ]
        assert wrong == []

    # ------------------------------------------------------------------ what it declares

    def test_every_column_says_what_personal_data_it_holds(self) -> None:
        silent = [
            f"{name}.{column.name}"
            for name in self._tables()
            for column in Model.metadata.tables[name].columns
            if "personal" not in column.info
        ]
        assert silent == []

    def test_personal_data_can_be_exported_and_erased(self) -> None:
        held = {
            name
            for name in self._tables()
            if any(column.info.get("personal", "none") != "none" for column in Model.metadata.tables[name].columns)
        }
        covered = {table for item in self.plugin.contributes if isinstance(item, PersonalData) for table in item.tables}
        assert held <= covered, f"no PersonalData contribution names {sorted(held - covered)}"

    def test_columns_that_hold_the_id_of_a_block_say_so(self) -> None:
        """Or what is kept there would be lost when a course gives the block another id."""
        tables = [Model.metadata.tables[name] for name in self._tables()]
        assert unmarked_items(tables) == []

    def test_migrations_build_exactly_the_models(self, stage: Stage) -> None:
        migrate.upgrade(stage.site)
        assert migrate.drift(stage.site) == []

    # ------------------------------------------------------------------ in a course

    def test_a_lesson_with_it_shows_for_every_role(self, stage: Stage) -> None:
        run, base = self._open_run(stage)
        learner, tutor = stage.person("Ученикова"), stage.person("Ведущий")
        author, admin = stage.person("Авторов", is_author=True), stage.person("Админов", is_admin=True)
        stage.enrol(run, learner)
        stage.enrol(run, tutor, role="tutor")
        for person in (learner, tutor, author, admin):
            page = stage.browser(person).get(f"{base}module/lesson/")
            assert f'id="{self.block}"' in page
            assert "activity cannot be shown" not in page, list(stage.site.troubles)

    def test_showing_it_asks_the_database_nothing(self, stage: Stage) -> None:
        course = stage.course(lesson=self.lesson)
        plain = stage.course(lesson="Текст.")
        counts = []
        learner = stage.person("Ученикова")
        browser = stage.browser(learner)
        for name in (course, plain):
            run = stage.run(name)
            stage.enrol(run, learner)
            address = f"{stage.base(run)}module/lesson/"
            browser.get(address)
            with stage.statements() as found:
                browser.get(address)
            counts.append(len(found))
        # one statement reads what the core keeps for all activities of the lesson together
        assert counts[0] - counts[1] <= 1
        assert counts[0] <= 6

    def test_strangers_find_nothing_and_visitors_are_asked_to_sign_in(self, stage: Stage) -> None:
        _, base = self._open_run(stage)
        other = stage.run(stage.course(lesson="Другое."), "other")
        stranger = stage.person("Чужая")
        stage.enrol(other, stranger)
        for kind in self.plugin.contributes:
            if not isinstance(kind, Activity) or kind.pages() is None:
                continue
            address = f"{base}activities/{self.block}/"
            stage.browser(stranger).get(address, status=404)
            stage.browser(stranger).post(address, status=404)
            assert stage.browser().client.get(address).status_code == 303

    def test_without_the_plugin_the_lesson_stays_and_the_block_says_so(self, stage_factory: object) -> None:
        stage: Stage = stage_factory()  # type: ignore[operator]  # the fixture is a factory
        run, base = self._open_run(stage)
        learner = stage.person("Ученикова")
        stage.enrol(run, learner)
        bare: Stage = stage_factory(plugins=())  # type: ignore[operator]  # the same
        page = bare.browser(learner).get(f"{base}module/lesson/")
        assert "This activity cannot be shown at the moment." in page
        assert bare.browser(learner).get(base)

    def test_export_and_erasure_work_with_nothing_and_with_something(self, stage: Stage) -> None:
        run, base = self._open_run(stage)
        learner = stage.person("Ученикова")
        stage.enrol(run, learner)
        stage.browser(learner).get(f"{base}module/lesson/")
        for part in self.plugin.contributes:
            if isinstance(part, PersonalData):
                assert isinstance(part.export(stage.site, learner), dict)
                part.erase(stage.site, learner)
                db.session.flush()

    def test_a_tick_twice_is_harmless(self, stage: Stage) -> None:
        self._open_run(stage)
        stage.move(days=2)
        stage.tick()
        stage.tick()
        assert list(stage.site.troubles) == []

    # ------------------------------------------------------------------ what authors read

    def _kinds(self) -> list[BlockKind[Any]]:
        return [kind for kind in self.plugin.contributes if isinstance(kind, BlockKind)]

    def test_a_block_that_has_not_changed_means_nothing_to_anybody(self, stage: Stage) -> None:
        course = self._published(stage)
        for block in course.blocks():
            kind = stage.site.registry.kinds[block.kind]
            again = type(block).model_validate_json(block.model_dump_json())
            # neither another id nor another place in the file is a change
            moved = again.model_copy(
                update={"id": "other", "line": block.line + 7, "settings": {**again.settings, "id": "other"}}
            )
            assert tuple(kind.compare(block, again)) == (), f"{block.kind}.compare sees a change where there is none"
            assert tuple(kind.compare(block, moved)) == (), f"{block.kind}.compare takes an id for a change"

    def _published(self, stage: Stage) -> Course:
        run, _ = self._open_run(stage)
        record = db.session.get(RunRecord, run)
        assert record is not None
        return stage.site.library.outline(record.revision_id, "").course

    def test_its_kinds_are_documented(self) -> None:
        silent = [
            kind.name
            for kind in self._kinds()
            if not (kind.name and kind.summary and kind.example and all(kind.grammar()))
        ]
        assert silent == []
        keys = [(kind.name, key) for kind in self._kinds() for key in reference.of_kind(kind).keys]
        assert [f"{name}: {key.name}" for name, key in keys if not (key.about and key.example)] == []

    @pytest.mark.parametrize("tongue", LANGUAGES)
    def test_its_examples_load_in_a_course(self, tongue: str, tmp_path: Path) -> None:
        use_catalogues(load_catalogues([self.folder / "translations"]))
        with speaking(tongue):
            texts = [(kind, gettext(kind.example)) for kind in self._kinds()]
        (tmp_path / "01-start").mkdir()
        (tmp_path / "course.md").write_text(f"---\nid: sample\ntitle: Sample\nlanguage: {tongue}\n---\n", "utf-8")
        (tmp_path / "01-start/index.md").write_text("---\ntitle: Start\n---\n", "utf-8")
        for kind, text in texts:
            assert text.startswith(f":::{{{kind.name}}}")
            (tmp_path / "01-start/01-one.md").write_text(f"---\ntitle: One\nminutes: 5\n---\n\n{text}\n", "utf-8")
            found = load(tmp_path, Registry((), (self.plugin,)).kinds)
            assert [str(problem) for problem in found.problems] == []
            assert found.course is not None
