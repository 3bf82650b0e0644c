"""Sessions: links, code words, attendance, and what comes out."""

from concurrent.futures import ThreadPoolExecutor

from lms.plugin import db

LINK = "https://meet.example.org/one"
WORD = "ёлочный МОСТ"


def test_the_link_appears_half_an_hour_before_and_goes_at_the_end(group):
    it = group(learners=1)
    anna = it.learners[0]
    assert LINK not in it.page(anna)
    assert "The link appears here 30 minutes before the start." in it.page(anna)
    assert LINK in it.page(it.tutor)
    it.move(hours=5, minutes=29, seconds=59)
    assert LINK not in it.page(anna) + it.browser(anna).get(it.lesson)
    it.move(seconds=1)
    assert LINK in it.page(anna)
    assert LINK in it.browser(anna).get(it.lesson)
    it.move(hours=1, minutes=30)
    assert LINK not in it.page(anna) + it.browser(anna).get(it.lesson)
    assert LINK in it.page(it.tutor)


def test_the_link_is_for_those_with_a_seat(group):
    it = group(learners=2, seats=1)
    anna, boris = it.learners
    it.seat(anna)
    it.seat(boris)
    it.move(hours=6)
    assert LINK in it.page(anna)
    assert LINK not in it.page(boris) + it.browser(boris).get(it.lesson)
    assert "The link is for those who have a seat." in it.page(boris)
    assert "You have no place in this meeting." in it.code(boris, WORD, status=422)


def test_the_code_word_completes_and_never_reaches_a_learner(group):
    it = group(learners=1)
    anna = it.learners[0]
    it.code(anna, WORD, status=422)
    assert it.result(anna) is None, "the session has not begun"
    it.move(hours=6)
    for page in (it.page(anna), it.browser(anna).get(it.lesson), it.code(anna, "не то", status=422)):
        assert "мост" not in page.casefold()
    author = it.stage.browser(it.stage.person("Авторов", is_author=True))
    assert "Code word" not in author.get(it.base)
    assert "Ёлочный мост" in it.page(it.tutor)
    it.code(anna, " елочныймост ")
    result = it.result(anna)
    assert (result.state, result.completed, result.success) == ("complete", True, None)
    assert it.explanation(anna) == "1 of 2 sessions attended."
    assert "Attended: 1 of 2" in it.browser(anna).get(it.lesson)
    assert "You were there" in it.code(anna, "всё равно что")


def test_the_code_word_is_too_late_a_day_after_the_end(group):
    it = group(learners=2)
    anna, boris = it.learners
    it.move(hours=7 + 24)
    it.code(anna, WORD)
    it.move(seconds=1)
    assert "until 24 hours after its end" in it.code(boris, WORD, status=422)
    assert it.result(boris) is None


def test_ten_tries_and_no_more(group):
    it = group(learners=1)
    anna = it.learners[0]
    it.move(hours=6)
    for number in range(10):
        assert "This is not the code word." in it.code(anna, f"слово {number}", status=422)
    assert "Too many wrong words." in it.code(anna, WORD, status=422)
    assert it.result(anna) is None
    it.tick((anna, "one"))
    assert it.result(anna).completed is True


def test_tries_sent_at_once_are_all_counted(group):
    from lms.attendance.models import PresenceRecord

    it = group(learners=1)
    anna = it.learners[0]
    it.move(hours=6)
    browsers = [it.stage.browser(anna) for _ in range(12)]
    tokens = [browser.token() for browser in browsers]
    db.session.rollback()

    def try_word(n: int) -> int:
        address = f"{it.attendance}/one/code"
        return browsers[n].client.post(address, data={"word": f"слово {n}", "csrf_token": tokens[n]}).status_code

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(try_word, range(12))) == [422] * 12
    db.session.rollback()
    assert [row.tries for row in db.session.query(PresenceRecord)] == [10]
    assert "Too many wrong words." in it.code(anna, WORD, status=422)


def test_a_session_without_a_code_takes_none(group):
    it = group(learners=1)
    it.move(days=7, hours=6)
    assert 'name="word"' not in it.page(it.learners[0])
    it.code(it.learners[0], "", session="two", status=422)
    it.code(it.learners[0], "x", session="nothing", status=404)


def test_a_tutor_notes_attendance_and_takes_it_back(group):
    it = group(learners=2)
    anna, boris = it.learners
    page = it.tick((anna, "one"), (anna, "two"), (boris, "one"))
    assert "3 marks of attendance were changed." in page
    assert it.explanation(anna) == "2 of 2 sessions attended."
    assert it.result(boris).completed is True
    it.tick((anna, "one"), shown=((anna, "one"), (anna, "two"), (boris, "one")))
    assert it.result(anna).completed is True
    result = it.result(boris)
    assert (result.state, result.completed) == ("started", False)
    it.move(hours=6)
    assert "The tutor has noted that you were absent." in it.code(boris, WORD, status=422)


def test_an_old_table_does_not_undo_what_a_learner_did_meanwhile(group):
    it = group(learners=1)
    anna = it.learners[0]
    it.move(hours=6)
    it.browser(it.tutor).get(it.attendance)
    it.code(anna, WORD)
    assert "Nothing was changed." in it.tick()
    assert it.result(anna).completed is True


def test_ticks_of_strangers_and_nonsense_are_left_out(group):
    it = group(learners=1)
    stranger = it.stage.person("Чужая")
    page = it.tick((stranger, "one"), (it.tutor, "one"), (it.learners[0], "nothing"), (10**30, "one"))
    assert "Nothing was changed." in page
    assert it.stage.results(it.run, stranger) == {}


def test_attendance_is_for_staff(group):
    it = group(learners=1)
    it.browser(it.learners[0]).get(it.attendance, status=403)
    it.browser(it.learners[0]).post(it.attendance, {"present": f"{it.learners[0]}:one"}, status=403)
    stranger = it.stage.browser(it.stage.person("Чужая"))
    for page in (it.base, it.attendance):
        stranger.get(page, status=404)
    stranger.post(f"{it.attendance}/one/code", {"word": WORD}, status=404)


def test_times_are_in_the_readers_zone(group):
    it = group()
    far = it.stage.person("Дальняя", timezone="Asia/Vladivostok")
    it.stage.enrol(it.run, far)
    assert "2 March 2026, 18:00" in it.page(it.learners[0])
    assert "3 March 2026, 01:00" in it.page(far)


def test_the_discussion_is_there_for_those_who_take_part(group):
    it = group()
    assert 'id="discussion"' in it.page(it.learners[0])
    assert 'id="discussion"' in it.page(it.tutor)
    author = it.stage.browser(it.stage.person("Авторов", is_author=True))
    assert 'id="discussion"' not in author.get(it.base)
    assert LINK not in author.get(it.base)


def test_the_calendar_has_the_sessions_with_their_ends(group):
    from lms.calendar.service import entries

    it = group()
    found = entries(it.stage.site, it.learners[0], "UTC")
    assert [(one.what.title, one.start.hour, one.end.hour, one.end.minute) for one in found] == [
        ("Встречи: Первая", 15, 16, 0),
        ("Встречи: Вторая", 15, 16, 30),
    ]


def test_the_table_costs_the_same_for_any_number(group):
    counts = []
    for learners in (1, 3, 8):
        it = group(learners=learners, seats=2)
        for person in it.learners:
            it.seat(person)
        it.tick(*((person, "one") for person in it.learners))
        it.browser(it.tutor).get(it.attendance)
        with it.stage.statements() as found:
            it.browser(it.tutor).get(it.attendance)
        counts.append(len(found))
    assert len(set(counts)) == 1, counts


def test_names_are_shown_as_they_are(group):
    it = group()
    odd = it.stage.person("=1+1 <b>{x}</b>")
    it.stage.enrol(it.run, odd)
    assert "=1+1 &lt;b&gt;{x}&lt;/b&gt;" in it.browser(it.tutor).get(it.attendance)


def test_export_and_erasure(group):
    from lms.attendance.feature import AttendanceData
    from lms.booking.feature import PlacesData

    it = group(learners=2, seats=1)
    anna, boris = it.learners
    it.seat(anna)
    it.seat(boris)
    it.move(hours=6)
    it.code(anna, WORD)
    places, attendance = PlacesData(), AttendanceData()
    site = it.stage.site
    assert [one["waiting"] for one in places.export(site, anna)["places"]] == [False]
    assert [(one["meeting"], one["state"], one["source"]) for one in attendance.export(site, anna)["meetings"]] == [
        ("one", "present", "code")
    ]
    assert [*places.erase(site, anna), *attendance.erase(site, anna)] == [
        "Your places and bookings were given back.",
        "1 mark of attendance was removed.",
    ]
    db.session.commit()
    assert it.result(anna).completed is True, "the result is the core's"
    it.stage.tick()
    assert it.seats() == [(boris, 1)]


def test_hours_that_are_planned_and_that_one_was_there(group):
    it = group()
    anna = it.learners[0]

    def hours(person: int) -> list[str]:
        facts = it.page(person).partition('<dl class="facts">')[2].partition("</dl>")[0]
        return [part.partition("</dd>")[0] for part in facts.split("<dd>")[1:]]

    assert hours(anna) == ["3.3", "0"]
    it.tick((anna, "one"))
    assert hours(anna) == ["3.3", "1.3"]
    assert hours(it.tutor) == ["3.3"]
