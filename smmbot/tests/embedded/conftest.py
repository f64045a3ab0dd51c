import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from smmbot.lib import embedded
from smmbot.lib.embedded.paths import DATA_DIR_VARIABLE


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of the test's own."""
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path / "data"))
    yield tmp_path / "data"
    stop_whatever_runs()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder whose servers run, used by this process, for tests that leave them running."""
    folder = tmp_path_factory.mktemp("shared") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_DIR_VARIABLE, str(folder))
        embedded.ensure_running()
        yield folder
        assert embedded.wait_stopped(timeout_s=10)


@pytest.fixture(scope="session")
def made_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stopped data folder with databases in it."""
    folder = tmp_path_factory.mktemp("made") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_DIR_VARIABLE, str(folder))
        embedded.ensure_running()
        assert embedded.wait_stopped(timeout_s=10)
    return folder


@pytest.fixture
def used_data(made_data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder that earlier tests used, stopped: for tests that leave it whole. Copying one takes longer
    than starting it."""
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(made_data))
    yield made_data
    stop_whatever_runs()


@pytest.fixture
def copied_data(made_data: Path, data: Path) -> Path:
    """As after `cp -a` of a checkout: for tests that damage it."""
    shutil.copytree(made_data, data, ignore=_sockets)
    return data


def stop_whatever_runs() -> None:
    embedded.wait_stopped(timeout_s=0)
    embedded.stop()
    assert embedded.status() == embedded.Status(False, None, None, None)


def _sockets(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not (Path(folder, name).is_file() or Path(folder, name).is_dir())]


@pytest.fixture
def as_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
