import shutil
import time
from pathlib import Path

import kombu
import psycopg
import pytest
import redis

from smmbot.lib import embedded
from smmbot.tests.embedded.processes import USE, User, eventually, is_all_gone, run, supervisor_pids

pytestmark = pytest.mark.processes

DJANGO_SELECT = """
import django, environ
from django.conf import settings
from smmbot.lib import embedded
settings.configure(DATABASES={"default": environ.Env.db_url_config(embedded.database_url())})
django.setup()
embedded.ensure_running()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT current_database(), lower('ÄЖ')")
    print(*cursor.fetchone())
"""


def test_servers_answer(shared):
    with psycopg.connect(host=f"{shared}/run", user="smmbot", dbname="smmbot") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    with redis.Redis.from_url(embedded.redis_url()) as client:
        assert client.ping() is True


def test_servers_are_open_to_this_user_only(shared):
    assert (shared / "run").stat().st_mode & 0o777 == 0o700
    with psycopg.connect(host=f"{shared}/run", user="smmbot", dbname="smmbot") as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)


def test_django_reaches_the_database(shared):
    result = run(shared, DJANGO_SELECT)
    assert (result.stdout, result.stderr) == ("smmbot äж\n", "")


def test_kombu_reaches_the_broker(shared):
    with kombu.Connection(embedded.broker_url()) as connection:
        queue = connection.SimpleQueue("embedded-test")
        queue.put({"order": 54321})
        message = queue.get(timeout=5)
        message.ack()
        queue.close()
    assert message.payload == {"order": 54321}


def test_second_process_shares_the_servers(shared):
    before = embedded.status()
    script = "from smmbot.lib import embedded; embedded.ensure_running(); print(embedded.status())"
    assert run(shared, script).stdout == f"{before}\n"


def test_ensure_running_costs_little_when_they_run(shared):
    start = time.perf_counter()
    for _ in range(20):
        embedded.ensure_running()
    assert (time.perf_counter() - start) / 20 < 0.01


def test_wait_stopped_leaves_the_servers_to_others(used_data):
    other = User(used_data).wait_until_up()
    embedded.ensure_running()
    assert embedded.wait_stopped(timeout_s=5) is False
    assert embedded.status().running
    other.leave()


def test_five_processes_at_once_get_one_supervisor(used_data):
    crowd = [User(used_data) for _ in range(5)]
    for user in crowd:
        user.wait_until_up()
    assert supervisor_pids(used_data) == [embedded.status().supervisor_pid]
    for user in crowd:
        user.leave()


def test_all_stop_after_the_last_user(used_data):
    first = User(used_data).wait_until_up()
    second = User(used_data).wait_until_up()
    first.leave()
    supervisor = embedded.status().supervisor_pid
    second.kill()
    assert run(used_data, "from smmbot.lib import embedded; embedded.ensure_running()").returncode == 0
    assert embedded.status().supervisor_pid == supervisor  # it lingered
    assert eventually(lambda: is_all_gone(used_data), timeout_s=5)


def test_forked_child_keeps_the_servers(used_data):
    script = f"import os\n{USE.replace('; input()', '')}\nif os.fork(): os._exit(0)\ninput()"
    user = User(used_data, script=script).wait_until_up()
    user.process.wait(timeout=10)
    # Longer than the supervisor lingers.
    assert not eventually(lambda: not embedded.status().running, timeout_s=1.8)
    embedded.stop()
    user.leave()


def test_two_folders_have_servers_of_their_own(made_data, tmp_path, monkeypatch):
    seen = []
    for name in ("one", "two"):
        data = tmp_path / name
        shutil.copytree(made_data, data)
        monkeypatch.setenv("SMMBOT_DATA_DIR", str(data))
        embedded.ensure_running()
        with redis.Redis.from_url(embedded.redis_url()) as client:
            seen.append((client.get("name"), client.set("name", name)))
    for name in ("one", "two"):
        monkeypatch.setenv("SMMBOT_DATA_DIR", str(tmp_path / name))
        assert embedded.wait_stopped(timeout_s=10)
    assert seen == [(None, True), (None, True)]


def test_folder_too_long_for_sockets(made_data, tmp_path, monkeypatch):
    data = tmp_path / ("with space, and long " * 6) / "data"
    shutil.copytree(made_data, data)
    monkeypatch.setenv("SMMBOT_DATA_DIR", str(data))
    embedded.ensure_running()
    result = run(data, DJANGO_SELECT)
    sockets = Path(embedded.redis_url().removeprefix("unix://").removesuffix("/redis.sock?db=0"))
    mode = sockets.stat().st_mode & 0o777
    assert embedded.wait_stopped(timeout_s=10)
    shutil.rmtree(sockets)
    assert result.stdout == "smmbot äж\n"
    assert mode == 0o700


def test_stop_ends_the_servers_under_their_users(used_data):
    user = User(used_data).wait_until_up()
    embedded.stop()
    assert is_all_gone(used_data)
    user.leave()
