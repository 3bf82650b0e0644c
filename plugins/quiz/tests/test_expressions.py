"""Sums in questions: what they come to, what is refused and where, and that nothing an enemy writes takes time or memory."""

import math
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_quiz.expressions import DEEPEST, LONGEST, ExpressionError, draw, parse, variable


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2 + 3 * 4", 14), ("(2 + 3) * 4", 20), ("2 ^ 3 ^ 2", 512), ("2 ** 3", 8), ("-2 ^ 2", -4), ("2 ^ -1", 0.5), ("10 - 4 - 3", 3),
        ("7 % 3", 1), ("-7 % 3", 2), ("1.5e2 / 3", 50), (".5 + 5.", 5.5), ("sqrt(16) + abs(-1)", 5), ("round(2.675, 2)", 2.68),
        ("round(-2.5)", -3), ("min(3, 1, 2)", 1), ("max(a, b)", 5), ("a < b", 1), ("a == b", 0), ("0.1 + 0.2 == 0.3", 1),
        ("log(1000)", 3), ("ln(e)", 1), ("sin(pi / 2)", 1), ("deg(pi)", 180), ("+-+3", -3), ("a*b+a", 12),
    ],
)  # fmt: skip
def test_what_it_comes_to(text, value):
    assert parse(text, {"a", "b"}).value({"a": 2, "b": 5}) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "at", "sentence"),
    [
        ("", 0, "Something is missing here."), ("2 +", 3, "Something is missing here."), ("2 3", 2, "“3” is not expected here."),
        ("(2 + 3", 6, "A closing bracket is missing here."), ("2 + x", 4, "There is no variable “x”."),
        ("eval(1)", 0, "There is no function “eval”."), ("sqrt()", 5, "“)” is not expected here."),
        ("sqrt(1, 2)", 0, "“sqrt” takes another number of arguments."), ("1 / 0", 2, "This has no value with these numbers."),
        ("sqrt(-1)", 0, "This has no value with these numbers."), ("9 ^ 9 ^ 9", 2, "This has no value with these numbers."),
        ("2 & 3", 2, "“&” means nothing here."), ("1 < 2 < 3", 6, "“<” is not expected here."), ("1e999", 0, "This number is too large."),
        ("٣ + 1", 0, "“٣” means nothing here."), ("a.b", 1, "“.” means nothing here."), ("“2”", 0, "““” means nothing here."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(text, at, sentence):
    with pytest.raises(ExpressionError) as caught:
        parse(text, {"a"}).value({"a": 1})
    assert (caught.value.at, str(caught.value)) == (at, sentence)


HOSTILE = [
    *("(" * depth + "1" + ")" * depth for depth in (10, 100, 10_000, 100_000)),
    *("-" * depth + "1" for depth in (100, 10_000)),
    *("2^" * depth + "2" for depth in (50, 200, 5_000)),
    *("1" + sign + "1" + sign * 200 for sign in "+-*/%^,<>="),
    *("+".join("1" * count) for count in (30, 200, 100_000)),
    *(
        f"{name}(1)"
        for name in ("eval", "exec", "open", "__import__", "getattr", "vars", "globals", "print", "type", "pow", "sum")
    ),
    *(f"a.{name}" for name in ("__class__", "__globals__", "f_back", "gi_frame", "__subclasses__()", "mro()", "real")),
    *(
        "a" + tail
        for tail in ("[0]", "{0}", "()()", "(1)(2)", "'x'", '"x"', "`x`", ";b", "\nb", "\x00", "\\", ":=1", "=1", "#")
    ),
    *("9" * length for length in (10, 300, 400, 500, 5_000, 1_000_000)),
    "9**9**9**9",
    "9^9^9^9",
    "(9**9)**(9**9)",
    "2**1e300",
    "1e308*1e308",
    "1e308+1e308",
    "-1e308-1e308",
    "1e-400",
    "0/0",
    "0^-1",
    "(-1)^0.5",
    "nan",
    "inf",
    "-inf",
    "NaN",
    "Infinity",
    "1_000",
    "0x10",
    "0b1",
    "1j",
    "1e",
    "1e+",
    "..1",
    "1..2",
    "...",
    "lambda: 1",
    "[x for x in range(10**9)]",
    "{1: 2}",
    "{a}",
    "a if 1 else 2",
    "not a",
    "a and b",
    "a or b",
    "exp(1000)",
    "exp(exp(exp(10)))",
    "tan(pi/2)^99",
    "floor(1e308)",
    "ceil(-1e308)",
    "round(1e308, 15)",
    "round(1e-308, 400)",
    "round(1, -1e9)",
    "min(" + ",".join("1" * 21) + ")",
    "max(" + ",".join("1" * 100) + ")",
    "log(0)",
    "ln(-1)",
    "asin(2)",
    "acos(-2)",
    "sqrt(-0.0)",
    *("sqrt(" * depth + "2" + ")" * depth for depth in (5, 50, 500)),
    *("abs" * count for count in (1, 2, 150)),
    "pi(1)",
    "e(1)",
    "abs",
    "sqrt",
    *(
        chr(code)
        for code in (
            0x661,
            0x966,
            0xFF11,
            0xB2,
            0x2460,
            0x1D7CE,
            0x221E,
            0x2212,
            0xD7,
            0xF7,
            0x200B,
            0x202E,
            0xFEFF,
            0x1F600,
        )
    ),
    *("1" + chr(code) + "1" for code in range(0, 32)),
    *(chr(code) for code in range(33, 48)),
    *("a" * count for count in (1, 41, 499, 501)),
    *(
        f"a {word} b"
        for word in (
            "in",
            "is",
            "if",
            "for",
            "import",
            "await",
            "yield",
            "del",
            "//",
            "<<",
            ">>",
            "<>",
            "===",
            "!",
            "~",
            "@",
            "|",
            "&&",
            "||",
            "->",
            "?",
        )
    ),
    *("(" + "1," * count + "1)" for count in (1, 20, 200)),
    *("a" + "(" * count for count in (1, 60, 400)),
    *(")" * count for count in (1, 400)),
    *(f"1e{power}" for power in (0, 10, 100, 308, 309, 400, 999, 1000, 99999)),
    *(f"a^{power}" for power in (2, 50, 400, 999, 0.5, -400)),
    *(f"round(a, {places})" for places in (0, 1, 15, 16, 300, -300)),
    *(" " * count for count in (1, 100, 400, 10_000)),
    *("/".join(["1"] + ["3"] * count) for count in (5, 39, 45, 249)),
    *("<".join("12" * count) for count in (1, 5, 100)),
    *(f"a{sign}{sign}b" for sign in "+-*/%^<>=!&|"),
    *(f"{sign}" for sign in "+-*/%^<>=!&|~?:;@#$,.\\'\"`[]{}()"),
    *(
        f"{name}({name}(2))"
        for name in ("sin", "cos", "tan", "asin", "acos", "atan", "exp", "floor", "rad", "deg", "ln", "log", "abs")
    ),
]


def steps_of(work):
    """How many lines of Python ran in `expressions`: the same on every machine, unlike a clock."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        if frame.f_globals.get("__name__") != "lms_quiz.expressions":
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def test_three_hundred_hostile_texts_end_in_a_value_or_a_sentence_after_a_bounded_number_of_steps():
    assert len(HOSTILE) >= 300
    most = 0
    for text in HOSTILE:

        def work(text=text):
            try:
                found = parse(text, {"a", "b"}).value({"a": 1e300, "b": -7.0})
            except ExpressionError as error:
                assert 0 <= error.at <= max(len(text), LONGEST)
                assert str(error)
            else:
                assert isinstance(found, float)
                assert math.isfinite(found)

        most = max(most, steps_of(work))
    assert most < 40 * LONGEST


def test_nesting_is_bounded():
    within = "(" * DEEPEST + "1" + ")" * DEEPEST
    assert parse(within).value({}) == 1
    with pytest.raises(ExpressionError, match="nested too deep"):
        parse(f"({within})")


@given(st.text(max_size=600) | st.text("0123456789.+-*/^%()<>=!,ab sqrtmxine", max_size=600))
def test_whatever_is_typed_there_is_a_value_or_a_sentence(text):
    try:
        assert math.isfinite(parse(text, {"a", "b"}).value({"a": 2, "b": 3}))
    except ExpressionError as error:
        assert str(error)


# ------------------------------------------------------------------------------------------- variables


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1..4", (1, 2, 3, 4)), ("0.5..1.5 step 0.5", (0.5, 1, 1.5)), ("-2..2 step 2", (-2, 0, 2)), ("{2, 3, 5, 3}", (2, 3, 5)),
        ("0..0.3 step 0.1", (0, 0.1, 0.2, 0.3)), ("7..7", (7,)), ("{sqrt(4), -1}", (2, -1)),
    ],
)  # fmt: skip
def test_what_a_variable_is_drawn_from(text, values):
    assert variable("a", text).values == values


@pytest.mark.parametrize(
    "text",
    [
        "5..1",
        "1..2 step 0",
        "1..2 step -1",
        "0..1e9",
        "{}",
        "{1, x}",
        "1...3",
        "a + 1",
        "1 .. ",
        "{" + "1," * 900 + "1}",
    ],
)
def test_what_no_variable_can_be(text):
    with pytest.raises(ExpressionError):
        variable("a", text)


@pytest.mark.parametrize("name", ["", "2a", "é", "pi", "sqrt", "b", "x" * 41, "a b"])
def test_names_no_variable_can_have(name):
    with pytest.raises(ExpressionError):
        variable(name, "1..2", {"b"})


def test_the_same_seed_draws_the_same_values_and_all_values_are_drawn():
    first, second = variable("a", "1..4"), variable("b", "{0.5, 2}")
    third = variable("c", "a * b", {"a", "b"})
    found = [draw((first, second, third), f"seed {number}") for number in range(200)]
    assert found == [draw((first, second, third), f"seed {number}") for number in range(200)]
    assert {(one["a"], one["b"]) for one in found} == {(a, b) for a in (1, 2, 3, 4) for b in (0.5, 2)}
    assert all(one["c"] == one["a"] * one["b"] for one in found)
