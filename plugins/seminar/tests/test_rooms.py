"""Rooms at the site's own video services: a Jitsi, and a BigBlueButton that answers as one does."""

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from .conftest import LESSON, Group

SECRET = "639259d4-9dd8-4b25-bf01-95f9567eaf4b"


def with_link(word: str) -> str:
    return LESSON.replace("https://meet.example.org/one", word)


class Video:
    """A server that makes rooms when the call is signed as it should be; `made` are their names by id."""

    def __init__(self) -> None:
        self.made: dict[str, str] = {}
        self.works = True
        video = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                said = video.answer(urlsplit(self.path).path.rpartition("/")[2], urlsplit(self.path).query)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(f"<response><returncode>{said}</returncode></response>".encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}/bigbluebutton/"
        self.thread = Thread(target=self.server.serve_forever)
        self.thread.start()

    def answer(self, call: str, query: str) -> str:
        values = self.read(call, query)
        if not self.works or values is None or call != "create":
            return "FAILED"
        self.made[values["meetingID"]] = values["name"]
        return "SUCCESS"

    def read(self, call: str, query: str) -> dict[str, str] | None:
        """What is asked, if it is signed with the secret."""
        asked, _, checksum = query.rpartition("&checksum=")
        if checksum != sha256(f"{call}{asked}{SECRET}".encode()).hexdigest():
            return None
        return {name: value[0] for name, value in parse_qs(asked).items()}

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def video() -> Iterator[Video]:
    server = Video()
    yield server
    server.close()


def enter(it: Group, person: int, status: int = 302) -> str:
    """Where the browser is sent by the page of the room; the page itself for another status."""
    browser = it.browser(person)
    it.page(person)
    response = browser.client.get(f"{it.stage.base(it.run)}rooms/talks/one")
    assert response.status_code == status
    return response.headers["Location"] if status == 302 else response.get_data(as_text=True)


def test_a_room_of_bigbluebutton_is_made_and_entered(stage_factory, video):
    it = Group(stage_factory(bbb_url=video.base, bbb_secret=SECRET), 2, seats=1, lesson=with_link("bigbluebutton"))
    anna, boris = it.learners
    it.seat(anna)
    it.seat(boris)
    enter(it, anna, 403)
    assert video.made == {}, "the doors are closed"
    it.move(hours=5, minutes=30)
    found = re.search(r'href="([^"]*/rooms/talks/one)"', it.page(anna))
    assert found is not None
    address = urlsplit(enter(it, anna))
    values = video.read("join", address.query)
    assert values is not None
    assert address.path == "/bigbluebutton/api/join"
    room = values.pop("meetingID")
    assert video.made == {room: "Первая"}
    assert values == {"fullName": "Анна Слушатель01", "redirect": "true", "role": "VIEWER"}
    enter(it, boris, 403)
    led = video.read("join", urlsplit(enter(it, it.tutor)).query)
    assert led is not None
    assert (led["role"], led["meetingID"]) == ("MODERATOR", room)
    assert SECRET not in it.page(it.tutor)
    it.stage.browser(it.stage.person("Чужая")).get(f"{it.stage.base(it.run)}rooms/talks/one", status=404)


def test_a_service_that_does_not_answer(stage_factory, video):
    it = Group(stage_factory(bbb_url=video.base, bbb_secret="another" * 5), lesson=with_link("bigbluebutton"))
    it.move(hours=6)
    assert "The video service does not answer." in enter(it, it.learners[0], 503)
    video.close()
    assert "The video service does not answer." in enter(it, it.learners[0], 503)


def test_a_room_of_jitsi_has_the_name_of_who_enters(stage_factory):
    it = Group(stage_factory(jitsi_url="https://meet.school.example"), lesson=with_link("jitsi"))
    it.move(hours=6)
    address = urlsplit(enter(it, it.learners[0]))
    assert (address.scheme, address.netloc, len(address.path)) == ("https", "meet.school.example", 33)
    name = dict(part.split("=", 1) for part in address.fragment.split("&"))["userInfo.displayName"]
    assert json.loads(unquote(name)) == "Анна Слушатель01"


def test_a_site_without_the_service_says_so(group):
    it = group(lesson=with_link("jitsi"))
    it.move(hours=6)
    assert "This site has no video service of that name yet." in enter(it, it.learners[0], 422)


def test_other_links_have_no_room(group):
    it = group()
    it.move(hours=6)
    enter(it, it.learners[0], 404)
