"""Quotation marks, dashes and spaces that do not break, as each language sets them.

It works on finished, well-formed HTML, so that it sees what a reader sees: a quotation may begin before a bold word and end
behind it, and code, formulas and everything inside of tags are never touched. Markdown's own `smarty` was weighed and left: it
sees one stretch of text at a time, so it turns the mark behind a bold word the wrong way round, knows no nested marks and sets no
spaces. Only spaces and signs change, never a letter: what could be found before is found after.
"""

from __future__ import annotations

import re
from collections.abc import Callable

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
_RUSSIAN = re.compile(
    rf"(?<![\w\-‑])({_SHORT}) (?=[\w«„“(\ue002]|\Z)"  # a short word does not end a line
    rf"|(\d) (?=(?:{_UNITS})(?![\w]))"
    r"|([№§]) (?=[\dIVX])"
    r"|\b((?:[Рр]ис|[Тт]абл|[Гг]л|[Сс]тр|[Сс]т|п|ул|им|т)\.) (?=[\dА-ЯЁ]|[едпкн]\.)"
    r"|(?<![\w.])([А-ЯЁ]\.) (?=[А-ЯЁ])"
    r"|(\S) (?=[—–](?:[ \n,.]|$))"
)
_ENGLISH = re.compile(
    r"(\d) (?=(?:kg|mg|g|km|cm|mm|m|l|ml|s|min|h|hours?|minutes?|days?|weeks?|years?|%|°C?|[kMGT]B|[kMG]?Hz|k?W|px|pp?\.)(?!\w))"
    r"|\b((?:[Ff]ig|[Nn]o|[Pp]p?|[Cc]h)\.) (?=\d)|(\S) (?=[—–] )",
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


def _kept_together(match: re.Match[str]) -> str:
    return match[0][:-1] + "\xa0"


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
        return _from(start, _RUSSIAN, _kept_together, text)


class _English:
    marks = _MARKS["en"]
    openers = "“‘"
    apostrophes = True

    @staticmethod
    def spaces(text: str, start: int) -> str:
        if " --" in text:
            text = _from(start, _ENGLISH_DASH, _dash, text)
        return _from(start, _ENGLISH, _kept_together, text)


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
    for place, piece in enumerate(pieces):
        if place % 2 == 0:
            if piece and not kept:
                run.append(place)
            elif piece:
                run.append(-1)
            continue
        name = _NAME.match(piece)
        tag = name[1].lower() if name else ""
        if tag in _KEPT:
            kept = max(kept + (-1 if piece[1] == "/" else 1), 0)
        elif not kept and tag not in _INLINE:
            _set(pieces, run, way)
            run = []
    _set(pieces, run, way)
    return "".join(pieces)


def _set(pieces: list[str], run: list[int], way: type[_Russian] | type[_English]) -> None:
    """Typeset one block's stretches of text; -1 stands for code or a formula between them."""
    texts = [place for place in run if place >= 0]
    if not texts:
        return
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
