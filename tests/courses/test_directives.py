"""The blocks that come with the format: what they become, and what is said when they are written wrongly."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from courses.load import Loaded, load

from .conftest import said

Lesson = Callable[..., Loaded]


def page(loaded: Loaded) -> str:
    """The lesson's HTML."""
    assert loaded.course is not None, loaded.problems
    return loaded.course.lesson("why").html


@pytest.mark.parametrize("kind", ["tip", "hint", "important", "warning", "caution", "attention", "danger", "seealso"])
def test_callouts(lesson: Lesson, kind: str) -> None:
    assert page(lesson(f':::{{{kind}}} Это "оно" <b>\n**a**\n:::\n')) == (
        f'<div class="admonition {kind}"><p class="admonition-title">Это «оно» &lt;b&gt;</p><p><strong>a</strong></p></div>'
    )


def test_a_callout_without_a_title_is_called_by_its_kind(lesson: Lesson) -> None:
    assert page(lesson(":::{tip}\na\n:::\n")).startswith(
        '<div class="admonition tip"><p class="admonition-title">Совет<'
    )
    assert page(lesson("```{tip}\na\n```\n")) == page(lesson(":::{tip}\na\n:::\n"))


def test_a_plugin_s_kind_takes_the_place_of_the_format_s(lesson: Lesson) -> None:
    assert page(lesson(":::{note}\na\n:::\n")) == '<aside class="note"><p>a</p></aside>'  # that of conftest


def test_details(lesson: Lesson) -> None:
    assert page(lesson(":::{details} Ещё\na\n:::\n")) == "<details><summary>Ещё</summary><p>a</p></details>"
    assert (
        page(lesson(":::{dropdown}\n:open:\na\n:::\n"))
        == "<details open><summary>Подробнее</summary><p>a</p></details>"
    )


TABS = "::::{tab-set}\n:::{tab-item} A\n1\n:::\n:::{tab-item} B\n2\n:::\n::::\n"


def test_tabs(lesson: Lesson) -> None:
    html = page(lesson(TABS + "\n" + TABS))
    sets = re.findall(r'<div class="tabbed-set">(.*?)</div></div>', html, re.DOTALL)
    assert [re.findall(r"<label[^>]*>([^<]*)</label>", one) for one in sets] == [["A", "B"], ["A", "B"]]
    fields = re.findall(r'<input type="radio" name="([^"]*)" id="([^"]*)"( checked)?', html)
    assert [bool(checked) for _, _, checked in fields] == [True, False, True, False]
    assert len({name for name, _, _ in fields}) == 2
    assert re.findall(r'<label for="([^"]*)"', html) == [id for _, id, _ in fields]
    assert len({id for _, id, _ in fields}) == 4


def test_tabs_within_tabs_keep_apart(lesson: Lesson) -> None:
    html = page(lesson(f"::::::{{tab-set}}\n:::::{{tab-item}} O\n{TABS}:::::\n::::::\n"))
    names = re.findall(r'<input type="radio" name="([^"]*)"', html)
    assert sorted(names.count(name) for name in set(names)) == [1, 2]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            ":::{tab-item} A\na\n:::\n",
            ["5:1: The block “tab-item” means something only inside a block “tab-set”. [block-within]"],
        ),
        (
            "::::{tip}\n:::{tab-item} A\na\n:::\n::::\n",
            ["6:1: The block “tab-item” means something only inside a block “tab-set”. [block-within]"],
        ),
        (
            "::::{tip}\n:::{glossary}\nA\n: b\n:::\n::::\n",
            ["6:1: The block “glossary” cannot stand inside another block or a description. [block-within]"],
        ),
        (":::{tip}\n:size: 4\na\n:::\n", ["6:2: There is no key “size” here. [unknown-key]"]),
        (":::{details}\n:open: maybe\na\n:::\n", ["6:8: “open” must be true or false, not “maybe”. [value]"]),
    ],
)
def test_blocks_written_wrongly(lesson: Lesson, text: str, problems: list[str]) -> None:
    assert said(lesson(text)) == problems


def test_a_diagram_is_shown_as_its_text(lesson: Lesson) -> None:
    assert page(lesson('```{mermaid} "Пути"\ngraph <b>\n\n  A --> B\n```\n')) == (
        '<figure class="diagram"><pre tabindex="0"><code>graph &lt;b&gt;\n\n  A --&gt; B</code></pre>'
        "<figcaption>&quot;Пути&quot;. Схема на языке Mermaid, показана её запись</figcaption></figure>"
    )


def test_a_player_asks_nothing_of_its_host(lesson: Lesson) -> None:
    html = page(lesson(":::{video} https://youtu.be/dQw4w9WgXcQ\n:title: Урок <1>\nПодпись с **б**.\n:::\n"))
    assert re.findall(r" (?:src|href|poster)=\"([^\"]*)\"", html) == ["https://youtu.be/dQw4w9WgXcQ"]
    assert re.findall(r'<iframe class="player" data-origin="([^"]*)" title="([^"]*)"', html) == [
        ("https://www.youtube-nocookie.com", "Урок &lt;1&gt;")
    ]
    assert '<div class="player-caption"><p>Подпись с\xa0<strong>б</strong>.</p></div>' in html
    assert 'rel="noopener noreferrer" target="_blank">Открыть на youtube.com</a>' in html


def test_recordings_of_the_course(write: Callable[..., Path]) -> None:
    text = ":::{video} media/a.mp4\n:title: Урок\n:captions: media/a.vtt\n:poster: media/a.png\nПодпись\n:::\n\n"
    text += ":::{audio} media/b.mp3\n:::\n"
    folder = write(
        {
            "01-start/01-why.md": "---\ntitle: L\nminutes: 45\n---\n" + text,
            **{f"01-start/media/{name}": name for name in ("a.mp4", "a.vtt", "a.png", "b.mp3")},
        }
    )
    loaded = load(folder, {})
    assert loaded.problems == []
    names = {media.path.rpartition("/")[2]: f"/media/{name}" for name, media in loaded.course.media.items()}  # type: ignore[union-attr]
    assert page(loaded) == (
        f'<figure class="recording"><video controls preload="metadata" src="{names["a.mp4"]}" aria-label="Урок"'
        f' poster="{names["a.png"]}"><track kind="captions" src="{names["a.vtt"]}" srclang="ru" default>'
        f'<a href="{names["a.mp4"]}">Урок</a></video><figcaption><p>Подпись</p></figcaption></figure>\n'
        f'<figure class="recording"><audio controls preload="metadata" src="{names["b.mp3"]}" aria-label="b.mp3">'
        f'<a href="{names["b.mp3"]}">b.mp3</a></audio></figure>'
    )


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            ":::{video} https://example.org/a\n:::\n",
            ["5:1: Recordings cannot be shown from https://example.org/a. [recording-host]"],
        ),
        (
            ":::{video} https://rutube.ru/feeds/top/\n:::\n",
            ["5:1: On rutube.ru there is nothing to be played at https://rutube.ru/feeds/top/. [recording-host]"],
        ),
        (":::{video}\n:::\n", ["5:1: It is not said what to play. [recording-file]"]),
        (":::{audio} a.mp4\n:::\n", ["5:1: “a.mp4” is no file that browsers play. [recording-file]"]),
        (
            ":::{video} a.mp4\n:captions: b.vtt\n:::\n",
            ["5:1: There is no file a.mp4 here. [media-missing]"],
        ),
    ],
)
def test_recordings_written_wrongly(lesson: Lesson, text: str, problems: list[str]) -> None:
    assert said(lesson(text)) == problems


def test_a_video_without_captions(write: Callable[..., Path]) -> None:
    folder = write(
        {"01-start/01-why.md": "---\ntitle: L\nminutes: 45\n---\n:::{video} a.mp4\n:::\n", "01-start/a.mp4": "v"}
    )
    assert said(load(folder, {})) == [
        "5:1: The video a.mp4 has no captions for those who cannot hear it. [captions-missing]"
    ]
