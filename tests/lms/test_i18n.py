"""Two languages: what is missing stays readable, plurals as Russian has them, sentences that are kept and spoken later."""

import json
import os
from contextlib import contextmanager
from pathlib import Path

import pytest

from lms.i18n import (
    Message,
    gettext,
    language,
    load_catalogues,
    mark,
    ngettext,
    set_language,
    speaking,
    use_catalogues,
)
from lms.testing.fixtures import same_language

CORE = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"

msgid "Home"
msgstr "Главная"

msgid "{name} has left"
msgstr "{name}: место освободилось"

msgid "{n} work of {name}"
msgid_plural "{n} works of {name}"
msgstr[0] "{n} работа: {name}"
msgstr[1] "{n} работы: {name}"
msgstr[2] "{n} работ: {name}"
"""
PLUGIN = CORE.partition('msgid "Home"')[0] + 'msgid "Home"\nmsgstr "Дом"\n\nmsgid "Poll"\nmsgstr "Опрос"\n'


def folder(root: Path, name: str, text: str) -> Path:
    path = root / name / "ru" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    return root / name


@pytest.fixture(autouse=True)
def catalogues(tmp_path: Path):
    use_catalogues(load_catalogues([folder(tmp_path, "core", CORE), folder(tmp_path, "plugin", PLUGIN), tmp_path]))
    yield
    use_catalogues({})
    set_language("en")


def test_a_plugins_catalogue_adds_and_does_not_replace():
    with speaking("ru"):
        assert (gettext("Home"), gettext("Poll")) == ("Главная", "Опрос")


def test_a_text_without_a_translation_stays_as_it_is():
    with speaking("ru"):
        assert gettext("Nobody has translated {what}", what="это") == "Nobody has translated это"
        assert ngettext("{n} thing", "{n} things", 5) == "5 things"


def test_braces_in_a_text_without_values_are_left_alone():
    assert gettext("a {brace} and 100%") == "a {brace} and 100%"


@pytest.mark.parametrize(
    ("n", "russian", "english"),
    [
        (0, "0 работ: Анна", "0 works of Анна"),
        (1, "1 работа: Анна", "1 work of Анна"),
        (3, "3 работы: Анна", "3 works of Анна"),
        (11, "11 работ: Анна", "11 works of Анна"),
        (21, "21 работа: Анна", "21 works of Анна"),
        (114, "114 работ: Анна", "114 works of Анна"),
    ],
)
def test_plurals(n: int, russian: str, english: str):
    message = Message("{n} work of {name}", {"n": n, "name": "Анна"}, "{n} works of {name}")
    assert str(message) == english
    with speaking("ru"):
        assert str(message) == russian
        assert ngettext("{n} work of {name}", "{n} works of {name}", n, name="Анна") == russian


def test_a_kept_sentence_is_spoken_in_the_readers_language():
    inner = Message("{n} work of {name}", {"n": 2, "name": "Олег"}, "{n} works of {name}")
    message = Message(mark("{name} has left"), {"name": inner})
    stored = json.dumps(message.to_json(), ensure_ascii=False)
    again = Message.from_json(json.loads(stored))
    assert again == message
    assert str(again) == "2 works of Олег has left"
    with speaking("ru"):
        assert str(again) == "2 работы: Олег: место освободилось"


def test_a_kept_number_is_written_as_the_reader_does():
    kept = Message.from_json(Message("{points}, {share}, {n}", {"points": 12.0, "share": 66.666, "n": 7}).to_json())
    with speaking("ru"):
        assert str(kept) == "12, 66,67, 7"
    with speaking("en"):
        assert str(kept) == "12, 66.67, 7"


def test_a_value_is_never_taken_for_a_pattern():
    assert str(Message("{name} has left", {"name": "{secret} %s"})) == "{secret} %s has left"


def test_languages_nest_and_come_back():
    set_language("ru")
    with speaking("en"):
        assert language() == "en"
        with pytest.raises(ZeroDivisionError), speaking("ru"):
            raise ZeroDivisionError
        assert language() == "en"
    assert language() == "ru"
    set_language("tlh")
    assert language() == "en"


def test_a_test_leaves_the_language_that_it_found():
    with contextmanager(same_language)():
        set_language("ru")
    assert language() == "en"


def test_a_newer_text_beside_an_older_compiled_one_is_compiled_anew(tmp_path: Path):
    place = folder(tmp_path, "late", PLUGIN)
    assert load_catalogues([place])["ru"].gettext("Poll") == "Опрос"
    source = place / "ru" / "LC_MESSAGES" / "messages.po"
    compiled = source.with_suffix(".mo")
    source.write_text(PLUGIN.replace("Опрос", "Голосование"), "utf-8")
    # a build that left an old file behind
    later = compiled.stat().st_mtime_ns + 10**9
    os.utime(source, ns=(later, later))
    assert load_catalogues([place])["ru"].gettext("Poll") == "Голосование"
