"""Every code a problem can have, read from the sources: a code that no case shows is a promise nobody keeps."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[2]


def sources() -> list[Path]:
    """The modules that report problems of courses."""
    return sorted(
        path
        for path in chain(ROOT.glob("courses/*.py"), ROOT.glob("plugins/*/lms_*/**/*.py"))
        if "migrations" not in path.parts
    )


class Unclear(Exception):
    """A code that cannot be read off the source: where, so that it can be written plainly."""


def codes_in(text: str, name: str = "?") -> dict[str, int]:
    """The codes a module may report, each with the line of one place it does. Raises ``Unclear``."""
    module = ast.parse(text)
    found: dict[str, int] = {}
    for call, function in _calls(module, None):
        written = _code(call) or _told(call, function)
        if written is None:
            continue
        for code in _values(written, function, module, f"{name}:{call.lineno}"):
            found.setdefault(code, call.lineno)
    return found


def _calls(node: ast.AST, function: ast.FunctionDef | None) -> Iterator[tuple[ast.Call, ast.FunctionDef | None]]:
    """All calls with the function they stand in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child, function
        yield from _calls(child, child if isinstance(child, ast.FunctionDef) else function)


def _code(call: ast.Call) -> ast.expr | None:
    """The argument of a call that is a code: `report.add(line, column, code, …)`, `report.warn(…)`, `Finding(at, code, …)`."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    place = 0
    for argument in call.args:
        if name == "Finding" and place == 1:
            return argument
        if name in ("add", "warn") and place == 2 and len(call.args) > 2:
            return argument
        place += 2 if isinstance(argument, ast.Starred) else 1
    return next((word.value for word in call.keywords if word.arg == "code" and name == "Finding"), None)


def _told(call: ast.Call, function: ast.FunctionDef | None) -> ast.expr | None:
    """The code in a validator's own refusal: `said = {"code": …}` and `PydanticCustomError("finding", "{code}", said)`."""
    if getattr(call.func, "id", "") != "PydanticCustomError" or len(call.args) != 3 or function is None:
        return None
    said = call.args[2]
    given = list(_assigned(said.id, function)) if isinstance(said, ast.Name) else [said]
    pairs = chain.from_iterable(zip(one.keys, one.values, strict=True) for one in given if isinstance(one, ast.Dict))
    codes = (value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "code")
    return next((value for value in codes if isinstance(value, ast.Constant)), None)  # else a `Finding`'s, found there


def _values(node: ast.expr, function: ast.FunctionDef | None, module: ast.Module, where: str) -> set[str]:
    """What an expression may be, as far as it is written out: words, branches, names given one of several words, tables."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return _values(node.body, function, module, where) | _values(node.orelse, function, module, where)
    if isinstance(node, ast.Name) and function is not None:
        parameters = [argument.arg for argument in function.args.args]
        if node.id in parameters:
            return _passed(function, parameters.index(node.id), node.id, module, where)
        given = list(_assigned(node.id, function))
        if given:
            return set().union(*(_values(one, function, module, where) for one in given))
    table = _table(node, module)
    if table is not None:
        return table
    raise Unclear(f"{where}: the code is not written out: {ast.unparse(node)}")


def _passed(function: ast.FunctionDef, place: int, name: str, module: ast.Module, where: str) -> set[str]:
    """What other functions of the module give for a parameter."""
    found: set[str] = set()
    for call, caller in _calls(module, None):
        called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if called == function.name:
            at = place - 1 if function.args.args[0].arg == "self" else place
            named = next((word.value for word in call.keywords if word.arg == name), None)
            argument = named or (call.args[at] if at < len(call.args) else None)
            if argument is None:
                raise Unclear(f"{where}: {function.name} is called without {name}")
            found |= _values(argument, caller, module, f"{where} via {call.lineno}")
    return found


def _assigned(name: str, function: ast.FunctionDef) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            if isinstance(target, ast.Name) and target.id == name:
                yield node.value
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                for one, value in zip(target.elts, node.value.elts, strict=False):
                    if isinstance(one, ast.Name) and one.id == name:
                        yield value


def _table(node: ast.expr, module: ast.Module) -> set[str] | None:
    """The values of a dictionary that is asked: `{…}.get(x, "other")`, `NAME[x]`, `NAME.get(x, "other")`."""
    extra: set[str] = set()
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        extra = {one.value for one in node.args[1:] if isinstance(one, ast.Constant) and isinstance(one.value, str)}
        node = node.func.value
    elif isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        node = next((value for target, value in _globals(module) if target == node.id), node)
    if not isinstance(node, ast.Dict):
        return None
    values = [value.elts[0] if isinstance(value, ast.Tuple) else value for value in node.values]
    words = {value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)}
    return words | extra if words and all(isinstance(value, ast.Constant) for value in values) else None


def _globals(module: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in module.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value


def all_codes() -> dict[str, str]:
    """Every code with one place it is reported at."""
    found: dict[str, str] = {}
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        for code, line in codes_in(path.read_text(encoding="utf-8"), name).items():
            found.setdefault(code, f"{name}:{line}")
    return found
