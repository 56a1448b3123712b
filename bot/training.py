"""Trains and checks the project with Rasa."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from bot import record
from bot.live import alone
from bot.project import Project
from bot.running import prepare


class TrainingFailed(RuntimeError):
    """Rasa did not make a model; its own messages say why."""


def train(project: Project, *, force: bool = False) -> Path:
    """Train the model of the project's present content, unless it exists, and return where it is.

    Two trainings of one project wait for each other; a model appears whole or not at all. Raises TrainingFailed.
    """
    model = project.model
    with alone(model.parent / ".lock"):
        record.write(project, model)
        record.print_changes(project, model)
        if model.exists() and not force:
            print(f"nothing to train: {model} is of the data as it is")
            return model
        print(f"training {model.name}", flush=True)
        began = time.monotonic()
        with tempfile.TemporaryDirectory(dir=model.parent) as folder:
            os.replace(_train(project, Path(folder), model.name), model)
        print(f"trained in {time.monotonic() - began:.0f} s: {model} ({model.stat().st_size / 1e6:.1f} MB)")
        return model


def _train(project: Project, folder: Path, name: str) -> Path:
    prepare()
    from rasa.model_training import train as rasa_train

    os.chdir(project.root)  # Rasa looks for the classes that config.yml names from here
    result = rasa_train(
        domain=str(project.domain),
        config=str(project.config),
        training_files=[str(project.training_data)],
        output=str(folder),
        fixed_model_name=name,
        force_training=True,
    )
    if result.code != 0 or not result.model:
        raise TrainingFailed(f"Rasa's training ended with code {result.code}")
    return Path(result.model)


def validate(project: Project) -> bool:
    """Check intents, utterances, slots, forms and rules against each other, as `rasa data validate`; True if sound."""
    prepare()
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.validator import Validator

    os.chdir(project.root)
    importer = TrainingDataImporter.load_from_config(
        str(project.config), str(project.domain), [str(project.training_data)]
    )
    validator = Validator.from_importer(importer)
    checks = {
        "domain": validator.verify_domain_validity,
        "examples and intents": lambda: validator.verify_nlu(ignore_warnings=False),
        "utterances and actions": lambda: validator.verify_utterances_in_stories(ignore_warnings=False),
        "forms": validator.verify_forms_in_stories_rules,
        "slots": validator.verify_form_slots,
        "actions": validator.verify_actions_in_stories_rules,
        "mappings": validator.verify_slot_mappings,
        "contradicting stories": lambda: validator.verify_story_structure(ignore_warnings=False),
    }
    failed = [name for name, check in checks.items() if not check()]
    print("sound" if not failed else "not sound: " + ", ".join(failed))
    return not failed
