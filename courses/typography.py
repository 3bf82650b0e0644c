"""Quotation marks, dashes and spaces that do not break, as each language sets them.

It works on finished, well-formed HTML, so that it sees what a reader sees: a quotation may begin before a bold word and end
behind it, and code, formulas and everything inside of tags are never touched. Markdown's own `smarty` was weighed and left: it
sees one stretch of text at a time, so it turns the mark behind a bold word the wrong way round, knows no nested marks and sets no
spaces. Only spaces and signs change, never a letter: what could be found before is found after.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import compress

_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"</?([A-Za-z][\w-]*)")
_KEPT = frozenset({"code", "pre", "kbd", "samp", "var", "math", "tt", "script", "style"})
_INLINE = frozenset(
    {
        "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp", "small",
        "span", "strong", "sub", "sup", "time", "u", "var", "wbr", "math", "tt",
    }
)  # fmt: skip
_MARKS = {"ru": (("«", "»"), ("„", "“")), "en": (("“", "”"), ("‘", "’"))}
_OPENS_BEFORE = frozenset(" \t\n\xa0([{—–-/>")

_SHORT = r"[Бб]ез|[Дд]ля|[Нн]ад|[Пп]од|[Пп]ри|[Пп]ро|[А-ЯЁа-яё][а-яё]?"  # prepositions, conjunctions and particles
_UNITS = (
    r"кг|мг|г|т|км|см|мм|м|л|мл|с|мин|ч|сут|дн[яей]*|дня|дней|недел[ьиюе]+|месяц\w*|лет|год\w*|гг?\.|вв?\.|час\w*|минут\w*|секунд\w*|"
    r"руб\w*|коп\w*|₽|€|\$|%|°C?|[КМГТ]Б|[кМГ]?Гц|[кМ]?Вт|шт|чел\w*|раза?|тыс|млн|млрд|балл\w*|стр|пункт\w*"
)


_Patterns = tuple[re.Pattern[str], ...]


class _Known(dict[str, _Patterns]):
    """What was found out about words, found out when it is asked for and not known yet."""

    def __init__(self, find: Callable[[str], _Patterns]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, word: str) -> _Patterns:
        if len(self) >= 20_000:
            self.clear()
        found = self[word] = self._find(word)
        return found


class _Spaces:
    """Spaces that must not break, decided word by word: a text holds the same words again and again.

    ``dash`` is what must follow a space for a dash to stay with the word before it; ``rules`` are how a word ends and what follows.
    """

    def __init__(self, dash: str, *rules: tuple[str, str]) -> None:
        self._dash = re.compile(dash)
        self._rules = [(re.compile(rf"(?:{ends})\Z"), re.compile(follows)) for ends, follows in rules]
        self._after = _Known(self._held_by)

    def _held_by(self, text: str, start: int = 0) -> _Patterns:
        return tuple(follows for ends, follows in self._rules if ends.search(text, start))

    def keep(self, text: str, start: int) -> str:
        """The text with spaces from ``start`` on that do not break; what stands before it is only looked at."""
        words = text[start:].split(" ")
        last = len(words) - 1
        if not last:
            return text
        held_by = list(map(self._after.__getitem__, words))
        held_by[0] = self._held_by(text[:start] + words[0], start)
        spaces = [" "] * last
        for place in compress(range(last), held_by):
            after = words[place + 1] + (" " if place + 1 < last else "")
            for follows in held_by[place]:
                if follows.match(after):
                    spaces[place] = "\xa0"
                    break
        if "—" in text or "–" in text:
            for place, word in enumerate(words[1:]):
                before, after = words[place][-1:], word + (" " if place + 1 < last else "")
                if before and not before.isspace() and self._dash.match(after):
                    spaces[place] = "\xa0"
        both = [text[:start], *words, *spaces]
        both[1::2], both[2::2] = words, spaces
        return "".join(both)


_RUSSIAN = _Spaces(
    r"[—–](?:[ \n,.]|\Z)",
    (rf"(?<![\w\-‑])(?:{_SHORT})", r"[\w«„“(\ue002]|\Z"),  # a short word does not end a line
    (r"\d", rf"(?:{_UNITS})(?![\w])"),
    (r"[№§]", r"[\dIVX]"),
    (r"\b(?:[Рр]ис|[Тт]абл|[Гг]л|[Сс]тр|[Сс]т|п|ул|им|т)\.", r"[\dА-ЯЁ]|[едпкн]\."),
    (r"(?<![\w.])[А-ЯЁ]\.", r"[А-ЯЁ]"),
)
_ENGLISH = _Spaces(
    r"[—–] ",
    (
        r"\d",
        r"(?:kg|mg|g|km|cm|mm|m|l|ml|s|min|h|hours?|minutes?|days?|weeks?|years?|%|°C?|[kMGT]B|[kMG]?Hz|k?W|px|pp?\.)(?!\w)",
    ),
    (r"\b(?:[Ff]ig|[Nn]o|[Pp]p?|[Cc]h)\.", r"\d"),
)
_RUSSIAN_DASH = re.compile(r"(?<=[А-Яа-яЁё»“”\"')\]!?.,…\ue003]) (?:-|--|---|–) (?=\S)|(?<=\S) -{2,3} (?=\S)")
_ENGLISH_DASH = re.compile(r"(?<=\S) -{2,3} (?=\S)")


def _from(start: int, pattern: re.Pattern[str], made: Callable[[re.Match[str]], str], text: str) -> str:
    """The text with what matches from ``start`` on replaced; what stands before it is only looked at."""
    out: list[str] = []
    place = 0
    for match in pattern.finditer(text, start):
        out += [text[place : match.start()], made(match)]
        place = match.end()
    return "".join([*out, text[place:]])


def _dash(match: re.Match[str]) -> str:
    return "\xa0— "


class _Russian:
    marks = _MARKS["ru"]
    openers = "«„"
    apostrophes = False

    @staticmethod
    def spaces(text: str, start: int) -> str:
        if " -" in text or " –" in text:
            text = _from(start, _RUSSIAN_DASH, _dash, text)
        return _RUSSIAN.keep(text, start)


class _English:
    marks = _MARKS["en"]
    openers = "“‘"
    apostrophes = True

    @staticmethod
    def spaces(text: str, start: int) -> str:
        if " --" in text:
            text = _from(start, _ENGLISH_DASH, _dash, text)
        return _ENGLISH.keep(text, start)


_LANGUAGES: dict[str, type[_Russian] | type[_English]] = {"ru": _Russian, "en": _English}


def typeset(html: str, language: str) -> str:
    """The HTML with the marks and spaces of the language; of languages not known here nothing changes.

    Straight double quotes become the language's own only where they come in pairs within one block of text; an author who
    typed the right ones keeps them.
    """
    way = _LANGUAGES.get(language.split("-")[0])
    if way is None:
        return html
    pieces = _TAG.split(html)
    run: list[int] = []
    kept = 0
    quotes = any('"' in piece or "'" in piece for piece in pieces[::2])
    for place, piece in enumerate(pieces):
        if place % 2 == 0:
            if piece and (run or kept or not piece.isspace()):
                run.append(-1 if kept else place)
            continue
        tag, closes = _named(piece)
        if tag in _KEPT:
            kept = max(kept + (-1 if closes else 1), 0)
        elif run and not kept and tag not in _INLINE:
            _set(pieces, run, way, quotes)
            run = []
    if run:
        _set(pieces, run, way, quotes)
    return "".join(pieces)


@lru_cache(maxsize=2_000)
def _named(tag: str) -> tuple[str, bool]:
    """The name of a tag, and whether it is a closing one."""
    name = _NAME.match(tag)
    return name[1].lower() if name else "", tag[1:2] == "/"


def _set(pieces: list[str], run: list[int], way: type[_Russian] | type[_English], quotes: bool) -> None:
    """Typeset one block's stretches of text; -1 stands for code or a formula between them."""
    if quotes:
        _quote(pieces, run, way)
    before = "\n"  # enough of what stands before to see whole short words
    for place in run:
        if place < 0:
            before = "xxxx"
            continue
        pieces[place] = way.spaces(before + pieces[place], len(before))[len(before) :]
        before = (before + pieces[place])[-8:]


def _quote(pieces: list[str], run: list[int], way: type[_Russian] | type[_English]) -> None:
    doubles = sum(pieces[place].count('"') for place in run if place >= 0)
    singles = way.apostrophes and any("'" in pieces[place] for place in run if place >= 0)
    if not singles and (not doubles or doubles % 2):
        return
    depth = 0
    before = " "
    made: list[tuple[int, str]] = []

    def double(after: str) -> str:
        nonlocal depth
        opening = (before in _OPENS_BEFORE or before in way.openers) and (
            depth == 0 or (after != "" and not after.isspace())
        )
        if opening and depth < 2:
            depth += 1
            return way.marks[depth - 1][0]
        if not depth:
            return '"'
        depth -= 1
        return way.marks[depth][1]

    def single(after: str) -> str:
        return "‘" if (before in _OPENS_BEFORE or before in way.openers) and after.isalpha() else "’"

    signs: dict[str, Callable[[str], str]] = {}
    if doubles and doubles % 2 == 0:
        signs['"'] = double
    if singles:
        signs["'"] = single
    for place in run:
        if place < 0:
            before = "x"
            continue
        text = pieces[place]
        out: list[str] = []
        for at, sign in enumerate(text):
            make = signs.get(sign)
            out.append(make(text[at + 1 : at + 2]) if make else sign)
            before = out[-1]
        made.append((place, "".join(out)))
    if depth:
        return  # not in pairs after all: the marks stay as they were typed
    for place, text in made:
        pieces[place] = text
