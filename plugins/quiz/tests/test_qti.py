"""A stranger's items with the scores their responses must get (QTI 2.2), marked by our kinds.

A small reader takes an item whose interaction and whose rule of marking our kinds have; the scores are compared. Every other case is
counted by why it is none of ours. What the reader builds is what a question stores, so that bounds are tried that authors are kept
from writing (right answers that come to more than the whole).
"""

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pytest

from lms_quiz import rules
from lms_quiz.kinds import STANDARD, Reply
from lms_quiz.kinds.choice import Option, Options
from lms_quiz.kinds.gaps import Gap, Gaps
from lms_quiz.kinds.number import Figure, Figures
from lms_quiz.kinds.ordering import Item, Items
from lms_quiz.kinds.pairs import Row, Rows
from lms_quiz.kinds.typed import Wording, Wordings
from lms_quiz.question import Frozen

CORPUS = Path(os.environ.get("LMS_TEST_CORPUS", Path(__file__).parents[4] / "shared" / "corpus"))
FIXTURES = CORPUS / "qti-pie-conformance" / "fixtures"
KINDS = {kind.name: kind for kind in STANDARD}
Responses = Mapping[str, Any]


class Foreign(Exception):
    """Why a case is none of ours."""


class Part(NamedTuple):
    """A question, its points, and how the answer to it is found among the responses."""

    kind: str
    data: Frozen
    points: float
    partial: bool
    reply: Callable[[Responses], Reply | None]


# ------------------------------------------------------------------ what an item says


def brief(element: ElementTree.Element) -> str:
    """Rules of marking as one line: `match(variable:R,correct:R)`."""
    name = element.tag.rpartition("}")[2]
    said = ":".join(filter(None, (name, element.get("identifier"), (element.text or "").strip())))
    inner = ",".join(brief(child) for child in element)
    return f"{said}({inner})" if inner else said


class Declared:
    """A response as declared."""

    def __init__(self, element: ElementTree.Element) -> None:
        self.name = element.get("identifier", "")
        self.cardinality, self.type = element.get("cardinality"), element.get("baseType")
        self.key = [" ".join((one.text or "").split()) for one in element.findall("correctResponse/value")]
        mapping = element.find("mapping")
        self.bounds: tuple[float, float | None] | None = None
        self.worth: dict[str, float] = {}
        self.cased: dict[str, bool] = {}
        self.rest = 0.0
        if mapping is not None:
            upper = mapping.get("upperBound")
            self.bounds = float(mapping.get("lowerBound", "0")), None if upper is None else float(upper)
            self.rest = float(mapping.get("defaultValue", "0"))
            for entry in mapping.findall("mapEntry"):
                key = " ".join(entry.get("mapKey", "").split())
                self.worth[key] = float(entry.get("mappedValue", "0"))
                self.cased[key] = entry.get("caseSensitive", mapping.get("caseSensitive", "true")) == "true"


class QtiItem:
    """An item without its namespace."""

    def __init__(self, folder: Path) -> None:
        text = re.sub(r'\sxmlns(:\w+)?="[^"]*"|\sxsi:\w+="[^"]*"', "", (folder / "item.xml").read_text("utf-8"))
        self.root = ElementTree.fromstring(re.sub(r"<(/?)xi:", r"<\1", text))
        self.cases = json.loads((folder / "cases.json").read_text("utf-8"))["cases"]
        self.declared = {one.get("identifier", ""): Declared(one) for one in self.root.findall("responseDeclaration")}
        self.shown = {
            one.get("responseIdentifier", ""): one
            for one in self.root.iter()
            if one.tag.endswith("Interaction") and one.get("responseIdentifier")
        }

    def offered(self, name: str) -> list[str]:
        """What may be chosen: as shown, or where nothing is shown whatever key, mapping and responses speak of."""
        shown = self.shown.get(name)
        if shown is not None:
            tags = ("simpleChoice", "inlineChoice", "hottext")
            return [one.get("identifier", "") for one in shown.iter() if one.tag in tags]
        declared = self.declared[name]
        given = [value for case in self.cases for value in listed(case["responses"].get(name))]
        return list(dict.fromkeys([*declared.key, *declared.worth, *given]))


def listed(value: Any) -> list[str]:
    return [] if value is None else [str(one) for one in value] if isinstance(value, list) else [str(value)]


# ------------------------------------------------------------------ its questions


def chosen(options: Sequence[str], name: str) -> Callable[[Responses], Reply | None]:
    def reply(responses: Responses) -> Reply | None:
        found = sorted({options.index(value) for value in listed(responses.get(name)) if value in options})
        return {"chosen": found} if found else None

    return reply


def typed(name: str) -> Callable[[Responses], Reply | None]:
    def reply(responses: Responses) -> Reply | None:
        text = " ".join(listed(responses.get(name)))
        return {"text": text} if text else None

    return reply


def boxes(item: QtiItem, one: Declared, worth: Mapping[str, float], points: float, partial: bool) -> Part:
    """Of weights None where only the exact set counts."""
    options = item.offered(one.name)
    if len(options) < 2:
        raise Foreign("a single option is nothing to choose from")
    kind = "many" if one.cardinality == "multiple" else "one"
    data = Options(
        options=tuple(
            Option(html=key, right=worth.get(key, 0) > 0, weight=worth.get(key, 0) / points if partial else None)
            for key in options
        )
    )
    return Part(kind, data, points, partial, chosen(options, one.name))


def correct(item: QtiItem, one: Declared, points: float) -> Part:
    """Right is the key and nothing else."""
    shown = item.shown.get(one.name)
    tag = shown.tag if shown is not None else ""
    if any(spot.get("shape") == "poly" for spot in (shown if shown is not None else ())):
        raise Foreign("a place with corners on a picture")
    if one.type == "identifier" and one.cardinality in ("single", "multiple"):
        return boxes(item, one, dict.fromkeys(one.key, points), points, one.cardinality == "single")
    if one.type == "identifier" and one.cardinality == "ordered":
        options = item.offered(one.name)

        def order(responses: Responses) -> Reply | None:
            given = listed(responses.get(one.name))
            return {"given": [[given.index(key)] if key in given else [] for key in one.key]} if given else None

        assert sorted(options) == sorted(one.key)
        return Part("ordering", Items(items=tuple(Item(html=key) for key in one.key)), points, False, order)
    if tag == "matchInteraction":
        left, right = ([end.get("identifier", "") for end in side] for side in shown.findall("simpleMatchSet"))  # type: ignore[union-attr]
        keys = dict(value.split() for value in one.key)
        rows = Rows(rows=tuple(Row(html=key, right=(right.index(keys[key]),)) for key in left), columns=tuple(right))

        def pairs(responses: Responses) -> Reply | None:
            given = dict(value.split() for value in listed(responses.get(one.name)))
            return {"given": [[right.index(given[key])] if key in given else [] for key in left]} if given else None

        return Part("matching", rows, points, False, pairs)
    raise Foreign("pairs without two lists to match")


def anyhow(text: str) -> str:
    """A pattern that takes a text in any letter case, where case counts otherwise."""
    return "/" + "".join(f"[{sign.upper()}{sign.lower()}]" if sign.isalpha() else sign for sign in text) + "/"


def mapped(item: QtiItem, one: Declared) -> Part:
    """Every answer is worth something of its own, within bounds."""
    assert one.bounds is not None
    low, high = one.bounds
    if one.type not in ("identifier", "string", "integer"):
        raise Foreign("pairs without two lists to match" if one.rest >= 0 else "a wrong pair costs points")
    if low > 0 or one.rest > max(one.worth.values()):
        raise Foreign("a wrong answer brings points")
    gain = [value for value in one.worth.values() if value > 0]
    points = high if high is not None else sum(gain) if one.cardinality == "multiple" else max(gain)
    if one.type == "identifier":
        return boxes(item, one, one.worth, points, True)
    if one.type == "integer":
        figures = tuple(Figure(value=key, weight=value / points) for key, value in one.worth.items())
        return Part("number", Figures(accepted=figures), points, True, typed(one.name))
    case = any(one.cased.values())
    wordings = tuple(
        Wording(forms=(key if one.cased[key] or not case else anyhow(key),), weight=value / points)
        for key, value in one.worth.items()
    )
    return Part("text", Wordings(accepted=wordings, case=case), points, True, typed(one.name))


def gaps(item: QtiItem, names: Sequence[str], points: float) -> Part:
    """Lists in a text, each worth the same."""
    lists = [item.offered(name) for name in names]
    data = Gaps(
        gaps=tuple(
            Gap(options=tuple(options), right=options.index(item.declared[name].key[0]))
            for name, options in zip(names, lists, strict=True)
        )
    )

    def reply(responses: Responses) -> Reply | None:
        given = [responses.get(name) for name in names]
        found = [None if one is None else options.index(one) for one, options in zip(given, lists, strict=True)]
        return None if found.count(None) == len(found) else {"given": found}

    return Part("gaps", data, points, True, reply)


# ------------------------------------------------------------------ its rule of marking

_MATCH = r"match\(variable:(?P<name>\w+),correct:(?P=name)\)"
_SCORE = r"setOutcomeValue:SCORE\(baseValue:(?P<points>[\d.]+)\)"
_ELSE = r"(?:,responseElse\([^I]*\))?"
_WHOLE = re.compile(
    rf"responseCondition\(responseIf\({_MATCH},{_SCORE}(?:,setOutcomeValue:[^()]*\([^()]*\))*\){_ELSE}\)"
)
_HAS = re.compile(
    rf"responseCondition\(responseIf\((?:contains\(variable:(?P<name>\w+),baseValue:(?P<value>\w+)\)"
    rf"|member\(baseValue:(?P<member>\w+),variable:(?P<of>\w+)\)),{_SCORE}\){_ELSE}\)"
)
_GAINS = "setOutcomeValue:SCORE(mapResponse:{0})"
_TALLY = r"(?:,setOutcomeValue:\w+\((?:[^()]|\([^()]*\))*\))?\)\)"
_ADDS = re.compile(
    rf"responseCondition\(responseIf\({_MATCH},setOutcomeValue:SCORE\(sum\(variable:SCORE,baseValue:(?P<points>[\d.]+)\)\){_TALLY}"
    r"|responseCondition\(responseIf\(not\(isNull\(variable:(?P<map>\w+)\)\),"
    rf"setOutcomeValue:SCORE\(sum\(variable:SCORE,mapResponse:(?P=map)\)\){_TALLY}"
)
_PATTERN = re.compile(r"patternMatch\(variable:(\w+),baseValue:(\w+)\),setOutcomeValue:SCORE\(baseValue:(\d+)\)")


def questions(item: QtiItem) -> list[Part]:
    """The item as our questions, whose points are added."""
    root = item.root
    if root.find("templateDeclaration") is not None or root.find("templateProcessing") is not None:
        raise Foreign("values made by a program in the item")
    if any(one.tag == "outcomeProcessing" for one in root.iter()):
        raise Foreign("a rule about the outcomes of a whole test")
    processing = root.find("responseProcessing")
    assert processing is not None
    template = processing.get("template", "").rpartition("/")[2]
    if template == "match_correct":
        return [correct(item, item.declared["RESPONSE"], 1)]
    if template == "map_response":
        return [mapped(item, item.declared["RESPONSE"])]
    rule = ",".join(brief(one) for one in processing)
    if template == "map_response_point" or "mapResponsePoint" in rule or item.root.find(".//areaMapping") is not None:
        raise Foreign("a point set anywhere on a picture")
    if found := _WHOLE.fullmatch(rule):
        return [correct(item, item.declared[found["name"]], float(found["points"]))]
    if found := _HAS.fullmatch(rule):
        one = item.declared[found["name"] or found["of"]]
        return [boxes(item, one, {found["value"] or found["member"]: 1.0}, 1.0, True)]
    for name, one in item.declared.items():
        gain = _GAINS.format(name)
        null = f"responseIf(isNull(variable:{name}),setOutcomeValue:SCORE(baseValue:0.0)),"
        if rule in (gain, f"responseCondition(responseElse({gain}))", f"responseCondition({null}responseElse({gain}))"):
            return [mapped(item, one)]
    added = [*_ADDS.finditer(rule)]
    if added and ",".join(one[0] for one in added) == rule:
        if all(item.shown[one["name"] or one["map"]].tag == "inlineChoiceInteraction" for one in added):
            return [gaps(item, [one["name"] for one in added], sum(float(one["points"]) for one in added))]
        return [
            correct(item, item.declared[one["name"]], float(one["points"]))
            if one["name"] else mapped(item, item.declared[one["map"]])
            for one in added
        ]  # fmt: skip
    if chain := _PATTERN.findall(rule):
        most = float(chain[0][2])
        flags = [one.get("caseSensitive") == "true" for one in processing.iter("patternMatch")]
        wordings = tuple(
            Wording(forms=(f"/{text}/" if cased else anyhow(text),), weight=float(points) / most)
            for (_, text, points), cased in zip(chain, flags, strict=True)
        )
        return [Part("text", Wordings(accepted=wordings, case=True), most, True, typed(chain[0][0]))]
    if "stringMatch" in rule:
        raise Foreign("the first rule that fits counts, though a later one brings more")
    raise Foreign("a score worked out by a program in the item")


def near(item: QtiItem, outcome: str) -> list[Part]:
    """An outcome that says whether a number is near enough to another."""
    for found in item.root.findall("responseProcessing/setOutcomeValue"):
        equal = found.find("equal")
        if found.get("identifier") == outcome and equal is not None:
            percent = equal.get("toleranceMode") == "relative"
            value = equal.findtext("baseValue", "")
            figure = Figure(value=value, tolerance=equal.get("tolerance", ""), percent=percent)
            return [Part("number", Figures(accepted=(figure,)), 1, True, typed("RESPONSE"))]
    raise Foreign("a score worked out by a program in the item")


def score(parts: Sequence[Part], responses: Responses) -> float:
    marks: list[tuple[rules.Mark, float]] = [
        (KINDS[part.kind].mark(part.data, part.reply(responses), part.partial), part.points) for part in parts
    ]
    return sum(mark.share * points for mark, points in marks)


def items() -> list[QtiItem]:
    if not FIXTURES.is_dir():
        pytest.skip("the corpus of conformance items is not here (LMS_TEST_CORPUS)")
    return [QtiItem(folder) for folder in sorted(FIXTURES.iterdir())]


def test_every_item_we_have_a_kind_for_gets_the_scores_expected_and_the_others_are_known() -> None:
    ours: Counter[str] = Counter()
    foreign: Counter[str] = Counter()
    wrong = []
    for item in items():
        for case in item.cases:
            outcomes = case["expect"].get("outcomes", {})
            expected = outcomes.get("SCORE", case["expect"].get("score"))
            try:
                if set(outcomes) & {"TOL_ABS", "TOL_REL", "ROUNDED_SIG"}:
                    name, held = next(iter(outcomes.items()))
                    parts, expected = near(item, name), float(held)
                elif expected is None:
                    raise Foreign("no score is expected")
                else:
                    parts = questions(item)
            except Foreign as why:
                foreign[str(why)] += 1
                continue
            ours["+".join(part.kind for part in parts)] += 1
            found = score(parts, case["responses"])
            if abs(found - float(expected)) > 1e-7:
                wrong.append((item.root.get("identifier"), case["responses"], found, expected))
    assert wrong == []
    assert dict(ours) == OURS
    assert dict(foreign) == FOREIGN
    assert (sum(OURS.values()), sum(FOREIGN.values())) == (87, 180)


OURS = {"many": 28, "one": 15, "gaps": 11, "one+one+text": 11, "number": 8, "text": 7, "matching": 5, "ordering": 2}
FOREIGN = {
    "a score worked out by a program in the item": 48,
    "no score is expected": 43,
    "a point set anywhere on a picture": 26,
    "a rule about the outcomes of a whole test": 16,
    "pairs without two lists to match": 13,
    "values made by a program in the item": 10,
    "a wrong pair costs points": 9,
    "a wrong answer brings points": 6,
    "the first rule that fits counts, though a later one brings more": 5,
    "a place with corners on a picture": 3,
    "a single option is nothing to choose from": 1,
}
