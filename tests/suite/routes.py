"""Every address of the site asked as every role, and the table of what has been agreed on (`routes.md`).

`python -m tests.suite.routes` prints the table as the site is now: compare it with the one that was reviewed.
"""

import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from werkzeug.test import TestResponse

from lms.registry import installed_plugins
from lms.testing import Stage
from lms.testing.stage import migrate
from tests.suite.world import BLOCKS, ROLES, World

TABLE = Path(__file__).with_name("routes.md")
HEAD = ("method and address", "policy", *ROLES, "why it differs from its policy")
PARAMETER = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")


@dataclass(frozen=True)
class Address:
    """One address with one method. `endpoint` is `<feature or kind>.<function>`; `rule` as it is registered."""

    method: str
    rule: str
    policy: str
    endpoint: str

    @property
    def name(self) -> str:
        """How the table names it."""
        return f"{self.method} {self.rule}"

    @property
    def parameters(self) -> list[str]:
        """Names of what is filled in."""
        return PARAMETER.findall(self.rule)

    @property
    def kind(self) -> str:
        """The kind of activity whose page it is, or ""."""
        return self.endpoint.split(".")[0] if "/activities/" in self.rule else ""

    def path(self, values: Mapping[str, object], **instead: object) -> str:
        """The address with these values."""

        def value(found: re.Match[str]) -> str:
            name = found[1]
            if name in instead:
                return str(instead[name])
            if name == "block":
                return BLOCKS.get(self.endpoint, BLOCKS[self.kind])
            known = values.get(f"{self.endpoint}.{name}", values.get(name))
            assert known is not None, f"{self.name}: tests/suite/world.py knows no value for <{name}>"
            return str(known)

        return PARAMETER.sub(value, self.rule)


def addresses(app: Flask) -> list[Address]:
    """All addresses of a site, in the order of the table."""
    names = {(rule.rule, method): rule.endpoint for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    found = [
        Address(method, rule, policy.name, names[rule, method])
        for rule, methods, policy in app.extensions["policies"]
        if policy.name != "activity"
        for method in methods
    ]
    for kind, routes in app.extensions["activity_pages"].items():
        found += [
            Address(
                method, f"/courses/<course>/activities/<block>/{route.rule}", route.policy.name,
                f"{kind}.{route.view.__name__}",
            )
            for route in routes
            for method in route.methods
        ]  # fmt: skip
    return sorted(found, key=lambda address: (address.kind, address.rule, address.method))


def outcome(address: Address, answer: TestResponse) -> str:
    """What an answer comes to: ok (whatever was in the form), sign in, or the status."""
    if answer.status_code == 303 and answer.location.startswith("/sign-in") and address.policy != "public":
        return "sign in"
    if answer.status_code in (401, 403, 404, 405) or answer.status_code >= 500:
        return str(answer.status_code)
    return "ok"


def general(policy: str) -> tuple[str, ...]:
    """What a policy means for visitor, learner, learner elsewhere, tutor, tutor elsewhere, author and admin."""
    return {
        "public": ("ok",) * 7,
        "signed-in": ("sign in", *("ok",) * 6),
        "author": ("sign in", "404", "404", "404", "404", "ok", "ok"),
        "admin": ("sign in", "404", "404", "404", "404", "404", "ok"),
        "member": ("sign in", "ok", "404", "ok", "404", "ok", "ok"),
        "participant": ("sign in", "ok", "404", "ok", "404", "403", "ok"),
        "learner": ("sign in", "ok", "404", "403", "404", "403", "403"),
        "staff": ("sign in", "403", "404", "ok", "404", "403", "ok"),
    }[policy]


def label(address: Address) -> str:
    """The first cell of a row: activities are named by their kind."""
    return address.name.replace("<block>", f"<{address.kind}>") if address.kind else address.name


def ask(world: World, address: Address) -> tuple[str, ...]:
    """The outcomes for all roles."""
    found = []
    for role in ROLES:
        caller = world.callers[role]
        if address.method == "GET":
            query = world.queries.get(address.endpoint, "")
            answer = caller.send("GET", address.path(world.values) + (f"?{query}" if query else ""))
        else:
            with world.undone():
                answer = caller.send(address.method, address.path(world.values), world.forms.get(address.endpoint))
        found.append(outcome(address, answer))
    return tuple(found)


def reviewed() -> dict[str, tuple[str, ...]]:
    """The rows of the table: label → policy, outcomes and remark."""
    rows = {}
    for line in TABLE.read_text("utf-8").splitlines():
        if line.startswith("| `"):
            name, *cells = (cell.strip() for cell in line.strip()[1:-1].split("|"))
            rows[name.strip("`")] = tuple(cells)
    return rows


def table(world: World) -> Iterator[str]:
    """The lines of the table as the site is now; remarks are taken from the reviewed one."""
    known = reviewed() if TABLE.exists() else {}
    yield "| " + " | ".join(HEAD) + " |"
    yield "|" + "---|" * len(HEAD)
    for address in addresses(world.stage.app):
        found = ask(world, address)
        remark = known.get(label(address), ("",))[-1] if found != general(address.policy) else ""
        yield "| " + " | ".join((f"`{label(address)}`", address.policy, *found, remark)) + " |"


def main() -> None:
    """Print the table."""
    plugins = installed_plugins()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/site.db"
        migrate(url, plugins, Path(folder))
        with Stage(url, plugins, Path(folder) / "data") as stage:
            for line in table(World(stage)):
                sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
