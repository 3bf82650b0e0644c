"""Patches are tried with git itself; merges with all small texts."""

import itertools
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.studio import difference
from lms.studio.difference import Line

LONG = "".join(f"line {number}\n" for number in range(200))


def applied(
    folder: Path, before: Mapping[str, bytes], after: Mapping[str, bytes], within: str = ""
) -> dict[str, bytes]:
    """What git makes of `before` with our patch."""
    root = folder / within
    root.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    for name, data in before.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    whole = b"".join(difference.patch(name, before.get(name), after.get(name)) for name in sorted({*before, *after}))
    (folder / ".git" / "a.patch").write_bytes(whole)
    apply = ["git", "apply", "--whitespace=nowarn", *([f"--directory={within}"] if within else []), ".git/a.patch"]
    done = subprocess.run(apply, cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode() + whole.decode("utf-8", "replace")
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }


CHANGES: dict[str, tuple[dict[str, bytes], dict[str, bytes]]] = {
    "a word": ({"a.md": b"one\ntwo\nthree\n"}, {"a.md": b"one\n2\nthree\n"}),
    "a new file": ({"a.md": b"one\n"}, {"a.md": b"one\n", "01/b.md": b"two\n"}),
    "a file less": ({"a.md": b"one\n", "b.md": b"two\n"}, {"a.md": b"one\n"}),
    "no line end at the end": ({"a.md": b"one\ntwo"}, {"a.md": b"one\n2"}),
    "a line end more": ({"a.md": b"one\ntwo"}, {"a.md": b"one\ntwo\n"}),
    "a line end less": ({"a.md": b"one\ntwo\n"}, {"a.md": b"one\ntwo"}),
    "line ends of Windows": ({"a.md": b"one\r\ntwo\r\n"}, {"a.md": b"one\r\n2\r\n"}),
    "emptied": ({"a.md": b"one\n"}, {"a.md": b""}),
    "filled": ({"a.md": b""}, {"a.md": b"one\n"}),
    "an empty file": ({"a.md": b"one\n"}, {"a.md": b"one\n", "b.md": b""}),
    "an empty file less": ({"a.md": b"one\n", "b.md": b""}, {"a.md": b"one\n"}),
    "Cyrillic names": ({"01-начало/урок.md": "раз\n".encode()}, {"01-начало/урок.md": "два\n".encode(), "ёж.md": b"x\n"}),
    "names with spaces": ({"my text.md": b"one\n"}, {"my text.md": b"two\n", "a new one.md": b"x\n"}),
    "names with quotes": ({'a "b" \\ c.md': b"one\n"}, {'a "b" \\ c.md': b"two\n"}),
    "a picture": ({"a.png": bytes(range(256)) * 9}, {"a.png": bytes(range(255, -1, -1)) * 11}),
    "a new picture": ({"a.md": b"x\n"}, {"a.md": b"x\n", "m/b.png": b"\x89PNG\0" + bytes(range(256)) * 300}),
    "a picture less": ({"a.png": b"\0\1\2", "a.md": b"x\n"}, {"a.md": b"x\n"}),
    "a text that becomes bytes": ({"a.bin": b"text\n"}, {"a.bin": b"\0\0\0"}),
    "letters of another code page": ({"a.md": "раз\n".encode("cp1251")}, {"a.md": "два\n".encode("cp1251")}),
    "signs that other programs take for line ends": ({"a.md": "a\u2028b\x0bc\x85\n".encode()}, {"a.md": "a\u2028b\x0bd\x85\n".encode()}),
    "far apart": ({"a.md": LONG.encode()}, {"a.md": LONG.replace("line 3\n", "3\n").replace("line 190\n", "").encode()}),
    "near each other": ({"a.md": LONG.encode()}, {"a.md": LONG.replace("line 3\n", "3\n").replace("line 10\n", "x\ny\n").encode()}),
    "the first and the last line": ({"a.md": LONG.encode()}, {"a.md": ("new\n" + LONG + "end").encode()}),
    "turned round": ({"a.md": LONG.encode()}, {"a.md": "".join(reversed(difference.lines_of(LONG))).encode()}),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_git_applies_the_patch(name, tmp_path):
    before, after = CHANGES[name]
    assert applied(tmp_path, before, after) == after


def test_a_patch_of_a_course_is_applied_in_the_folder_it_lies_in(tmp_path):
    before, after = CHANGES["Cyrillic names"]
    assert applied(tmp_path, before, after, "content/my course") == after


def test_the_same_is_no_patch():
    assert difference.patch("a.md", b"one\n", b"one\n") == b""


def test_git_writes_the_same_patch(tmp_path):
    """Byte for byte, but for the mode in the line of hashes."""
    before, after = (
        b"".join(b"%d\n" % n for n in range(40)),
        b"".join(b"%d\n" % n for n in range(40) if n not in (7, 30)),
    )
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "a.md").write_bytes(before)
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    (tmp_path / "a.md").write_bytes(after)
    theirs = subprocess.run(["git", "diff", "--full-index"], cwd=tmp_path, capture_output=True, check=True).stdout
    theirs = b"\n".join(
        line.partition(b" @@ ")[0] + (b" @@" if b" @@ " in line else b"") for line in theirs.split(b"\n")
    )
    assert difference.patch("a.md", before, after) == theirs.replace(b" 100644\n", b"\n")


def test_hunks_have_the_numbers_of_both_sides():
    [lines] = difference.hunks("a\nb\nc\n", "a\nB\nc\nd\n")
    assert lines == [
        Line(" ", "a\n", 1, 1), Line("-", "b\n", 2, 0), Line("+", "B\n", 0, 2), Line(" ", "c\n", 3, 3), Line("+", "d\n", 0, 4),
    ]  # fmt: skip
    assert difference.hunks("a\n", "a\n") == []
    assert len(difference.hunks(LONG, LONG.replace("line 3\n", "").replace("line 100\n", ""))) == 2


TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n", "end"]), max_size=12).map("".join)


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS)
def test_a_difference_holds_both_texts(before, after):
    shown = [line for lines in difference.hunks(before, after) for line in lines]
    a, b = difference.lines_of(before), difference.lines_of(after)
    assert all(a[line.before - 1] == line.text for line in shown if line.before)
    assert all(b[line.after - 1] == line.text for line in shown if line.after)
    gone = {line.before for line in shown if line.sign == "-"}
    new = {line.after for line in shown if line.sign == "+"}
    assert [t for n, t in enumerate(a, 1) if n not in gone] == [t for n, t in enumerate(b, 1) if n not in new]


# ------------------------------------------------------------------------------------------- two authors

BASE = "one\ntwo\nthree\nfour\nfive\n"


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        (BASE, BASE, BASE),
        ("ONE\ntwo\nthree\nfour\nfive\n", BASE, "ONE\ntwo\nthree\nfour\nfive\n"),
        ("ONE\ntwo\nthree\nfour\nfive\n", "one\ntwo\nthree\nfour\nFIVE\n", "ONE\ntwo\nthree\nfour\nFIVE\n"),
        ("zero\n" + BASE, BASE + "six\n", "zero\n" + BASE + "six\n"),
        ("one\nthree\nfour\nfive\n", "one\ntwo\nthree\nfive\n", "one\nthree\nfive\n"),
        ("ONE\ntwo\nthree\nfour\nfive\n", "ONE\ntwo\nthree\nfour\nfive\n", "ONE\ntwo\nthree\nfour\nfive\n"),
        ("ONE\ntwo\nthree\nfour\nfive\n", "1\ntwo\nthree\nfour\nfive\n", None),
        ("one\ntwo\nx\nthree\nfour\nfive\n", "one\ntwo\ny\nthree\nfour\nfive\n", None),
        ("one\nTWO\nthree\nfour\nfive\n", "one\ntwo\nTHREE\nfour\nfive\n", None),
        ("", "one\ntwo\nthree\nfour\nFIVE\n", None),
    ],
)
def test_changes_of_different_places_are_put_together(mine, theirs, both):
    assert difference.merge(BASE, mine, theirs) == both
    assert difference.merge(BASE, theirs, mine) == both


def test_small_texts_are_merged_right_or_not_at_all():
    """Whatever one side left alone is the other's; both orders agree."""
    texts = ["".join(parts) for length in range(4) for parts in itertools.product(("a\n", "b\n"), repeat=length)]
    for base in texts:
        for mine in texts:
            assert difference.merge(base, mine, base) == mine
            assert difference.merge(base, base, mine) == mine
            assert difference.merge(base, mine, mine) == mine
            for theirs in texts:
                assert difference.merge(base, mine, theirs) == difference.merge(base, theirs, mine)
