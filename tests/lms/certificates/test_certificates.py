"""The register, the documents, the public check."""

import json
import re
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from lms.certificates import rules, service
from lms.certificates.models import Certificate, CertificateCounter
from lms.certificates.privacy import CertificatesData
from lms.certificates.service import find_run
from lms.certificates.words import reasons
from lms.db import db
from lms.i18n import Message, speaking
from lms.notices.models import Notice, OutgoingMail
from lms.plugin import BadInput, Run
from lms.testing.stage import Stage

Course = Callable[..., int]
Finish = Callable[..., None]


def run_of(run_id: int) -> Run:
    found = find_run(run_id)
    assert found is not None
    return found


def pdf_text(data: bytes) -> str:
    return re.sub(r"\s+", " ", "\n".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages))


def issued(stage: Stage, run: Run, *people: int) -> list[service.Issued]:
    admin = stage.person("Админова", is_admin=True)
    outcome = service.issue(stage.site, run, people, stage.actor(admin))
    db.session.commit()
    found = [service.find(id) for id in outcome.issued]
    return [one for one in found if one is not None]


# ------------------------------------------------------------------ the document


def test_the_pdf_says_everything_in_russian(stage: Stage, course: Course, finish: Finish) -> None:
    run = run_of(course())
    anna = stage.person("Щёголева-Ёжикова", given_name="Анна-Мария", patronymic="Ильинична")
    stage.enrol(run.id, anna)
    finish(run, anna)
    (one,) = issued(stage, run, anna)
    data = service.document(stage.site, one)
    text = pdf_text(data)
    for part in (
        "Щёголева-Ёжикова Анна-Мария Ильинична",
        "Удостоверение о повышении квалификации",
        "Сетевое сообщество — «ёлка» и #typst",
        "16 академических часов",
        "2 марта 2026 г.",
        "ПК-2026-0001",
        "А. И. Королёва, директор",
        "Траектория",
        rules.show_code(one.code),
    ):
        assert part in text, (part, text)
    reader = PdfReader(BytesIO(data))
    assert reader.trailer["/Root"]["/Lang"] == "ru"  # type: ignore[index]  # pypdf's objects are dictionaries
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]  # the same
    xmp = reader.trailer["/Root"]["/Metadata"].get_data().decode()  # type: ignore[index]  # the same
    assert re.findall(r"<pdfaid:(?:part|conformance)>(\w)", xmp) == ["2", "A"]
    assert re.findall(r"pdfuaid:part>(\d)", xmp) == ["1"]
    assert _alternatives(reader) == [ALT]
    assert service.document(stage.site, one) == data


ALT = "QR-код с адресом, по которому можно проверить этот документ"


def _alternatives(reader: PdfReader) -> list[str]:
    found: list[str] = []

    def walk(node: object) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            if "/Alt" in node:
                found.append(str(node["/Alt"]))
            if "/K" in node:
                walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"])  # type: ignore[index]  # pypdf's objects are dictionaries
    return found


@pytest.mark.parametrize(
    "name",
    [
        '#panic("!")',
        '#read("/etc/passwd")',
        "*жирный* _курсив_ $x^2$ `code`",
        "<script>alert(1)</script>",
        "\\u{41} @ref <label> // comment /* c */",
        '"], "holder": "Другая", "x": ["',
        "{{ config }} {% raw %} %s {0}",
    ],
)
def test_names_made_of_markup_are_printed_as_they_are(stage: Stage, course: Course, finish: Finish, name: str) -> None:
    run = run_of(course())
    person = stage.person(name, given_name="А", patronymic="")
    stage.enrol(run.id, person)
    finish(run, person)
    (one,) = issued(stage, run, person)
    assert re.sub(r"\s", "", name) in re.sub(r"\s", "", pdf_text(service.document(stage.site, one)))
    page = stage.browser().get(f"/verify/{one.code}")
    assert "<script>alert" not in page


def test_letters_without_a_font_still_give_a_document(stage: Stage, course: Course, finish: Finish) -> None:
    run = run_of(course())
    person = stage.person("李", given_name="Ли")
    stage.enrol(run.id, person)
    finish(run, person)
    (one,) = issued(stage, run, person)
    assert "Ли" in pdf_text(service.document(stage.site, one))


# ------------------------------------------------------------------ who may have one


def test_what_is_missing_is_said_by_title(stage: Stage, course: Course, finish: Finish) -> None:
    run = run_of(course())
    anna, boris = stage.person("Анина"), stage.person("Борисов")
    stage.enrol(run.id, anna, boris)
    finish(run, anna)
    finish(run, boris, items=("first",))
    with speaking("en"):
        assert [(one.member.id, one.may_get, one.reasons) for one in service.standings(stage.site, run)] == [
            (anna, True, []),
            (boris, False, ["Not done yet: «Второй урок»."]),
        ]
    admin = stage.actor(stage.person("Админова", is_admin=True))
    outcome = service.issue(stage.site, run, [anna, boris], admin)
    assert (len(outcome.issued), outcome.already, outcome.refused) == (1, (), (boris,))


@pytest.mark.parametrize(
    ("kind", "hours", "sentence"),
    [
        ("advanced-training", 16, None),
        ("advanced-training", 15, "The programme has 15 academic hours; this document needs at least 16"),
        ("retraining", 249, "The programme has 249 academic hours; this document needs at least 250"),
        ("retraining", 250, None),
        ("completion", 2, None),
    ],
)
def test_a_programme_must_be_long_enough(
    stage: Stage, course: Course, finish: Finish, kind: str, hours: int, sentence: str | None
) -> None:
    run = run_of(course(hours=hours, kind=kind))
    anna = stage.person("Анина")
    stage.enrol(run.id, anna)
    finish(run, anna)
    (standing,) = service.standings(stage.site, run)
    with speaking("en"):
        assert [reason.partition(" (")[0] for reason in standing.reasons] == ([sentence] if sentence else [])


def test_the_rule_in_force_is_chosen_by_date() -> None:
    assert rules.volume("advanced-training", date(2013, 8, 31)) is None
    assert rules.volume("advanced-training", date(2025, 8, 31)) == rules.VOLUMES[0]
    assert rules.volume("advanced-training", date(2025, 9, 1)) == rules.VOLUMES[2]
    assert rules.volume("completion", date(2026, 1, 1)) is None


def test_a_mark_that_was_lowered_counts(stage: Stage, course: Course, finish: Finish) -> None:
    """The page showed "may be issued"; by the time of the click it is not true any more."""
    run = run_of(course())
    anna = stage.person("Анина")
    stage.enrol(run.id, anna)
    finish(run, anna)
    assert [one.may_get for one in service.standings(stage.site, run)] == [True]
    finish(run, anna, items=("second",), completion=False)
    outcome = service.issue(stage.site, run, [anna], stage.actor(stage.person("Админова", is_admin=True)))
    assert outcome == service.Outcome((), (), (anna,))


def test_only_active_learners_of_the_run(stage: Stage, course: Course, finish: Finish) -> None:
    run = run_of(course())
    tutor, stranger = stage.person("Тьюторова"), stage.person("Чужая")
    stage.enrol(run.id, tutor, role="tutor")
    outcome = service.issue(stage.site, run, [tutor, stranger], stage.actor(tutor))
    assert outcome == service.Outcome((), (), ())


# ------------------------------------------------------------------ numbers


def test_twenty_clerks_at_once_give_each_person_one_document(stage: Stage, course: Course, finish: Finish) -> None:
    run = run_of(course())
    admin = stage.actor(stage.person("Админова", is_admin=True))
    people = [stage.person(f"Слушатель{n:02}") for n in range(20)]
    stage.enrol(run.id, *people)
    finish(run, *people)
    start, errors = threading.Barrier(20), []

    def clerk(n: int) -> None:
        with stage.app.app_context():
            try:
                start.wait()
                # half of them issue for one person, half for all: every document is asked for many times
                service.issue(stage.site, run, people if n % 2 else [people[n]], admin)
                db.session.commit()
            except BaseException as error:
                errors.append(error)
                db.session.rollback()

    threads = [threading.Thread(target=clerk, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    rows = db.session.execute(select(Certificate.person_id, Certificate.number)).all()
    assert sorted(row.person_id for row in rows) == sorted(people)
    assert sorted(row.number for row in rows) == [f"ПК-2026-{n:04d}" for n in range(1, 21)]
    assert db.session.execute(select(CertificateCounter.last)).scalar_one() == 20
    assert len(set(db.session.execute(select(Certificate.code)).scalars())) == 20


def test_the_database_itself_refuses_a_second_valid_one(stage: Stage, course: Course, finish: Finish) -> None:
    """Were the lock not there, the unique indexes would bite: of a person in a run, and of the number."""
    run = run_of(course())
    anna, boris = stage.person("Анина"), stage.person("Борисов")
    stage.enrol(run.id, anna, boris)
    finish(run, anna)
    (one,) = issued(stage, run, anna)
    row = {
        "code": rules.new_code(), "run_id": run.id, "kind": "advanced-training", "snapshot": "{}", "holder_key": "",
        "issued_at": stage.site.now(), "revoked_reason": "",
    }  # fmt: skip
    for again in ({"person_id": anna, "number": "ПК-2026-0099"}, {"person_id": boris, "number": one.number}):
        with pytest.raises(IntegrityError):
            db.session.execute(insert(Certificate), [{**row, **again}])
        db.session.rollback()


def test_a_name_that_grows_when_it_is_folded_keeps_nobody_from_a_certificate(
    stage: Stage, course: Course, finish: Finish
) -> None:
    run = run_of(course())
    people = [stage.person("ß" * 100, given_name="ß" * 100, patronymic=""), stage.person("Борисов")]
    admin = stage.actor(stage.person("Админова", is_admin=True))
    stage.enrol(run.id, *people)
    finish(run, *people)
    assert len(service.issue(stage.site, run, people, admin).issued) == 2
    assert {len(key) for key in db.session.execute(select(Certificate.holder_key)).scalars()} == {320, 21}


def test_an_issue_that_is_undone_leaves_no_hole(stage: Stage, course: Course, finish: Finish) -> None:
    run = run_of(course())
    anna, boris = stage.person("Анина"), stage.person("Борисов")
    admin = stage.actor(stage.person("Админова", is_admin=True))
    stage.enrol(run.id, anna, boris)
    finish(run, anna, boris)
    service.issue(stage.site, run, [boris], admin)
    db.session.rollback()
    service.issue(stage.site, run, [anna], admin)
    db.session.commit()
    assert db.session.execute(select(Certificate.number)).scalars().all() == ["ПК-2026-0001"]


def test_each_year_and_kind_counts_from_one(stage: Stage, course: Course, finish: Finish) -> None:
    training, retraining = run_of(course()), run_of(course(hours=250, kind="retraining"))
    anna, boris = stage.person("Анина"), stage.person("Борисов")
    stage.enrol(training.id, anna, boris)
    stage.enrol(retraining.id, anna)
    finish(training, anna, boris)
    finish(retraining, anna)
    found = [*issued(stage, training, anna), *issued(stage, retraining, anna)]
    # the year is that of the organisation: in Moscow the new one has begun
    stage.clock.set(datetime(2026, 12, 31, 21, 30, tzinfo=UTC))
    found += issued(stage, training, boris)
    assert [one.number for one in found] == ["ПК-2026-0001", "ПП-2026-0001", "ПК-2027-0001"]


# ------------------------------------------------------------------ revoking


def test_revoked_and_issued_anew(stage: Stage, course: Course, finish: Finish) -> None:
    run = run_of(course())
    anna = stage.person("Анина", language="en")
    admin = stage.actor(stage.person("Админова", is_admin=True))
    stage.enrol(run.id, anna)
    finish(run, anna)
    (first,) = issued(stage, run, anna)
    with pytest.raises(BadInput):
        service.revoke(stage.site, first.id, "   ", admin)
    service.revoke(stage.site, first.id, "Ошибка в фамилии", admin)
    db.session.commit()
    with pytest.raises(BadInput):
        service.revoke(stage.site, first.id, "ещё раз", admin)
    db.session.rollback()
    with pytest.raises(LookupError):
        service.revoke(stage.site, first.id + 100, "нет такого", admin)
    db.session.rollback()
    (second,) = issued(stage, run, anna)
    assert (first.number, second.number) == ("ПК-2026-0001", "ПК-2026-0002")
    (standing,) = service.standings(stage.site, run)
    assert standing.valid == second
    assert [(one.number, one.revoked_reason) for one in standing.revoked] == [(first.number, "Ошибка в фамилии")]
    page = stage.browser().get(f"/verify/{first.code}")
    assert "The certificate is revoked" in page
    assert "Ошибка в фамилии" not in page
    revoked = service.find(first.id)
    assert revoked is not None
    assert "Аннулирован 2 марта 2026 г." in pdf_text(service.document(stage.site, revoked))
    stored = db.session.execute(select(Notice.text).where(Notice.person_id == anna).order_by(Notice.id)).scalars()
    said = [str(Message.from_json(json.loads(text))) for text in stored]
    assert said == [
        "Your certificate for “Сетевое сообщество — «ёлка» и #typst” is ready.",
        "Your certificate ПК-2026-0001 was revoked: Ошибка в фамилии",
        "Your certificate for “Сетевое сообщество — «ёлка» и #typst” is ready.",
    ]
    assert db.session.execute(select(func.count(OutgoingMail.id))).scalar_one() == 3


# ------------------------------------------------------------------ the public check


def test_a_visitor_sees_the_printed_facts_and_nothing_more(stage: Stage, course: Course, finish: Finish) -> None:
    run = run_of(course())
    anna = stage.person("Щукина", email="anna.secret@school.example")
    stage.enrol(run.id, anna)
    finish(run, anna)
    (one,) = issued(stage, run, anna)
    visitor = stage.browser()
    page = visitor.get(f"/verify/{rules.show_code(one.code)}")
    facts = ("The certificate is valid", "Щукина Анна Петровна", "Сетевое сообщество", "16 academic hours", one.number)
    assert [fact for fact in facts if fact not in page] == []
    assert "anna.secret" not in page
    assert 'name="robots" content="noindex, nofollow"' in page
    assert visitor.response is not None
    assert visitor.response.headers["X-Robots-Tag"] == "noindex, nofollow"
    visitor.get(f"/verify/{rules.new_code()}", status=404)
    assert "There is no such certificate" in visitor.text
    visitor.get(f"/verify/{one.number}", status=404)
    assert "Щукина" not in visitor.text


def test_the_form_reads_a_code_as_people_type_it(stage: Stage, course: Course, finish: Finish) -> None:
    run = run_of(course())
    anna = stage.person("Щукина")
    stage.enrol(run.id, anna)
    finish(run, anna)
    (one,) = issued(stage, run, anna)
    visitor = stage.browser()
    typed = " " + rules.show_code(one.code).lower().replace("-", " ")
    assert "The certificate is valid" in visitor.get("/verify/", query_string={"code": typed})
    assert "This is not a code" in visitor.get("/verify/?code=ПК-2026-0001", status=422)
    assert "Code" in visitor.get("/verify/")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("ABCD-EFGH-JKMN-PQRS-TVWX-YZ01-2345", "ABCDEFGHJKMNPQRSTVWXYZ012345"),
        ("авсd efgh jkмn pqrs tvwх yzоi l345".replace("l", "2"), "ABCDEFGHJKMNPQRSTVWXYZ012345"),
        ("ABCD", ""),
        ("ABCDEFGHJKMNPQRSTVWXYZ01234%", ""),
        ("", ""),
    ],
)
def test_codes_are_read_in_any_spelling(typed: str, stored: str) -> None:
    assert rules.read_code(typed) == stored


def test_codes_have_at_least_128_random_bits() -> None:
    assert len(rules.ALPHABET) ** rules.LENGTH >= 2**128
    assert len({rules.new_code() for _ in range(1000)}) == 1000


def test_thirty_checks_a_minute(stage: Stage) -> None:
    visitor = stage.browser()
    code = rules.new_code()
    for _ in range(30):
        visitor.get(f"/verify/{code}", status=404)
    visitor.get(f"/verify/{code}", status=429)
    assert visitor.response is not None
    assert visitor.response.headers["Retry-After"] == "60"
    stage.move(seconds=61)
    visitor.get(f"/verify/{code}", status=404)


def test_unknown_and_revoked_ask_the_same_of_the_database(stage: Stage, course: Course, finish: Finish) -> None:
    run = run_of(course())
    anna = stage.person("Анина")
    stage.enrol(run.id, anna)
    finish(run, anna)
    (one,) = issued(stage, run, anna)
    service.revoke(stage.site, one.id, "Ошибка", stage.actor(anna))
    db.session.commit()
    visitor = stage.browser()
    visitor.get("/verify/")
    asked = []
    for code, status in ((one.code, 200), (rules.new_code(), 404), ("nonsense", 404)):
        with stage.statements() as statements:
            visitor.get(f"/verify/{code}", status=status)
        asked.append(statements[-1:])
    assert asked[0] == asked[1] == asked[2]


# ------------------------------------------------------------------ pages


def status_of(stage: Stage, person: int, address: str) -> int:
    browser = stage.browser(person)
    with stage.outside():
        return browser.client.get(address).status_code


def test_a_document_is_for_its_owner_and_admins(stage: Stage, course: Course, finish: Finish) -> None:
    run = run_of(course())
    anna, other, tutor = stage.person("Анина"), stage.person("Другая"), stage.person("Тьюторова")
    admin = stage.person("Начальникова", is_admin=True)
    stage.enrol(run.id, anna, other)
    stage.enrol(run.id, tutor, role="tutor")
    finish(run, anna)
    (one,) = issued(stage, run, anna)
    address = f"/certificates/{one.id}.pdf"
    for person, status in ((anna, 200), (admin, 200), (other, 404), (tutor, 404)):
        assert status_of(stage, person, address) == status
    assert status_of(stage, 0, address) == 303
    assert "ПК-2026-0001" in stage.browser(anna).get("/certificates")
    assert "No certificates yet" in stage.browser(other).get("/certificates")
    for path in ("/manage/certificates", f"/manage/runs/{run.id}/certificates"):
        stage.browser(tutor).get(path, status=404)


def test_issuing_and_revoking_by_hand(stage: Stage, course: Course, finish: Finish) -> None:
    run = run_of(course())
    admin = stage.browser(stage.person("Начальникова", is_admin=True))
    people = [stage.person(f"Слушатель{n}") for n in range(3)]
    stage.enrol(run.id, *people)
    finish(run, *people[:2])
    path = f"/manage/runs/{run.id}/certificates"
    assert "Issue 2 certificates" in admin.get(path)
    assert "1 certificate was issued." in admin.post(path, {"person": people[0]})
    assert "1 certificate was issued." in admin.post(path)
    assert "Nothing was issued" in admin.post(path)
    (first, _) = db.session.execute(select(Certificate.id).order_by(Certificate.id)).scalars().all()
    assert "ПК-2026-0001 was revoked" in admin.post(f"/manage/certificates/{first}/revoke", {"reason": "Опечатка"})
    admin.post(f"/manage/certificates/{first}/revoke", {"reason": "Опечатка"}, status=422)
    admin.post("/manage/certificates/9999/revoke", {"reason": "Опечатка"}, status=404)


def test_the_register_is_searched_by_number_and_name(stage: Stage, course: Course, finish: Finish) -> None:
    run = run_of(course())
    admin = stage.browser(stage.person("Начальникова", is_admin=True))
    anna, boris = stage.person("Ёлкина", given_name="Алёна"), stage.person("Борисов_100%")
    stage.enrol(run.id, anna, boris)
    finish(run, anna, boris)
    issued(stage, run, anna, boris)

    def found(query: str) -> list[str]:
        return re.findall(r'<th scope="row">(.+?)</th>', admin.get("/manage/certificates", query_string={"q": query}))

    assert found("") == ["ПК-2026-0002", "ПК-2026-0001"]
    assert found("елкина АЛЕНА") == ["ПК-2026-0002"]
    assert found("пк-2026-0001") == ["ПК-2026-0001"]
    assert found("_100%") == ["ПК-2026-0001"]
    assert found("%%") == []


@pytest.mark.parametrize("page", ["/manage/runs/{run}/certificates", "/manage/certificates"])
def test_pages_ask_the_same_for_any_number_of_people(stage: Stage, course: Course, finish: Finish, page: str) -> None:
    run = run_of(course())
    admin = stage.browser(stage.person("Начальникова", is_admin=True))
    counts, enrolled = [], 0
    for many in (1, 3, 30):
        new = [stage.person(f"Слушатель{n}") for n in range(enrolled, many)]
        enrolled = many
        stage.enrol(run.id, *new)
        finish(run, *new)
        issued(stage, run, *new)
        admin.get(page.format(run=run.id))
        with stage.statements() as statements:
            admin.get(page.format(run=run.id))
        counts.append(len(statements))
    assert counts[0] == counts[1] == counts[2] <= 6


# ------------------------------------------------------------------ personal data


def test_an_erased_holder_leaves_an_entry_without_a_name(stage: Stage, course: Course, finish: Finish) -> None:
    run = run_of(course())
    anna = stage.person("Ёлкина", given_name="Алёна")
    admin = stage.browser(stage.person("Начальникова", is_admin=True))
    stage.enrol(run.id, anna)
    finish(run, anna)
    (one,) = issued(stage, run, anna)
    exported = CertificatesData().export(stage.site, anna)["certificates"]
    assert [found["printed"]["holder"] for found in exported] == ["Ёлкина Алёна Петровна"]
    assert len(CertificatesData().erase(stage.site, anna)) == 1
    db.session.commit()
    page = stage.browser().get(f"/verify/{one.code}")
    assert "Issued; the holder&#39;s data was removed" in page
    assert "The certificate is valid" in page
    assert "Ёлкина" not in page
    assert "Ёлкина" not in "".join(map(str, db.session.execute(select(Certificate.__table__)).one()))
    assert "Issued; the holder&#39;s data was removed" in admin.get("/manage/certificates")
    admin.get(f"/certificates/{one.id}.pdf", status=404)


def test_a_score_below_the_rule_is_said(stage: Stage, course: Course) -> None:
    with speaking("en"):
        assert reasons(rules.Eligibility(score=0.5, asked=0.6)) == ["The score is 50%; 60% is needed."]
        assert reasons(rules.Eligibility(no_rule=True)) == ["This course gives no certificate."]
        assert reasons(rules.Eligibility(unknown_kind="x")) == ["The course names an unknown kind of certificate: x."]


def test_a_run_that_has_not_begun_gives_none(stage: Stage, course: Course, finish: Finish) -> None:
    run = run_of(course(starts_on=date(2026, 3, 3)))
    anna = stage.person("Анина")
    stage.enrol(run.id, anna)
    finish(run, anna)
    (standing,) = service.standings(stage.site, run)
    with speaking("en"):
        assert standing.reasons == ["The run begins on 3 March 2026."]
