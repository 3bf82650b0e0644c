"""Blocks: what a kind says about itself, and bodies with their lines."""

import pytest
from pydantic import ValidationError

from courses.blocks import ActivitySettings, Block, BodySource, Settings
from courses.problems import Report

from .conftest import KINDS, Note, Poll, Task, TaskSettings


def block(**settings: object) -> Block[TaskSettings]:
    return Block(id="a", kind="task", title="T", path="p.md", line=3, lesson="l", settings=dict(settings))


def test_options_are_what_an_author_may_write() -> None:
    assert Task.options() == (
        "id",
        "aliases",
        "minutes",
        "requires",
        "required",
        "weight",
        "points",
        "due",
        "late-days",
    )
    assert Note.options() == ()
    assert Task.body_fields() == {"text"}


def test_settings_are_validated_once_and_compare_without_the_cache() -> None:
    task, first, second = Task(), block(id="a", points=3), block(id="a", points=3)
    settings = task.settings_of(first)
    assert settings is task.settings_of(first)
    assert settings == TaskSettings(id="a", points=3)
    assert first == second
    assert hash(first) == hash(second)
    assert first != block(id="a", points=4)


def test_hyphens_and_underscores_name_the_same_setting() -> None:
    assert TaskSettings.model_validate({"id": "a", "late-days": 2}) == TaskSettings(id="a", late_days=2)
    assert TaskSettings(id="a", late_days=2).model_dump(mode="json")["late_days"] == 2


@pytest.mark.parametrize("wrong", [{"bogus": 1}, {"minutes": -1}, {"weight": -1}, {"id": "A"}, {"requires": {"x": 1}}])
def test_common_settings_refuse(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ActivitySettings.model_validate({"id": "a"} | wrong)


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        TaskSettings(id="a").points = 3  # type: ignore[misc]
    assert issubclass(ActivitySettings, Settings)


def test_a_body_keeps_its_lines_and_becomes_html() -> None:
    source = BodySource("a\n\n**b**", 10, "p.md")
    assert source.lines() == [(10, "a"), (11, ""), (12, "**b**")]
    assert source.html() == "<p>a</p>\n<p><strong>b</strong></p>"
    assert source.html("*c*", 12) == "<p><em>c</em></p>"
    assert source.inline("*c* d") == "<em>c</em> d"
    assert source.inline("a\n\nb") == "<p>a</p>\n<p>b</p>"
    assert BodySource("").lines() == []


def test_by_default_a_body_is_text_or_unexpected() -> None:
    report = Report("p.md")
    assert Task().body(BodySource("*a*"), report) == {"text": "<p><em>a</em></p>"}
    assert Poll().body(BodySource(" \n ", 4), report) == {}
    assert report.problems == []
    assert Poll().body(BodySource("\nx", 4), report) == {}
    assert [str(problem) for problem in report.problems] == [
        "p.md:5:1: A block “poll” has options only, no text of its own. [body-unexpected]"
    ]


def test_a_kind_says_nothing_it_was_not_asked_to() -> None:
    poll = KINDS["poll"]
    one: Block[ActivitySettings] = Block(
        id="a", kind="poll", title="", path="", line=1, lesson="", settings={"id": "a"}
    )
    assert (poll.grade_items(one), poll.deadlines(one), poll.text(one), poll.html(one)) == ((), (), "", None)
