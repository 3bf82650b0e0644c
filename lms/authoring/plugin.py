"""The beginning of a plugin: a distribution with one kind of activity, its template, translations and tests, ready to install."""

import re
from pathlib import Path
from string import Template

from lms.authoring.starting import title_of
from lms.i18n import Message, mark
from lms.plugin import BadInput

SKELETON = Path(__file__).parent / "skeleton"
"""Files to copy: `PACKAGE` and `NAME` in their paths and `$fields` in their text stand for what is given."""


def plugin(folder: Path, name: str, title: str, russian: str) -> list[Path]:
    """Write the plugin `name` into a new folder; the paths written. Raises `BadInput`.

    `title` is what the activity is called in English, `russian` in Russian."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or len(name) > 30:
        text = mark("“{name}” cannot be the name of a plugin: small Latin letters, figures and _ between them.")
        raise BadInput(Message(text, {"name": name}))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(Message(mark("{path} is there already: choose another name."), {"path": folder}))
    fields = {
        "name": name, "slug": name.strip("_").replace("_", "-"), "package": f"lms_{name}", "distribution": f"lms-{name.replace('_', '-')}",
        "kind": "".join(part.capitalize() for part in name.split("_") if part), "title": _plain(title or title_of(name)),
        "russian": _plain(russian or title or title_of(name)),
    }  # fmt: skip
    written = []
    for source in sorted(path for path in SKELETON.rglob("*.in") if path.is_file()):
        path = folder / str(source.relative_to(SKELETON)).removesuffix(".in").replace(
            "PACKAGE", fields["package"]
        ).replace("NAME", name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(Template(source.read_text("utf-8")).substitute(fields), "utf-8")
        except OSError as error:
            reason = error.strerror or "?"
            raise BadInput(
                Message(mark("{path} cannot be written: {reason}"), {"path": path, "reason": reason})
            ) from None
        written.append(path)
    return written


def _plain(title: str) -> str:
    """A title that may stand between quotes in Python and in a catalogue."""
    return re.sub(r'["\\{}\s]+', " ", title).strip()
