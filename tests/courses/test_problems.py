"""Problems: order, wording, translation."""

from courses.problems import Problem, Report, ordered


def test_reads_as_path_line_column_sentence_and_code() -> None:
    problem = Problem("a.md", 3, 7, "link-missing", "There is no file {address} here.", {"address": "b.md"})
    assert str(problem) == "a.md:3:7: There is no file b.md here. [link-missing]"


def test_is_translated_by_its_message_id() -> None:
    problem = Problem("a.md", 1, 1, "x", "No {what}.", {"what": "кота"}, hint="Get {what}.")
    russian = {"No {what}.": "Нет {what}.", "Get {what}.": "Заведите {what}."}
    assert problem.message(russian.__getitem__) == "Нет кота."
    assert problem.hint_text(russian.__getitem__) == "Заведите кота."


def test_braces_in_sentences_and_values_are_harmless() -> None:
    assert Problem("a", 1, 1, "x", "Write :::{quiz}", {}).message() == "Write :::{quiz}"
    assert Problem("a", 1, 1, "x", "No {name}", {"name": "{0.x}"}).message() == "No {0.x}"
    assert Problem("a", 1, 1, "x", "Bad { brace {name}", {"name": "n"}).message() == "Bad { brace {name}"
    assert Problem("a", 1, 1, "x", "No {name}", {"name": "a\nb"}).message() == "No a b"
    assert Problem("a", 1, 1, "x", "No {name}", {"name": "n"}).message(lambda _: "Нет {0}") == "Нет {0}"


def test_sorted_by_place_and_each_once() -> None:
    report = Report("b.md")
    report.add(2, 1, "z", "Z")
    report.warn(1, 9, "y", "Y")
    report.at("a.md").add(5, 1, "x", "X")
    report.add(2, 1, "z", "Z")
    assert [str(problem) for problem in report.problems] == ["a.md:5:1: X [x]", "b.md:1:9: Y [y]", "b.md:2:1: Z [z]"]
    assert report.failed
    assert ordered([]) == []


def test_warnings_do_not_fail_and_places_begin_at_one() -> None:
    report = Report("a.md")
    report.warn(0, 0, "w", "W", hint="H", line=7)
    (problem,) = report.problems
    assert (problem.line, problem.column, problem.severity, problem.params) == (1, 1, "warning", {"line": 7})
    assert not report.failed
