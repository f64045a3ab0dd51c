import os
from pathlib import Path

import environ
import pytest

from smmbot.lib import embedded
from smmbot.lib.embedded.paths import CHECKOUT, Paths, current


def test_data_dir_is_in_the_checkout(monkeypatch):
    monkeypatch.delenv("SMMBOT_DATA_DIR", raising=False)
    assert embedded.data_dir() == CHECKOUT / ".data"
    assert (CHECKOUT / "smmbot" / "lib" / "embedded").is_dir()


def test_data_dir_follows_the_variable(monkeypatch):
    monkeypatch.setenv("SMMBOT_DATA_DIR", "/srv/Shop/../data")
    assert embedded.data_dir() == Path("/srv/data")


def test_database_url_is_read_by_environ_with_its_capitals(monkeypatch):
    monkeypatch.setenv("SMMBOT_DATA_DIR", "/srv/Shop_1/data")
    config = environ.Env.db_url_config(embedded.database_url())
    assert config == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "smmbot",
        "USER": "smmbot",
        "PASSWORD": "",
        "HOST": "/srv/Shop_1/data/run",
        "PORT": "",
    }


def test_redis_urls_name_the_same_socket(monkeypatch):
    monkeypatch.setenv("SMMBOT_DATA_DIR", "/srv/data")
    assert embedded.redis_url() == "unix:///srv/data/run/redis.sock?db=0"
    assert embedded.broker_url() == "redis+socket:///srv/data/run/redis.sock?virtual_host=0"


@pytest.mark.parametrize(
    "data", ["/srv/" + "long/" * 20, "/srv/with space", "/srv/a,b", "/srv/naïve", "/srv/100%"]
)
def test_sockets_stand_in_a_short_folder_when_the_path_suits_no_url(data):
    paths = Paths(Path(data))
    assert paths.sockets == Path(f"/tmp/smmbot-{os.geteuid()}-{paths.digest}")  # noqa: S108 -- a name


def test_sockets_of_two_folders_differ():
    assert Paths(Path("/srv/a,1")).sockets != Paths(Path("/srv/a,2")).sockets


def test_sockets_do_not_move_with_tmpdir(monkeypatch):
    monkeypatch.setenv("SMMBOT_DATA_DIR", "/srv/with space")
    before = current().sockets
    monkeypatch.setenv("TMPDIR", "/somewhere/else")
    assert current().sockets == before
