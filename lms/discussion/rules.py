"""How posts are found and quoted. Pure.

Words are compared by their stems (Snowball's, for Russian and English), without case, and with ё as е: «школах» finds «школа». A star
asks for a beginning: «летопис*» finds «летописец». The stems of a post and its words, each after a `=`, are kept beside it, so that
both databases search alike.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

MOST_WORDS = 8
"""Words of a question that count."""
AROUND = 80
"""Characters shown on either side of what was found."""
_WORD = re.compile(r"[^\W_]+")
_ASKED = re.compile(r"[^\W_]+\*?")
_RUSSIAN = re.compile(r"[а-я]")


def folded(word: str) -> str:
    """A word without what does not tell it from another."""
    return word.casefold().replace("ё", "е")


def stems(words: Iterable[str]) -> list[str]:
    """Of each word the part that its forms share."""
    import snowballstemmer  # noqa: PLC0415 - loaded with the first post or question

    # made anew each time: a stemmer holds the word it is at, and two requests must not meet in it
    russian, english = snowballstemmer.stemmer("russian"), snowballstemmer.stemmer("english")
    found = []
    for word in words:
        low = folded(word)
        found.append(str((russian if _RUSSIAN.search(low) else english).stemWord(low)))
    return found


def index(*texts: str) -> str:
    """The stems and words of texts as they are kept: each once, with a space on either side."""
    words = {word for text in texts for word in _WORD.findall(text)}
    found = {*stems(words), *(f"={folded(word)}" for word in words)}
    return f" {' '.join(sorted(found))} " if found else ""


def asked(question: str) -> list[str]:
    """What a question is about, each once: stems and, after a `=`, beginnings of words."""
    words = _ASKED.findall(question)
    found = (f"={folded(word[:-1])}" if word.endswith("*") else stems([word])[0] for word in words)
    return list(dict.fromkeys(found))[:MOST_WORDS]


def pattern(wanted: str) -> str:
    """Of something asked, what a post's words are like that have it."""
    return f"% {wanted}%" if wanted.startswith("=") else f"% {wanted} %"


def excerpt(text: str, wanted: Collection[str]) -> list[tuple[str, bool]]:
    """The words around the first thing found: (text, whether it was asked for) in order."""
    words = list(_WORD.finditer(text))
    begun = tuple(one[1:] for one in wanted if one.startswith("="))
    found = [
        word
        for word, own in zip(words, stems(word[0] for word in words), strict=True)
        if own in wanted or (begun and folded(word[0]).startswith(begun))
    ]
    begin = max(0, (found[0].start() if found else 0) - AROUND)
    end = min(len(text), (found[0].end() if found else 0) + 2 * AROUND)
    begin = begin and text.find(" ", begin, end) + 1
    end = end if end == len(text) else max(text.rfind(" ", begin, end), found[0].end() if found else 0)
    return list(_parts(text, begin, end, found))


def _parts(text: str, begin: int, end: int, found: Sequence[re.Match[str]]) -> Iterator[tuple[str, bool]]:
    place = begin
    if begin:
        yield "… ", False
    for match in found:
        if place <= match.start() and match.end() <= end:
            if place < match.start():
                yield text[place : match.start()], False
            yield match[0], True
            place = match.end()
    if place < end:
        yield text[place:end], False
    if end < len(text):
        yield " …", False


def quoted(text: str) -> str:
    """A text as a quotation in Markdown, to write below."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
