"""Teams by chance: even, mixed, the same for the same seed; room for who comes late without moving anybody."""

from random import Random

import pytest

from lms.teaming.rules import Origin, counts, deal, place, usual


def group(size: int, chance: Random, schools: int, regions: int) -> dict[int, Origin]:
    """People of schools that lie in regions each; some say nothing of where they come from."""
    found = {}
    for id in range(1, size + 1):
        school = chance.randrange(schools + 1)
        found[id] = Origin(f"school {school}", f"region {school % regions}") if school else Origin()
    return found


def spread(teams: list[list[int]], names: dict[int, str]) -> int:
    """By how much the teams differ in how many people of one name they have, at most."""
    known = {name for name in names.values() if name}
    return max(
        (max(of) - min(of) for name in known if (of := [sum(names[id] == name for id in team) for team in teams])),
        default=0,
    )


def test_any_group_is_dealt_evenly_and_mixed() -> None:
    for seed in range(1500):
        chance = Random(seed)
        size = chance.randint(1, 120)
        people = group(size, chance, chance.randint(1, 12), chance.randint(1, 4))
        teams = deal(people, chance.randint(1, size), str(seed))
        assert sorted(id for team in teams for id in team) == sorted(people)
        sizes = [len(team) for team in teams]
        assert max(sizes) - min(sizes) <= 1
        assert spread(teams, {id: one.school for id, one in people.items()}) <= 1
        assert spread(teams, {id: one.region for id, one in people.items()}) <= 1


def test_a_seed_gives_the_same_teams_and_another_others() -> None:
    people = group(40, Random(1), 5, 2)
    shuffled = dict(sorted(people.items(), key=lambda one: -one[0]))
    assert deal(people, 10, "a") == deal(shuffled, 10, "a")
    assert {frozenset(team) for team in deal(people, 10, "a")} != {frozenset(team) for team in deal(people, 10, "b")}


def test_a_school_that_lies_in_two_regions_is_spread_all_the_same() -> None:
    people = {id: Origin("school", f"region {id % 2}") for id in range(1, 9)} | {id: Origin() for id in range(9, 13)}
    assert sorted(sum(id < 9 for id in team) for team in deal(people, 4, "a")) == [2, 2, 2, 2]


@pytest.mark.parametrize(
    ("people", "least", "most", "able", "chosen"),
    [
        (12, 2, 4, [3, 4, 5, 6], 4),
        (12, 3, 3, [4], 4),
        (13, 3, 4, [4], 4),
        (5, 3, 4, [2], 2),  # no number keeps to both: rather a team too small than one too large
        (1, 2, 4, [1], 1),
        (3, 1, 1, [3], 3),
        (0, 2, 4, [1], 1),
    ],
)
def test_how_many_teams_there_may_be(people: int, least: int, most: int, able: list[int], chosen: int) -> None:
    assert (list(counts(people, least, most)), usual(people, least, most)) == (able, chosen)


def test_latecomers_find_room_where_it_is_least_full_and_least_alike() -> None:
    people = {
        1: Origin("a", "x"),
        2: Origin("b", "y"),
        3: Origin("c", "x"),
        4: Origin("d", "y"),
        5: Origin("b", "y"),
        6: Origin("a", "x"),
    }
    teams = {10: [1, 2], 11: [3, 4], 12: [7, 8, 9]}
    found = place([5], teams, people, 2, 4, "a")
    assert (found.joined, found.new, found.left) == ({11: [5]}, (), [])
    both = place([5, 6], teams, people, 2, 4, "a")
    assert sorted(len(teams[team]) + len(both.joined.get(team, ())) for team in teams) == [3, 3, 3]


def test_nobody_is_moved_for_latecomers() -> None:
    for seed in range(500):
        chance = Random(seed)
        people = group(chance.randint(4, 60), chance, 6, 2)
        ids = sorted(people)
        late = set(chance.sample(ids, chance.randint(1, 4)))
        least, most = chance.choice([(2, 4), (3, 3), (3, 5)])
        before = dict(
            enumerate(
                deal({id: people[id] for id in ids if id not in late}, usual(len(ids) - len(late), least, most), "x")
            )
        )
        found = place(sorted(late), before, people, least, most, str(seed))
        placed = [id for some in (*found.joined.values(), *found.new, found.left) for id in some]
        assert sorted(placed) == sorted(late)
        after = {team: [*members, *found.joined.get(team, ())] for team, members in before.items()}
        assert max(len(members) for members in after.values()) <= max(
            most, *(len(members) for members in before.values())
        )
        assert all(least <= len(team) <= most for team in found.new)
        assert len(found.left) < least
        # one is left only where no team had room for another
        assert not found.left or min(len(members) for members in after.values()) >= most


def test_too_few_for_a_team_of_their_own_are_left_to_the_tutor() -> None:
    full = {10: [1, 2], 11: [3, 4]}
    assert place([5], full, {}, 2, 2, "a").left == [5]
    found = place([5, 6, 7], full, {}, 2, 3, "a")
    assert ({team: len(some) for team, some in found.joined.items()}, found.new, len(found.left)) == (
        {10: 1, 11: 1},
        (),
        1,
    )
    four = place([5, 6, 7, 8], {}, {}, 3, 3, "a")
    assert ([len(team) for team in four.new], len(four.left)) == ([3], 1)
