"""What is made of strangers' files is made in a process of its own, with little memory and little time, and kept for the next reader.

Whatever a file does to the library that opens it, the site goes on. What was made lies beside the bytes it was made of, named by
their hash, and goes with them.
"""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import BoundedSemaphore

from lms.files.uncleanable import Uncleanable
from lms.store import Store

SECONDS = 60
MEMORY = 2 * 1024**3
VERSION = 1
"""Part of the names of what was made: what an earlier program made is made anew."""
UNCLEANABLE = 3
"""How a process ends that finds out for good that a file cannot be cleaned; what else goes wrong is tried again."""
_AT_ONCE = BoundedSemaphore(2)


class Failed(Exception):
    """Nothing could be made of the file; the reason is for the log."""


def clean(store: Store, sha256: str, type: str) -> Path:
    """A copy without what its properties tell about its author. Raises Failed, and FileNotFoundError for lost bytes."""
    if type.startswith("text/"):
        return _source(store, sha256)
    return _made(store, sha256, "clean", type)


def draw(store: Store, sha256: str, type: str, page: int) -> Path:
    """A picture of a page, from 1, as WebP. Raises as `clean`."""
    return _made(store, sha256, f"page-{page}", type)


def count(store: Store, sha256: str, type: str) -> int:
    """How many pages there are. Raises as `clean`."""
    return int(_made(store, sha256, "count", type).read_text("ascii"))


def folder(store: Store) -> Path:
    """Where what was made lies."""
    return store.folder / "made"


def sweep(store: Store) -> None:
    """Remove what was made of bytes that are gone."""
    if folder(store).is_dir():
        for path in sorted(folder(store).iterdir()):
            if store.find(path.name.partition("-")[0]) is None:
                path.unlink(missing_ok=True)


def _source(store: Store, sha256: str) -> Path:
    found = store.find(sha256)
    if found is None:
        raise FileNotFoundError(sha256)
    return found


def _made(store: Store, sha256: str, job: str, type: str) -> Path:
    place = folder(store) / f"{sha256}-{job}-{VERSION}"
    if place.is_file():
        return place
    never = place.with_name(f"{place.name}-never")
    if never.is_file():
        raise Failed(never.read_text("utf-8"))
    source = _source(store, sha256)
    place.parent.mkdir(parents=True, exist_ok=True)
    target = store.unfinished()
    command = [sys.executable, "-m", "lms.files.apart", job, type, str(source.absolute()), str(target.absolute())]
    try:
        with _AT_ONCE:
            done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - our own program
        if done.returncode:
            reason = f"{job}: {done.stderr.decode('utf-8', 'replace')[-300:].strip() or done.returncode}"
            if done.returncode == UNCLEANABLE:
                never.write_text(reason, "utf-8")
            raise Failed(reason)
        target.replace(place)
    except subprocess.TimeoutExpired:
        raise Failed(f"{job}: took more than {SECONDS} s") from None
    finally:
        target.unlink(missing_ok=True)
    return place


def _bound() -> None:
    """Limit what this process may take, where the system can."""
    with suppress(ImportError):
        import resource  # noqa: PLC0415 - absent on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def main(job: str, type: str, source: Path, target: Path) -> None:
    """One job, in a process that has nothing else to lose."""
    from lms.files import cleaning, looking  # noqa: PLC0415 - only this process opens files

    if job == "clean":
        try:
            cleaning.clean_file(source, target, type)
        except Uncleanable as error:
            sys.stderr.write(str(error))
            sys.exit(UNCLEANABLE)
    elif job == "count":
        target.write_text(str(looking.count(source, type)), "ascii")
    else:
        looking.draw(source, target, type, int(job.removeprefix("page-")))


if __name__ == "__main__":
    _bound()
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
