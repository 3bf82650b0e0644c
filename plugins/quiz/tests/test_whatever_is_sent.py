"""Whatever a form sends, to every kind of question and under every behaviour: an answer or none, never a failure."""

import re
from random import Random
from typing import Any

import pytest

TEXT = """:::{quiz} Всё
:id: sample
%OPTIONS%

1. Кто?
   - (x) форум
   - ( ) чат
2. Что?
   - [x] два
   - [ ] три
3. Москва — столица России.
   = верно
4. Сколько?
   = 9,8 ± 0,1 м/с² | m/s^2
5. Кто?
   = /(ле)+тописец/ | лето*
6. Соедините.
   - лягушка -> земноводное
   - уж -> пресмыкающееся
   - -> рыба
7. По порядку.
   1) раз
   2) два
   3) три
8. Кто где?
   | | Зверь | Птица |
   |---|---|---|
   | кит | (x) | ( ) |
9. Кто что?
   | | Плавает | Летает |
   |---|---|---|
   | утка | [x] | [x] |
10. Летает [[сова]], охотится [[(орёл)|пёс]].
11. Где?
    ![Дом](https://example.org/house.png)
    - (x) {area="41,62 18,36"}
    - ( ) {circle="50,30 8"}
12. Сколько?
    let a = 2..9
    = {a * 2}
13. Расскажите.
    = essay
    = file
:::
"""
COUNT = 13
STRINGS = (
    "", " ", "0", "-1", "1e400", "nan", "∞", "٣", "а" * 3000, "<b>", "{a}", "[[x]]", "\u202e", "9,8 м/с²", "%s", "'", "\r\n\r\n",
    "(" * 500, "🦉" * 50,
)  # fmt: skip


@pytest.mark.parametrize("behaviour", ["deferred", "adaptive", "interactive", "certainty", "immediate", "exam"])
def test_a_form_of_anything_is_read(place_with: Any, behaviour: str) -> None:
    chance = Random(behaviour)
    place = place_with(f":behaviour: {behaviour}", text=TEXT)
    learner = place.learner()
    sitting = place.sit(learner).start()
    browser = sitting.browser
    words = [*re.findall(r'value="(\w{16})"', sitting.page), *STRINGS]
    token = browser.token()
    for _ in range(12):
        sent = sitting.form({})
        for number in range(1, COUNT + 1):
            for ending in ("", chance.choice((".1", ".2", ".", ".x", "-sure"))):
                sent[f"q{number}{ending}"] = [chance.choice(words) for _ in range(chance.randrange(6))]
        acts = ("save",) if behaviour in ("deferred", "certainty") else ("check", "again")
        path = f"{place.base}attempts/1/{chance.choice(acts)}"
        path += "" if path.endswith("save") else f"/{chance.randrange(COUNT + 2)}"
        with place.stage.outside():
            found = browser.client.post(path, data={"csrf_token": token, **sent}, follow_redirects=True)
        assert found.status_code in (200, 404, 409)
        sitting.page = browser.get(f"{place.base}attempts/1/")
    browser.post(f"{place.base}attempts/1/finish", {"confirmed": "1"})
    tutor = place.tutor()
    for page in ("waiting/", "attempts/", "statistics/", "statistics.csv", f"people/{learner}/1/"):
        tutor.get(place.base + page)
    assert list(place.stage.site.troubles) == []
