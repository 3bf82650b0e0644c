"""What an operator sets: values from the environment, every mistake named, no secret in a message."""

import threading
from pathlib import Path

import pytest
from pydantic import ValidationError

from lms.config import Config, ConfigError, read_config


def test_variables_are_read_and_given_values_win():
    found = read_config(
        {"LMS_SITE_NAME": "Школа", "LMS_PROXIES": "2", "LMS_REGISTRATION": "false", "PATH": "/bin", "LMS_TEST_X": "1"},
        proxies=1,
    )
    assert (found.site_name, found.proxies, found.registration) == ("Школа", 1, False)


def test_every_unknown_and_every_bad_variable_is_named_at_once():
    environ = {"LMS_SITENAME": "x", "LMS_PROXIES": "many", "LMS_LANGUAGE": "de", "LMS_BASE_URL": "lms.school.example"}
    with pytest.raises(ConfigError) as caught:
        read_config(environ)
    assert sorted(line.partition(":")[0] for line in str(caught.value).splitlines()) == [
        "LMS_BASE_URL", "LMS_LANGUAGE", "LMS_PROXIES", "LMS_SITENAME",
    ]  # fmt: skip


def test_a_refused_secret_is_not_repeated():
    with pytest.raises(ConfigError) as caught:
        read_config({"LMS_SECRET_KEY": "letmein", "LMS_MAIL_PASSWORD": "swordfish"})
    assert sorted(line.partition(":")[0] for line in str(caught.value).splitlines()) == [
        "LMS_MAIL_PASSWORD", "LMS_SECRET_KEY",
    ]  # fmt: skip
    assert "LMS_MAIL_PASSWORD: there is no such setting" in str(caught.value).splitlines()
    assert "letmein" not in str(caught.value)
    assert "swordfish" not in str(caught.value)


def test_a_password_for_the_command_line_is_no_setting():
    assert read_config({"LMS_PASSWORD": "correct horse"}) == Config()


def test_a_configuration_does_not_change():
    with pytest.raises(ValidationError):
        Config().demo = True


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://h/d", "postgresql+psycopg://h/d"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg://h/d"),
        ("sqlite:////srv/x.db", "sqlite:////srv/x.db"),
    ],
)
def test_addresses_of_databases_as_hosters_give_them(given: str, url: str):
    assert Config(database_url=given).database() == url


def test_without_one_the_database_is_a_file_in_the_data_folder(tmp_path: Path):
    assert Config(data_dir=tmp_path).database() == f"sqlite:///{tmp_path.resolve()}/trajectory.db"


@pytest.mark.parametrize(
    ("base_url", "https", "cookie", "kept"),
    [
        ("http://127.0.0.1:8000/", False, "sid", "http://127.0.0.1:8000"),
        ("https://lms.school.example", True, "__Host-sid", "https://lms.school.example"),
    ],
)
def test_https_decides_on_the_cookie(base_url: str, https: bool, cookie: str, kept: str):
    found = Config(base_url=base_url)
    assert (found.https, found.session_cookie, found.base_url) == (https, cookie, kept)


def test_the_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path):
    config = Config(data_dir=tmp_path / "new")
    keys: list[str] = []
    threads = [threading.Thread(target=lambda: keys.append(Config(data_dir=tmp_path / "new").key())) for _ in range(8)]
    first = config.key()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert keys == [first] * 8
    assert len(first) >= 32
    assert (tmp_path / "new" / "secret.key").stat().st_mode & 0o777 == 0o600
    assert Config(data_dir=tmp_path, secret_key="k" * 32).key() == "k" * 32


def test_a_spoilt_key_file_is_named(tmp_path: Path):
    (tmp_path / "secret.key").write_text("short")
    with pytest.raises(ConfigError, match=r"secret\.key does not hold a key"):
        Config(data_dir=tmp_path).key()
