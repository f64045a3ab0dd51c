import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from smmbot.lib import embedded
from smmbot.lib.embedded.paths import DATA_DIR_VARIABLE


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of the test's own. What a test leaves running is stopped."""
    folder = tmp_path / "data"
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(folder))
    yield folder
    embedded.wait_stopped(timeout_s=0)
    embedded.stop()
    assert embedded.status() == embedded.Status(False, None, None, None)


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
    """A stopped data folder with databases in it, to be copied."""
    folder = tmp_path_factory.mktemp("made") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_DIR_VARIABLE, str(folder))
        embedded.ensure_running()
        assert embedded.wait_stopped(timeout_s=10)
    return folder


@pytest.fixture
def copied_data(made_data: Path, data: Path) -> Path:
    """As after `cp -a` of a checkout."""
    shutil.copytree(made_data, data, ignore=_sockets)
    return data


def _sockets(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not (Path(folder, name).is_file() or Path(folder, name).is_dir())]


@pytest.fixture
def as_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
