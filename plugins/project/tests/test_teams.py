"""A project of a team: found, joined, left, and what comes out for every member."""

from concurrent.futures import ThreadPoolExecutor

from lms.plugin import db


def make_team(it, person, name="Мост", status=200):
    return it.browser(person).post(f"{it.teams}make", {"name": name}, status=status)


def join(it, person, team=1, status=200):
    return it.browser(person).post(f"{it.teams}join", {"team": team}, status=status)


def test_a_whole_life(group, full):
    it = group(learners=4, team="2-3")
    anna, boris, vera, _gala = it.learners
    assert "Find a team" in it.browser(anna).get(it.base)
    assert it.browser(anna).get(f"{it.works}own/plan/").count("Find a team") > 0, "sent back to the project's page"
    make_team(it, anna)
    page = it.send(anna, status=422)
    assert "The team has too few members: 1 instead of at least 2." in page
    assert "Мост" in it.browser(boris).get(it.teams[:-1])
    join(it, boris)
    it.send(anna, text="Общий замысел")
    assert it.notices(boris) == ["Анна Антонова has handed in “Событие: Замысел” for the team."]
    assert "Общий замысел" in it.browser(boris).get(f"{it.works}own/plan/")
    assert "Your team: Мост" in it.browser(boris).get(it.lesson)
    assert "the team stays as it is" in join(it, vera, status=422)
    assert "the team stays as it is" in it.browser(boris).post(f"{it.teams}leave", status=422)

    it.answer(it.handins()[0][0])
    it.send(boris, stage="story", text="Рассказ")
    it.answer(it.handins()[1][0], **full)
    for person in (anna, boris):
        result = it.result(person)
        assert (result.state, result.success, result.points) == ("complete", True, 50)
        assert it.explanation(person) == "100% by the criteria: 50 of 50 points."
    assert it.result(vera) is None
    board = it.browser(it.tutor).get(it.base)
    assert "Антонова Анна Петровна, Борисова Анна Петровна" in board
    assert "Without a team" in board
    assert "Громова" in board


def test_others_do_not_see_what_a_team_has(group):
    it = group(learners=3, team="2-3")
    anna, boris, vera = it.learners
    make_team(it, anna)
    join(it, boris)
    it.send(anna, files=[("a.txt", b"a")])
    it.browser(vera).get(f"{it.works}1/files/1", status=404)
    assert it.browser(boris).get(f"{it.works}1/files/1", buffered=True) == "a"


def test_a_team_is_full_when_it_is_full(group):
    it = group(learners=4, team="2-3")
    make_team(it, it.learners[0])
    join(it, it.learners[1])
    join(it, it.learners[2])
    assert "full" in join(it, it.learners[3], status=422)
    assert "does not exist any more" in join(it, it.learners[3], team=77, status=422)


def test_a_name_is_taken_once_and_shown_as_it_is(group):
    it = group(learners=2, team="2-3")
    anna, boris = it.learners
    make_team(it, anna, "=1+1 <b>{x}</b>")
    assert "=1+1 &lt;b&gt;{x}&lt;/b&gt;" in it.browser(boris).get(it.teams[:-1])
    assert "There is a team" in make_team(it, boris, "=1+1 <b>{x}</b>", status=422)
    assert "=1+1 &lt;b&gt;{x}&lt;/b&gt;" in it.browser(anna).get(it.lesson)


def test_two_members_do_not_overwrite_each_other(group):
    it = group(learners=2, team="2-3")
    anna, boris = it.learners
    make_team(it, anna)
    join(it, boris)
    seen = it.token(boris, "plan")
    it.send(anna, text="Текст Анны", hand_in=False)
    page = it.send(boris, text="Текст Бориса", hand_in=False, seen=seen, status=422)
    assert "This work was changed meanwhile" in page
    assert "Текст Бориса" in page, "what was written is not lost"
    it.send(boris, text="Текст Анны и Бориса", hand_in=False)


def test_one_may_work_alone_and_take_the_draft_into_a_team(group):
    it = group(learners=2, team="1-3")
    anna, boris = it.learners
    it.send(anna, text="Мой черновик", hand_in=False)
    make_team(it, anna)
    join(it, boris)
    assert "Мой черновик" in it.browser(boris).get(f"{it.works}own/plan/")
    it.browser(boris).post(f"{it.teams}leave")
    assert "Мой черновик" not in it.browser(boris).get(f"{it.works}own/plan/")
    it.browser(anna).post(f"{it.teams}leave")
    assert "Мой черновик" in it.browser(anna).get(f"{it.works}own/plan/"), "the last one takes it along"
    it.send(anna, text="Сдаю сама")
    assert "You have handed in something alone already." in make_team(it, anna, status=422)


def test_a_project_of_one_has_no_teams(group):
    it = group(learners=1)
    make_team(it, it.learners[0], status=404)


def test_handing_in_at_the_same_time_makes_one_version(group):
    it = group(learners=3, team="2-3")
    make_team(it, it.learners[0])
    for person in it.learners[1:]:
        join(it, person)
    seen = it.token(it.learners[0], "plan")
    browsers = [it.stage.browser(person) for person in it.learners]
    forms = [
        {"text": f"Текст {n}", "seen": seen, "hand_in": "1", "csrf_token": one.token()}
        for n, one in enumerate(browsers)
    ]
    db.session.rollback()

    def send(n: int) -> int:
        return browsers[n].client.post(f"{it.works}own/plan/", data=forms[n]).status_code

    with ThreadPoolExecutor(3) as pool:
        statuses = sorted(pool.map(send, range(3)))
    assert statuses == [303, 422, 422]
    assert [row[3:5] for row in it.handins()] == [(1, "waiting")]


def test_the_board_costs_the_same_for_any_number(group):
    counts = []
    for learners in (1, 3, 5):
        it = group(learners=learners, team="1-3")
        for person in it.learners:
            it.send(person)
        browser = it.browser(it.tutor)
        browser.get(it.base)
        with it.stage.statements() as found:
            browser.get(it.base)
        counts.append(len(found))
    assert len(set(counts)) == 1, counts
