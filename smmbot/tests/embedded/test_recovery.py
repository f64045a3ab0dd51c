import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from smmbot.lib import embedded
from smmbot.lib.embedded import lockfile
from smmbot.lib.embedded.paths import Paths
from smmbot.tests.embedded.processes import (
    User,
    eventually,
    is_all_gone,
    kill_all,
    run,
    server_pids,
    supervisor_pids,
)

pytestmark = pytest.mark.processes


def write_note(data: Path, text: str) -> None:
    with psycopg.connect(host=f"{data}/run", user="smmbot", dbname="smmbot") as connection:
        connection.execute("DROP TABLE IF EXISTS note")
        connection.execute("CREATE TABLE note (text text)")
        connection.execute("INSERT INTO note VALUES (%s)", [text])


def read_notes(data: Path) -> list[str]:
    with psycopg.connect(host=f"{data}/run", user="smmbot", dbname="smmbot") as connection:
        return [text for (text,) in connection.execute("SELECT text FROM note")]


def is_back(pid: int | None, killed: int | None) -> bool:
    return pid not in (None, killed) and embedded.status().running


def test_killed_postgres_comes_back_with_its_data(used_data):
    embedded.ensure_running()
    write_note(used_data, "kept")
    before = embedded.status()
    os.kill(before.postgres_pid, signal.SIGKILL)
    assert eventually(lambda: is_back(embedded.status().postgres_pid, before.postgres_pid), timeout_s=8)
    after = embedded.status()
    assert (after.supervisor_pid, after.redis_pid) == (before.supervisor_pid, before.redis_pid)
    assert read_notes(used_data) == ["kept"]


def test_killed_redis_comes_back(used_data):
    embedded.ensure_running()
    before = embedded.status()
    os.kill(before.redis_pid, signal.SIGKILL)
    assert eventually(lambda: is_back(embedded.status().redis_pid, before.redis_pid), timeout_s=5)
    assert embedded.status().postgres_pid == before.postgres_pid


def test_servers_end_with_a_killed_supervisor(used_data):
    embedded.ensure_running()
    os.kill(embedded.status().supervisor_pid, signal.SIGKILL)
    assert eventually(lambda: is_all_gone(used_data), timeout_s=5)


def test_killed_supervisor_is_replaced_at_once(used_data):
    embedded.ensure_running()
    write_note(used_data, "kept")
    killed = embedded.status().supervisor_pid
    os.kill(killed, signal.SIGKILL)
    assert eventually(lambda: embedded.status().supervisor_pid is None)  # the kernel takes a moment
    embedded.ensure_running()
    assert embedded.status().supervisor_pid not in (killed, None)
    assert read_notes(used_data) == ["kept"]


def test_all_killed_at_once_recover_with_their_data(used_data):
    user = User(used_data).wait_until_up()
    write_note(used_data, "kept")
    kill_all([user.process.pid, *supervisor_pids(used_data), *server_pids(used_data)])
    user.kill()
    assert eventually(lambda: is_all_gone(used_data))
    embedded.ensure_running()
    assert read_notes(used_data) == ["kept"]


def test_orphans_are_ended_before_new_servers_start(used_data):
    # A server whose supervisor is gone and which was not told: as on a kernel without that signal.
    paths = Paths(used_data)
    lock = lockfile.open_lock(paths.run / "redis.lock")
    assert lockfile.try_exclusive(lock)
    stubborn = subprocess.Popen(  # noqa: S603 -- ourselves
        [f"redis-server:{paths.tag}", "-c", "import signal; signal.pause()"],
        executable=sys.executable,
        pass_fds=[lock],
    )
    os.close(lock)
    embedded.ensure_running()
    assert stubborn.wait(timeout=5) == -signal.SIGTERM
    assert embedded.status().running


def test_pid_files_that_name_a_strangers_process_are_not_believed(used_data):
    paths = Paths(used_data)
    stranger = str(os.getpid())
    (paths.postgres_data / "postmaster.pid").write_text(
        f"{stranger}\n/elsewhere\n0\n5432\n/tmp\n\n\nready   \n"
    )
    (paths.run / ".s.PGSQL.5432.lock").write_text(f"{stranger}\n")
    for name in ("supervisor", "postgres", "redis"):
        (paths.run / f"{name}.lock").write_text(stranger)
    (paths.run / "ready").touch()
    assert embedded.status() == embedded.Status(False, None, None, None)
    embedded.ensure_running()
    assert embedded.status().running


def test_folder_copied_from_a_running_checkout(made_data, data, monkeypatch):
    monkeypatch.setenv("SMMBOT_DATA_DIR", str(made_data))
    embedded.ensure_running()
    shutil.copytree(
        made_data, data, ignore=lambda _, names: [n for n in names if n == "redis.sock" or "PGSQL" in n]
    )
    original = embedded.status()
    monkeypatch.setenv("SMMBOT_DATA_DIR", str(data))
    embedded.ensure_running()
    assert embedded.status().postgres_pid != original.postgres_pid
    monkeypatch.setenv("SMMBOT_DATA_DIR", str(made_data))
    assert embedded.status() == original
    assert embedded.wait_stopped(timeout_s=10)
    monkeypatch.setenv("SMMBOT_DATA_DIR", str(data))


def test_half_made_data_is_made_again(data):
    (data / "postgres.unfinished" / "base").mkdir(parents=True)
    embedded.ensure_running()
    assert embedded.status().running
    assert not (data / "postgres.unfinished").exists()


def test_removed_folder_stops_its_servers(copied_data):
    embedded.ensure_running()
    shutil.rmtree(copied_data)
    assert eventually(lambda: is_all_gone(copied_data), timeout_s=10)


def test_dropped_database_is_made_again(used_data):
    embedded.ensure_running()
    with psycopg.connect(
        host=f"{used_data}/run", user="smmbot", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute("DROP DATABASE smmbot")
    embedded.stop()
    embedded.ensure_running()
    write_note(used_data, "new")
    assert read_notes(used_data) == ["new"]


def test_data_of_another_version_is_refused_in_one_line(copied_data):
    (copied_data / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(embedded.EmbeddedServerError) as caught:
        embedded.ensure_running()
    text = str(caught.value)
    assert "made by PostgreSQL 17" in text
    assert "\n" not in text


def test_server_that_cannot_start_names_its_reason_and_log(copied_data):
    (copied_data / "postgres" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(embedded.EmbeddedServerError) as caught:
        embedded.ensure_running()
    text = str(caught.value)
    assert text.startswith("postgres ended while it started (")
    assert "postgresql.conf" in text
    assert str(copied_data / "log" / "postgres.log") in text
    assert "\n" not in text
    assert eventually(lambda: is_all_gone(copied_data))


def test_unusable_folder_is_refused_in_one_line(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("SMMBOT_DATA_DIR", str(tmp_path / "file" / "data"))
    with pytest.raises(embedded.EmbeddedServerError, match=r"cannot use .*: Not a directory"):
        embedded.ensure_running()


@pytest.mark.usefixtures("as_root")
def test_folder_of_another_user_is_refused(data):
    data.mkdir()
    os.chown(data, 12345, 12345)
    with pytest.raises(embedded.EmbeddedServerError, match="belongs to uid 12345"):
        embedded.ensure_running()
    data.rmdir()


@pytest.mark.usefixtures("as_root")
def test_root_without_namespaces_runs_postgres_under_an_account(data):
    data.parent.chmod(0o700)  # closed to the account, as /root is
    launcher = [sys.executable, str(Path(__file__).with_name("without_namespaces.py"))]
    user = User(data, launcher=launcher).wait_until_up()
    write_note(data, "by account")
    status = embedded.status()
    owners = (Path(f"/proc/{status.postgres_pid}").stat().st_uid, (data / "postgres").stat().st_uid)
    embedded.stop()
    user.leave()
    assert owners[0] == owners[1] != 0
    # The same data, once namespaces are there again.
    assert run(data, "from smmbot.lib import embedded; embedded.ensure_running()").returncode == 0
    assert (data / "postgres").stat().st_uid == 0
    embedded.ensure_running()
    assert read_notes(data) == ["by account"]
