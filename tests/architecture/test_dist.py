"""What production is installed from has no history, and production starts from nothing that has."""

import subprocess
import tarfile
from pathlib import Path

import pytest

from anpei.supervisor import ROOT, CannotStart, check_source_control
from backend.kit.settings import Environment, Settings

PRODUCTION = Settings(env=Environment.PRODUCTION)


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is such an installation, and no clone to make one from")
def test_it_is_the_tree_without_its_history(tmp_path: Path) -> None:
    made = subprocess.run(
        [ROOT / "deploy" / "dist", tmp_path], capture_output=True, text=True, check=True
    ).stdout.strip()
    with tarfile.open(made) as archive:
        names = {Path(*Path(name).parts[1:]) for name in archive.getnames()}
    assert not [name for name in names if any(part.startswith((".git", ".hg", ".svn")) for part in name.parts)]
    assert {Path("Makefile"), Path("uv.lock"), Path("bot/uv.lock"), Path("deploy/install"), Path("domain.yml")} <= names
    assert not any("node_modules" in name.parts or ".venv" in name.parts or name.suffix == ".key" for name in names)


def test_production_does_not_start_from_a_clone(tmp_path: Path) -> None:
    check_source_control(PRODUCTION, tmp_path)
    (tmp_path / ".git").write_text("gitdir: elsewhere")  # as in a work tree
    with pytest.raises(CannotStart, match="make dist"):
        check_source_control(PRODUCTION, tmp_path)
    check_source_control(Settings(), tmp_path)
