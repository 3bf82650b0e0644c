"""What is handed in to a workshop: late works, teams, what a work has to have, and who sees it in the end."""

from collections import Counter
from collections.abc import Callable
from typing import Any

NAMES = ("Абрикосова", "Берёзова", "Вишнёва", "Грушева", "Дубова", "Елина")
LATE = "late: allow\npenalty: 25%\n"


def test_the_gallery_opens_when_the_results_are_out(room: Any, words: Callable[[str], str]) -> None:
    room.learners(*NAMES[:3])
    room.hand_in(*NAMES[:3])
    base = f"{room.stage.base(room.run)}works/sample/"
    shown = f"{base}shown/"
    room.browsers["Абрикосова"].post(f"{base}consent", {"audience": "public"})
    room.browsers["Берёзова"].post(f"{base}consent", {"audience": "run"})
    visitor = room.stage.browser()
    public = f"/works/{room.stage.base(room.run).split('/')[2]}/sample"
    for phase in ("review", "evaluation"):
        room.move(phase)
        room.browsers["Вишнёва"].get(shown, status=404)
        visitor.get(f"{public}/1/", status=404)
    room.move("closed")
    page = words(room.browsers["Вишнёва"].get(shown))
    assert [room.secret(name) in page for name in NAMES[:3]] == [True, True, False]
    assert "Абрикосова" in page
    assert room.secret("Абрикосова") in visitor.get(f"{public}/1/")
    visitor.get(f"{public}/2/", status=404)
    assert "works/sample/shown/" in room.page("Вишнёва")
    assert "works/sample/shown/" in room.tutor.get(room.base)
    room.move("review")
    room.browsers["Вишнёва"].get(shown, status=404)
