"""Where items are written about: every column that holds the id of a lesson or an activity, whoever's table it is in.

Such columns are declared with `column(…, item=True)`, so that one place can say who has done something at an item, and give what
is kept under a former id its present one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Table, case, func, literal, or_, select, union, update

from lms.db import Model, db
from lms.site import Site

People = dict[str, set[int]]


def columns(site: Site) -> list[tuple[Table, Column[Any]]]:
    """Every such column of the core and of this site's plugins. Tables of a plugin that is not installed are left as they are."""
    packages = {"lms", *(plugin.package.partition(".")[0] for plugin in site.plugins())}
    found = [
        (mapper.local_table, column)
        for mapper in Model.registry.mappers
        if mapper.class_.__module__.partition(".")[0] in packages and isinstance(mapper.local_table, Table)
        for column in mapper.local_table.columns
        if column.info.get("item")
    ]
    return sorted(found, key=lambda pair: (pair[0].name, pair[1].name))


DOERS = ("person_id", "author_id", "asker_id")
"""Columns that say whose doing a row is."""


def worked(site: Site, run_ids: Sequence[int]) -> dict[int, People]:
    """Who has anything kept at which item, by run and by the item's id. One statement, whatever there is."""
    parts = [
        select(table.c.run_id.label("run_id"), column.label("item"), table.c[doer].label("person_id")).where(
            table.c.run_id.in_(run_ids), table.c[doer].is_not(None)
        )
        for table, column in columns(site)
        for doer in DOERS
        if doer in table.columns
    ]
    found: dict[int, People] = {}
    for run_id, item, person_id in db.session.execute(union(*parts)):
        if "#" not in item:  # that somebody was reminded of a date is no work of theirs
            found.setdefault(run_id, {}).setdefault(item.partition(".")[0], set()).add(person_id)
    return found


def rename(site: Site, run_id: int, names: Mapping[str, str]) -> int:
    """Give everything that is kept in a run under former ids (the keys) the present ones, in one statement for each table. Parts
    (`quiz.essay`) and dates (`quiz#day 5`) follow their items. Returns how many rows were changed."""
    if not names:
        return 0
    changed = 0
    for table, column in columns(site):
        whole = [(column == old, literal(new)) for old, new in names.items()]
        # ids are letters, figures and hyphens: nothing in them means anything in a pattern
        parts = [
            (column.like(f"{old}{sign}%"), literal(new).concat(func.substr(column, len(old) + 1)))
            for old, new in names.items()
            for sign in ".#"
        ]
        statement = (
            update(table)
            .where(table.c.run_id == run_id, or_(*(condition for condition, _ in (*whole, *parts))))
            .values({column: case(*whole, *parts, else_=column)})
        )
        changed += db.session.execute(statement).rowcount  # type: ignore[attr-defined]  # that of an UPDATE
    return changed
