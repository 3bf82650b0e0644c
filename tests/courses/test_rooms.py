import json
from hashlib import sha256
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from courses.rooms import bigbluebutton, is_address, is_link, jitsi, room_name


@pytest.mark.parametrize(
    ("text", "link", "address"),
    [
        ("https://meet.school.example/первая", True, True),
        ("http://bbb.example/b/anna-x", True, True),
        ("jitsi", True, False),
        ("bigbluebutton", True, False),
        ("Jitsi", False, False),
        ("meet.school.example", False, False),
        ("javascript:alert(1)", False, False),
        ("https://a b", False, False),
        ("https://x\nhttps://y", False, False),
        ("", False, False),
    ],
)
def test_what_people_can_join_by(text, link, address):
    assert (is_link(text), is_address(text)) == (link, address)


def test_names_of_rooms_are_the_same_for_the_same_and_not_to_be_guessed():
    assert room_name("k" * 32, 1, "talks", "one") == room_name("k" * 32, 1, "talks", "one")
    names = {room_name(key, *parts) for key in ("a", "b") for parts in ((1, "talks", "one"), (2, "talks", "one"))}
    assert len(names) == 4
    assert all(len(name) == 32 for name in names)


def test_a_jitsi_room_for_somebody():
    found = urlsplit(jitsi("https://meet.school.example/", "room1", 'Анна "Ёж" & Ко', "Первая #1"))
    assert (found.netloc, found.path) == ("meet.school.example", "/room1")
    values = {
        name: json.loads(unquote(value)) for name, value in (part.split("=", 1) for part in found.fragment.split("&"))
    }
    assert values == {"userInfo.displayName": 'Анна "Ёж" & Ко', "config.subject": "Первая #1"}


def test_a_signed_call():
    found = bigbluebutton(
        "https://bbb.example/bigbluebutton/", "тайна", "join", {"fullName": "Анна Ёж", "meetingID": "x"}
    )
    address, _, checksum = found.partition("&checksum=")
    assert address == (
        "https://bbb.example/bigbluebutton/api/join?fullName=%D0%90%D0%BD%D0%BD%D0%B0%20%D0%81%D0%B6&meetingID=x"
    )
    query = urlsplit(address).query
    assert parse_qs(query) == {"fullName": ["Анна Ёж"], "meetingID": ["x"]}
    assert checksum == sha256(f"join{query}тайна".encode()).hexdigest()
