"""Sums in questions: a small language of numbers, worked out by walking a tree. Pure; nothing of Python is ever evaluated.

    expression := comparison of sums          a + b * 2 ^ c, -x, (a + b) / 2, sqrt(a), a < b
    variable   := 2..9 | 0.5..3 step 0.5 | {2, 3, 5} | expression of the variables above it

All numbers are floats of 64 bits, so that no value can grow; texts, nesting and the number of steps are bounded, so that the time
is. What has no value (1/0, the root of -1, infinity) is an error with the place in the text, as is whatever the grammar lacks.
"""

from __future__ import annotations

import hmac
import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from courses.problems import N_

LONGEST = 500
"""Characters an expression may have."""
DEEPEST = 40
"""How deep it may be nested."""
MOST_VALUES = 100_000
"""How many values a variable may be drawn from."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+(?:\.(?!\.)[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?)|(?P<name>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<sign>\*\*|<=|>=|==|!=|[-+*/%^(),<>]))",
    re.ASCII,
)
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z_0-9]{0,39}", re.ASCII)


class ExpressionError(ValueError):
    """What is wrong with an expression: a sentence for translation with its values, and the place `at` (characters from 0)."""

    def __init__(self, at: int, text: str, **values: str | int | float) -> None:
        super().__init__(text.format(**values))
        self.at, self.text, self.values = at, text, values


# ------------------------------------------------------------------------------------------- what may be called


def _round(value: float, places: float = 0) -> float:
    """To so many decimals, halves away from zero as at school."""
    scale = 10.0 ** int(max(-15, min(15, places)))
    return math.copysign(math.floor(abs(value) * scale + 0.5 + 1e-9) / scale, value)


FUNCTIONS: Mapping[str, tuple[Callable[..., float], int, int]] = {
    "abs": (abs, 1, 1), "min": (min, 2, 20), "max": (max, 2, 20), "round": (_round, 1, 2), "floor": (math.floor, 1, 1),
    "ceil": (math.ceil, 1, 1), "sqrt": (math.sqrt, 1, 1), "exp": (math.exp, 1, 1), "ln": (math.log, 1, 1),
    "log": (math.log10, 1, 1), "sin": (math.sin, 1, 1), "cos": (math.cos, 1, 1), "tan": (math.tan, 1, 1),
    "asin": (math.asin, 1, 1), "acos": (math.acos, 1, 1), "atan": (math.atan, 1, 1), "rad": (math.radians, 1, 1),
    "deg": (math.degrees, 1, 1),
}  # fmt: skip
"""Functions by name, with the least and the greatest number of arguments. Angles are in radians, `log` is of base 10."""

CONSTANTS: Mapping[str, float] = {"pi": math.pi, "e": math.e}

_BINARY: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
    "%": lambda a, b: a - b * math.floor(a / b), "^": math.pow, "<": lambda a, b: float(a < b), ">": lambda a, b: float(a > b),
    "<=": lambda a, b: float(a <= b), ">=": lambda a, b: float(a >= b), "==": lambda a, b: float(math.isclose(a, b, abs_tol=1e-12)),
    "!=": lambda a, b: float(not math.isclose(a, b, abs_tol=1e-12)),
}  # fmt: skip
_LEVELS = (("<", ">", "<=", ">=", "==", "!="), ("+", "-"), ("*", "/", "%"))


@dataclass(frozen=True)
class _Node:
    """One step: a number (no `of`), a name (`of` empty, `name` set), or an operation on what `of` gives."""

    at: int
    name: str = ""
    number: float = 0.0
    of: tuple[_Node, ...] = ()


@dataclass(frozen=True)
class Expression:
    """A checked expression. `names` are the variables it asks for."""

    text: str
    root: _Node
    names: frozenset[str]

    def value(self, values: Mapping[str, float]) -> float:
        """What it comes to. Raises ExpressionError where it has no value."""
        return _value(self.root, values)


def _value(node: _Node, values: Mapping[str, float]) -> float:
    if not node.of:
        if not node.name:
            return node.number
        return float(values[node.name]) if node.name in values else CONSTANTS[node.name]
    given = [_value(part, values) for part in node.of]
    try:
        found = float(_BINARY[node.name](*given) if node.name in _BINARY else FUNCTIONS[node.name][0](*given))
    except (ArithmeticError, ValueError):
        found = math.nan
    if not math.isfinite(found):
        raise ExpressionError(node.at, N_("This has no value with these numbers."))
    return found


# ------------------------------------------------------------------------------------------- reading


def parse(text: str, names: Collection[str] = ()) -> Expression:
    """Read an expression that may use these variables. Raises ExpressionError.

    >>> parse("2 * a ^ 2 + 1", {"a"}).value({"a": 3})
    19.0
    """
    if len(text) > LONGEST:
        raise ExpressionError(LONGEST, N_("An expression may have at most {most} characters."), most=LONGEST)
    reader = _Reader(text, frozenset(names))
    root = reader.level(0, 0)
    if reader.sign or reader.kind:
        raise ExpressionError(reader.at, N_("“{sign}” is not expected here."), sign=reader.sign)
    return Expression(text, root, frozenset(reader.used))


class _Reader:
    """The tokens of a text, one ahead, and the rules that read them."""

    def __init__(self, text: str, names: frozenset[str]) -> None:
        self.text, self.names, self.used = text, names, set[str]()
        self.end = 0
        self.kind = self.sign = ""
        self.at = 0
        self.step()

    def step(self) -> None:
        """Go on to the next token; `kind` is "" at the end."""
        found = _TOKEN.match(self.text, self.end)
        if found is None:
            rest = self.text[self.end :].lstrip()
            self.at = len(self.text) - len(rest)
            if rest:
                raise ExpressionError(self.at, N_("“{sign}” means nothing here."), sign=rest[0])
            self.kind = self.sign = ""
            return
        self.kind = found.lastgroup or ""
        self.sign, self.at, self.end = found[self.kind], found.start(self.kind), found.end()

    def level(self, level: int, depth: int) -> _Node:
        """Operations of this level and those that bind closer, from left to right."""
        if level == len(_LEVELS):
            return self.unary(depth)
        left = self.level(level + 1, depth)
        steps = 0
        while self.kind == "sign" and self.sign in _LEVELS[level]:
            at, sign = self.at, self.sign
            self.step()
            left = _Node(at, sign, of=(left, self.level(level + 1, depth)))
            steps += 1
            if steps > DEEPEST:  # each is one more level of the tree that is walked
                raise ExpressionError(at, N_("This is nested too deep."))
            if level == 0:
                break  # a < b < c would not mean what it says
        return left

    def unary(self, depth: int) -> _Node:
        """A sign before what it belongs to: -a ^ 2 is -(a ^ 2), as everywhere in mathematics."""
        if depth > DEEPEST:
            raise ExpressionError(self.at, N_("This is nested too deep."))
        if self.kind == "sign" and self.sign in "+-":
            at, sign = self.at, self.sign
            self.step()
            return _Node(at, sign, of=(_Node(at), self.unary(depth + 1)))
        base = self.single(depth)
        if self.kind == "sign" and self.sign in ("^", "**"):
            at = self.at
            self.step()
            return _Node(at, "^", of=(base, self.unary(depth + 1)))
        return base

    def single(self, depth: int) -> _Node:
        """A number, a variable, a function with its arguments, or brackets."""
        at, kind, sign = self.at, self.kind, self.sign
        if not kind:
            raise ExpressionError(at, N_("Something is missing here."))
        self.step()
        if kind == "number":
            number = float(sign)
            if not math.isfinite(number):
                raise ExpressionError(at, N_("This number is too large."))
            return _Node(at, number=number)
        if kind == "name":
            return self.named(at, sign, depth)
        if sign == "(":
            inner = self.level(0, depth + 1)
            self.close()
            return inner
        raise ExpressionError(at, N_("“{sign}” is not expected here."), sign=sign)

    def named(self, at: int, name: str, depth: int) -> _Node:
        """A variable, a constant, or a function."""
        if self.sign != "(":
            if name not in self.names and name not in CONSTANTS:
                raise ExpressionError(at, N_("There is no variable “{name}”."), name=name[:40])
            if name in self.names:
                self.used.add(name)
            return _Node(at, name)
        if name not in FUNCTIONS:
            raise ExpressionError(at, N_("There is no function “{name}”."), name=name[:40])
        self.step()
        given = [self.level(0, depth + 1)]
        while self.sign == ",":
            self.step()
            given.append(self.level(0, depth + 1))
        self.close()
        _, least, most = FUNCTIONS[name]
        if not least <= len(given) <= most:
            raise ExpressionError(at, N_("“{name}” takes another number of arguments."), name=name)
        return _Node(at, name, of=tuple(given))

    def close(self) -> None:
        """A closing bracket."""
        if self.sign != ")":
            raise ExpressionError(self.at, N_("A closing bracket is missing here."))
        self.step()


# ------------------------------------------------------------------------------------------- variables


@dataclass(frozen=True)
class Variable:
    """A variable of a question: drawn from `values`, or worked out from those above it by `expression`."""

    name: str
    values: tuple[float, ...] = ()
    expression: Expression | None = field(default=None)


def variable(name: str, text: str, names: Collection[str] = ()) -> Variable:
    """Read what a variable may be: `2..9`, `0.5..3 step 0.5`, `{2, 3, 5}` or an expression. Raises ExpressionError.

    >>> variable("a", "1..3").values
    (1.0, 2.0, 3.0)
    """
    if not _NAME.fullmatch(name) or name in CONSTANTS or name in FUNCTIONS:
        raise ExpressionError(0, N_("“{name}” cannot be the name of a variable."), name=name[:40])
    if name in names:
        raise ExpressionError(0, N_("There is a variable “{name}” already."), name=name)
    inner = text.strip()
    if inner.startswith("{") and inner.endswith("}"):
        values = tuple(_constant(part, text) for part in inner[1:-1].split(","))
        return Variable(name, tuple(dict.fromkeys(values)))
    if ".." in inner:
        bounds, _, step = inner.partition(" step ")
        low, high = (_constant(part, text) for part in bounds.split("..", 1))
        return Variable(name, _steps(low, high, _constant(step, text) if step else 1.0))
    return Variable(name, expression=parse(text, names))


def _constant(text: str, whole: str) -> float:
    if len(whole) > LONGEST:
        raise ExpressionError(LONGEST, N_("An expression may have at most {most} characters."), most=LONGEST)
    return parse(text).value({})


def _steps(low: float, high: float, step: float) -> tuple[float, ...]:
    if step <= 0 or high < low:
        raise ExpressionError(0, N_("A range goes up from the smaller number in steps above zero."))
    count = math.floor((high - low) / step + 1e-9) + 1
    if count > MOST_VALUES:
        raise ExpressionError(0, N_("A range may have at most {most} values."), most=MOST_VALUES)
    # from the ends' own figures: 0.1 + 0.1 + 0.1 is not 0.3
    return tuple(float(f"{low + place * step:.12g}") for place in range(count))


def draw(variables: Sequence[Variable], seed: str) -> dict[str, float]:
    """A value for each variable, always the same from the same seed. Raises ExpressionError where one has no value."""
    found: dict[str, float] = {}
    for one in variables:
        if one.expression is not None:
            found[one.name] = one.expression.value(found)
        else:
            digest = hmac.digest(seed.encode(), one.name.encode(), "sha256")
            found[one.name] = one.values[int.from_bytes(digest[:8], "big") % len(one.values)]
    return found
