"""Votes: at most so many each, nobody's for their own, none when it is over; they count on when their person is forgotten."""

import re
import threading
from collections.abc import Callable

import pytest

from lms.db import db
from lms.testing import Stage
from lms.votes.feature import VotesData
from tests.lms.club import Group, plugin


@pytest.fixture
def plugins():
    return (plugin,)


@pytest.fixture
def group(stage: Stage):
    return lambda **how: Group(stage, **{"options": "", "learners": 3, **how})


def vote(it: Group, person: int, subject: str, status: int = 200, take_back: bool = False) -> str:
    data = {"subject": subject, "vote": "no" if take_back else "yes"}
    return it.browser(person).post(f"{it.club}vote", data, status=status)


def counts(it: Group) -> dict[str, int]:
    db.session.rollback()
    return dict(it.visit().votes.counts("themes"))


def buttons(page: str) -> list[str]:
    """What the reader may press, with whose votes it is about."""
    return [re.sub(r"<[^>]+>", "", found) for found in re.findall(r'<button type="submit"[^>]*>(.*?)</button>', page)]


def test_two_votes_each_and_none_for_ones_own(group: Callable[..., Group]) -> None:
    it = group()
    anna, boris, vera = it.learners
    page = it.browser(anna).get(it.club)
    assert buttons(page) == ["Vote for this: Letters", "Vote for this: Songs"], "the maps are hers"
    vote(it, anna, "songs")
    page = vote(it, boris, "songs")
    assert buttons(page) == ["Vote for this: Maps", "Vote for this: Letters", "Take the vote back: Songs"]
    assert re.findall(r'<span class="vote-count">([^<]+)<', page) == ["0 votes", "0 votes", "2 votes"]
    page = vote(it, boris, "maps")
    assert buttons(page) == ["Take the vote back: Maps", "Take the vote back: Songs"]
    assert "2 of 2" in vote(it, boris, "letters", status=422)
    assert "One does not vote for one" in vote(it, anna, "maps", status=422)
    assert "no longer here" in vote(it, anna, "nothing", status=422)
    vote(it, boris, "songs")
    assert counts(it) == {"songs": 2, "maps": 1}, "a vote is cast once"
    vote(it, boris, "songs", take_back=True)
    vote(it, boris, "songs", take_back=True)
    vote(it, boris, "letters")
    assert counts(it) == {"songs": 1, "maps": 1, "letters": 1}
    assert it.visit(boris).votes.mine("themes") == {"maps", "letters"}
    assert it.visit(boris).votes.counts() == {}, "votes of another name are others"
    assert it.visit(vera).votes.mine("themes") == set()
    it.browser(it.tutor).post(f"{it.club}clear")
    assert counts(it) == {"maps": 1, "letters": 1}


def test_when_it_is_over_it_is_over(group: Callable[..., Group]) -> None:
    it = group()
    anna = it.learners[0]
    vote(it, anna, "songs")
    it.move(days=4, hours=6)
    assert "The vote is closed." in vote(it, anna, "letters", status=422)
    assert "The vote is closed." in vote(it, anna, "songs", status=422, take_back=True)
    page = it.browser(anna).get(it.club)
    assert [one for one in buttons(page) if "ote" in one] == []
    assert "You voted for this" in page
    assert counts(it) == {"songs": 1}


def test_many_windows_at_once_give_no_more_votes(group: Callable[..., Group]) -> None:
    it = group()
    boris = it.learners[1]
    browsers = [it.stage.browser(boris) for _ in range(9)]
    tokens = [browser.token() for browser in browsers]
    db.session.rollback()
    found: list[int] = []

    def cast(n: int) -> None:
        data = {"subject": ("maps", "letters", "songs")[n % 3], "vote": "yes", "csrf_token": tokens[n]}
        found.append(browsers[n].client.post(f"{it.club}vote", data=data).status_code)

    threads = [threading.Thread(target=cast, args=(n,)) for n in range(9)]
    with it.stage.outside():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(set(found)) == [303, 422]
    assert sum(counts(it).values()) == 2


def test_a_vote_counts_on_without_its_person(group: Callable[..., Group]) -> None:
    it = group()
    anna, boris, _ = it.learners
    vote(it, anna, "songs")
    vote(it, boris, "songs")
    part, site = VotesData(), it.stage.site
    assert [(one["activity"], one["subject"]) for one in part.export(site, anna)["votes"]] == [("club", "songs")]
    assert part.erase(site, anna) == ["It is forgotten what you voted for; the votes still count."]
    assert part.erase(site, it.tutor) == []
    db.session.commit()
    assert part.export(site, anna) == {"votes": []}
    part.erase(site, boris)
    db.session.commit()
    assert counts(it) == {"songs": 2}
