"""Rules about the whole: which room may know which."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import courses
import lms
from lms.app import FEATURES
from lms.db import Model
from lms.testing.conformance import unmarked_items

ROOT = Path(__file__).parents[2]
COURSES = Path(courses.__file__).parent
LMS = Path(lms.__file__).parent
PLUGINS = sorted(path for path in (ROOT / "plugins").glob("*/lms_*") if path.is_dir())

PURE_LIBRARIES = {
    "latex2mathml", "markdown", "mdx_truly_sane_lists", "nh3", "pydantic", "pydantic_core", "pygments", "pymdownx",
    "typing_extensions", "yaml",
}  # fmt: skip

# between features imports go only downwards in this list
ORDER = [
    "people", "publishing", "notices", "enrolment", "access", "progress", "files", "criteria", "teams",
    "allocation", "submissions", "booking", "rooms", "attendance", "votes", "questions", "discussion",
    "teaming", "grades", "certificates", "calendar", "phases", "books", "privacy", "studio", "manage", "health",
]  # fmt: skip


def sources(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_courses_imports_only_the_standard_library_and_pure_libraries():
    allowed = sys.stdlib_module_names | PURE_LIBRARIES | {"courses"}
    wrong = {
        f"{path.name}: {name}"
        for path in sources(COURSES)
        for name in imports(path)
        if name.split(".")[0] not in allowed
    }
    assert wrong == set()


def test_lms_neither_imports_nor_names_a_plugin():
    names = [path.name for path in PLUGINS]
    wrong = [
        f"{path.relative_to(LMS)}: {name}"
        for path in sources(LMS)
        for name in imports(path)
        if name.split(".")[0] in names
    ]
    assert wrong == []


def test_no_source_of_the_core_spells_the_name_of_a_plugin():
    words = re.compile(
        r"\b("
        + "|".join({path.name for path in PLUGINS} | {path.name.removeprefix("lms_") for path in PLUGINS})
        + r")\b"
    )
    # the contract and the test kit show what an author of a plugin writes; the demonstration fills whatever kinds it finds
    told = {"plugin.py", "testing/conformance.py"}
    wrong = []
    for path in [*sources(LMS), *sorted(LMS.rglob("*.html"))]:
        if str(path.relative_to(LMS)) in told:
            continue
        text = path.read_text("utf-8")
        if path.suffix == ".py":
            text = "\n".join(
                ast.unparse(node)
                for node in ast.walk(ast.parse(text))
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and not node.value.count("\n")
                and " " not in node.value
            )
        wrong += [f"{path.relative_to(LMS)}: {found}" for found in words.findall(text)]
    assert wrong == []


def test_the_present_moment_is_read_in_one_module_only():
    wrong = [
        f"{path.relative_to(ROOT)}"
        for folder in (COURSES, LMS, *PLUGINS)
        for path in sources(folder)
        if path.name != "clock.py"
        and re.search(r"datetime\.now\(|datetime\.utcnow\(|date\.today\(|time\.time\(", path.read_text("utf-8"))
    ]
    assert wrong == []


def test_commits_are_made_by_the_core_in_few_places():
    allowed = {"pages.py", "cli.py", "people/sessions.py"}
    wrong = [
        str(path.relative_to(LMS))
        for path in sources(LMS)
        if re.search(r"session\.commit\(", path.read_text("utf-8"))
        and str(path.relative_to(LMS)) not in allowed
        and path.parts[len(LMS.parts)] not in {"testing", "demo", "notices", "preview"}
    ]
    assert wrong == []


def test_services_never_read_the_request_or_the_session():
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for folder in (LMS, *PLUGINS)
        for path in sources(folder)
        if path.name in ("service.py", "rules.py", "format.py")
        for name in names_from_flask(path)
        if name in ("request", "session", "g", "current_user")
    ]
    assert wrong == []


def names_from_flask(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module in ("flask", "flask_login"):
            yield from (name.name for name in node.names)


def test_rules_and_formats_are_pure():
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for folder in (LMS, *PLUGINS)
        for path in sources(folder)
        if path.name in ("rules.py", "format.py")
        for name in imports(path)
        if name.split(".")[0] in ("flask", "sqlalchemy", "flask_sqlalchemy", "wtforms", "flask_login")
    ]
    assert wrong == []


def test_the_list_of_features_is_complete():
    assert sorted(ORDER) == sorted(feature.name for feature in FEATURES)


def test_features_import_only_downwards_in_the_list():
    rank = {name: place for place, name in enumerate(ORDER)}
    wrong = []
    for path in sources(LMS):
        here = path.relative_to(LMS).parts[0]
        if here not in rank:
            continue
        for name in imports(path):
            parts = name.split(".")
            if parts[0] == "lms" and len(parts) > 1 and parts[1] in rank and rank[parts[1]] > rank[here]:
                wrong.append(f"{path.relative_to(LMS)}: {name}")
    assert wrong == []


def test_long_modules_say_why_they_are_one_thing():
    wrong = []
    for folder in (COURSES, LMS, *PLUGINS):
        for path in sources(folder):
            text = path.read_text("utf-8")
            docstring = ast.get_docstring(ast.parse(text)) or ""
            if text.count("\n") > 400 and "one " not in docstring:
                wrong.append(str(path.relative_to(ROOT)))
    assert wrong == []


def test_no_module_is_called_utils_or_the_like():
    banned = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
    assert [path for folder in (COURSES, LMS, *PLUGINS) for path in sources(folder) if path.stem in banned] == []


@pytest.mark.parametrize("package", ["courses", "lms.plugin"])
def test_every_public_name_has_a_docstring(package):
    files = sources(COURSES) if package == "courses" else [LMS / "plugin.py"]
    silent = []
    for path in files:
        tree = ast.parse(path.read_text("utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                if not ast.get_docstring(node):
                    silent.append(f"{path.name}: {node.name}")
                if isinstance(node, ast.ClassDef) and "Protocol" not in ast.unparse(node):
                    silent += [
                        f"{path.name}: {node.name}.{item.name}"
                        for item in node.body
                        if isinstance(item, ast.FunctionDef)
                        and not item.name.startswith("_")
                        and not ast.get_docstring(item)
                    ]
    assert silent == []


def test_every_column_of_the_core_says_what_personal_data_it_holds():
    silent = [
        f"{table.name}.{column.name}"
        for table in Model.metadata.tables.values()
        for column in table.columns
        if "personal" not in column.info
    ]
    assert silent == []


def test_columns_of_the_core_that_hold_the_id_of_an_item_say_so():
    assert unmarked_items(Model.metadata.tables.values()) == []
