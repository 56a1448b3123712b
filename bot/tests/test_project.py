"""Which model belongs to the data as it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.project import Project
from bot.training import train, validate


@pytest.fixture
def copy(project: Project, tmp_path: Path) -> Project:
    shutil.copytree(project.root, tmp_path / "copy", ignore=shutil.ignore_patterns("var"))
    return Project(tmp_path / "copy", tmp_path / "var")


def test_the_name_follows_the_content(project: Project, copy: Project) -> None:
    """The same content elsewhere is the same model; any change of it is another."""
    assert copy.model.name == project.model.name
    before = copy.hash()
    (copy.root / "data" / "more.yml").write_text("nlu: []\n")
    assert copy.hash() != before


def test_the_domain_may_be_a_folder(copy: Project) -> None:
    """Split into files, it is still found, and still counted."""
    (copy.root / "domain").mkdir()
    (copy.root / "domain.yml").rename(copy.root / "domain" / "all.yml")
    assert copy.domain.name == "domain"
    before = copy.hash()
    (copy.root / "domain" / "more.yml").write_text("intents: [x]\n")
    assert copy.hash() != before


def test_trains_only_what_changed(project: Project, model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second training says that there is nothing to do."""
    written = model.stat().st_mtime_ns
    assert train(project) == model
    assert model.stat().st_mtime_ns == written
    assert "nothing to train" in capsys.readouterr().out


def test_finds_what_does_not_belong_together(copy: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sound project passes; a rule with an action that the domain lacks doesn't."""
    monkeypatch.chdir(copy.root)  # validate changes it; pytest changes it back
    assert validate(copy)
    rules = copy.training_data / "rules.yml"
    rules.write_text(rules.read_text().replace("action_status", "action_misspelt"))
    assert not validate(copy)


def test_no_model_is_said(copy: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command names the one that is missing and how to make it."""
    monkeypatch.setenv("ANPEI_BOT_PROJECT", str(copy.root))
    with pytest.raises(SystemExit, match="run `python -m bot train`"):
        main(["model-path"])
