"""Rules that are read off the sources: templates, marked-up strings, languages, personal data."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from lms import wording
from lms.app import FEATURES
from lms.db import Model
from lms.plugin import PersonalData, package_folder
from lms.registry import installed_plugins
from lms.translating import messages_of, missing, surplus

ROOT = Path(wording.__file__).parents[1]
PLUGINS = installed_plugins()
PACKAGES = {"lms": ROOT / "lms", **{plugin.package: package_folder(plugin, "") for plugin in PLUGINS}}
TEMPLATES = sorted(path for folder in PACKAGES.values() for path in folder.rglob("templates/**/*.html"))
SOURCES = sorted(
    path for folder in PACKAGES.values() for path in folder.rglob("*.py") if "migrations" not in path.parts
)
PURE = sorted((ROOT / "courses").rglob("*.py"))


def short(path: Path) -> str:
    """A file by its place in the repository."""
    return str(path.relative_to(ROOT))


def spoken(path: Path) -> str:
    """A template without its comments."""
    return re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.S)


def test_there_is_something_to_read():
    assert len(TEMPLATES) > 60
    assert len(SOURCES) > 120


def test_no_template_holds_a_script_a_style_or_a_handler():
    banned = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:", re.I)
    wrong = [f"{short(path)}: {found}" for path in TEMPLATES for found in banned.findall(spoken(path))]
    assert not wrong, "\n".join(wrong)


def test_every_form_that_acts_carries_the_token():
    wrong = []
    for path in (*TEMPLATES, *SOURCES):
        text = path.read_text("utf-8")
        for form in re.finditer(r"<form\b([^>]*)>(.*?)(?=</form>|\Z)", text, re.S | re.I):
            acts = re.search(r"method\s*=\s*[\"']?post", form[1], re.I)
            if acts and not re.search(r"csrf|\.hidden_tag\(\)", form[2]):
                wrong.append(f"{short(path)}:{text[: form.start()].count(chr(10)) + 1}")
    assert not wrong, "\n".join(wrong)


def test_what_is_called_safe_in_templates_has_been_reviewed():
    banned = re.compile(r"\|\s*safe\b|autoescape\s+false|Markup\(")
    found = {short(path): len(banned.findall(spoken(path))) for path in TEMPLATES}
    assert {path: count for path, count in found.items() if count} == {
        "lms/templates/macros.html": 1,  # icons, drawn in the same file
    }


def test_what_is_called_safe_in_the_sources_has_been_reviewed():
    found: dict[str, int] = {}
    for path in (*SOURCES, *PURE):
        tree = ast.parse(path.read_text("utf-8"))
        calls = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "Markup"
            # an unchanging text, and what `format` and `join` of such a text escape
            and not (not node.args or isinstance(node.args[0], ast.Constant))
        ]
        if calls:
            found[short(path)] = len(calls)
    assert found == REVIEWED


REVIEWED = {
    "lms/books/leaves.py": 1,  # course HTML, sanitised at publishing and cleaned again when it is bound
    "lms/books/views.py": 2,  # what is bound, and what a template made
    "lms/discussion/service.py": 2,  # posts and summaries, made by render_untrusted
    "lms/grades/views.py": 1,  # the place where rows are put, a constant
    "lms/submissions/board.py": 1,  # works, made by render_untrusted, with marks around passages
    "lms/submissions/service.py": 1,  # works, made by render_untrusted
    "lms/served.py": 1,  # course HTML, sanitised at publishing; what is put in is escaped
    "lms/ui.py": 1,  # what a template made, which escapes
    "plugins/project/lms_project/models.py": 1,  # contracts, diaries and minutes, made by render_untrusted
    "plugins/seminar/lms_seminar/board.py": 2,  # materials and minutes, made by render and render_untrusted
}


ALPHABETS = {"абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "аеиоуыэюяйь", "абвгдезийклмнопрстуфыэ", "АВЕКМНРСТУХ"}
WORD = re.compile("[а-яё]{3,}", re.IGNORECASE)


def test_russian_stands_in_catalogues_and_content_only():
    """Sentences are written in English and translated; what is Russian by its nature is listed."""
    found = {short(path) for path in TEMPLATES if WORD.search(spoken(path))}
    for path in (*SOURCES, *PURE):
        if path.name == "demo.py" or {"translations", "demo", "testing"} & set(path.parts):
            continue  # what people of a demonstration say
        tree = ast.parse(path.read_text("utf-8"))
        documents = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in documents]
        if any(WORD.search(text) for text in texts if isinstance(text, str) and text not in ALPHABETS):
            found.add(short(path))
    assert sorted(found - set(RUSSIAN)) == []
    assert sorted(set(RUSSIAN) - found) == []


RUSSIAN = {
    "courses/phasing.py": "the word for the tutor, as a Russian author may write it",
    "courses/callouts.py": "words of a page in the language of the course",
    "courses/criteria.py": "heads of tables as authors write them",
    "courses/embeds.py": "words of a page in the language of the course",
    "courses/glossary.py": "words of a page in the language of the course",
    "courses/html.py": "words of a page in the language of the course",
    "courses/moments.py": "moments as authors write them",
    "courses/typography.py": "short words and units that stay with what follows or stands before",
    "courses/variables.py": "words of a page in the language of the course",
    "lms/certificates/rules.py": "the orders that the volumes rest on",
    "lms/config.py": "the site's name",
    "lms/enrolment/roster.py": "heads of lists as they come from schools",
    "lms/enrolment/templates/enrolment/import.html": "the same heads, as an example",
    "lms/i18n.py": "the language's own name",
    "lms/manage/templates/manage/person.html": "the same",
    "lms/preview/people.py": "names of people in a course that is written in Russian",
    "lms/templates/layout.html": "the same",
    "plugins/quiz/lms_quiz/kinds/typed.py": "answers as authors write them",
    "plugins/quiz/lms_quiz/written.py": "answers as authors write them",
    "plugins/seminar/lms_seminar/format.py": "names of dates, in the language of the course",
    "plugins/workshop/lms_workshop/format.py": "names of grade items, in the language of the course",
    "plugins/workshop/lms_workshop/masterclass/format.py": "questions of a critique, in the language of the course",
}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_text_is_translated_and_no_translation_is_left_over(package):
    folder = PACKAGES[package]
    texts = messages_of([folder] if package != "lms" else [folder, ROOT / "courses"])
    assert missing(folder / "translations", "ru", texts) == []
    assert surplus(folder / "translations", "ru", texts) == []


def test_every_table_with_personal_data_is_somebodys_to_export_and_erase():
    parts = [item for owner in (*FEATURES, *PLUGINS) for item in owner.contributes if isinstance(item, PersonalData)]
    answered = {table for part in parts for table in part.tables}
    personal = {
        table.name
        for table in Model.metadata.tables.values()
        if any(column.info.get("personal", "none") not in ("none", "secret") for column in table.columns)
    }
    assert personal - answered == set()
    assert answered - set(Model.metadata.tables) == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_one_russian_word_for_one_thing(package):
    """A person is called the same on every page, whoever wrote it."""
    with (PACKAGES[package] / "translations/ru/LC_MESSAGES/messages.po").open("rb") as file:
        told = [" ".join(one.string) if isinstance(one.string, tuple) else str(one.string) for one in read_po(file)]
    assert [text for text in told if re.search(r"преподавател|\bстудент|\bучащ|\bтьютор", text, re.IGNORECASE)] == []
