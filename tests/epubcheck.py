"""The checker that shops and libraries hold an EPUB to: the one that is there, or Debian's."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Verdict:
    """How many findings of each weight, and what they say."""

    fatals: int
    errors: int
    warnings: int
    findings: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.fatals or self.errors or self.warnings)


@cache
def _archive() -> str:
    """The path of epubcheck, installed from Debian's packages when there is none. A machine that cannot have it fails the run."""
    if found := shutil.which("epubcheck"):
        return str(Path(found).resolve())
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "epubcheck"],
    ):
        subprocess.run([*prefix, *command], check=True, stdout=subprocess.DEVNULL)
    found = shutil.which("epubcheck")
    if not found:
        raise RuntimeError("these tests need epubcheck: install it (on Debian: apt-get install epubcheck)")
    return str(Path(found).resolve())


def epubcheck(book: Path) -> Verdict:
    """Check a book."""
    # Debian's command is the archive itself, which only some systems start by its name; a short run is quickest without
    # the second compiler
    java = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", _archive()]
    done = subprocess.run([*java, str(book), "--json", "-", "--quiet"], capture_output=True, text=True, check=False)
    try:
        report = json.loads(done.stdout[done.stdout.index("{") :])
    except ValueError:
        raise RuntimeError(f"epubcheck said nothing of {book}: {done.stderr[:2000]}") from None
    counts = report["checker"]
    findings = tuple(
        f"{message['severity']}({message['ID']}): {place['path'].rpartition('.epub/')[2]}:{place['line']}: {message['message']}"
        for message in report["messages"]
        for place in message["locations"] or [{"path": "", "line": 0}]
    )
    return Verdict(counts["nFatal"], counts["nError"], counts["nWarning"], findings)
