"""Which model is live: a pointer beside the models, one for each release, with its history.

A release is all that a model is made of but the examples (`Project.release`): models of one release can take each
other's place in the middle of a conversation, since domain, rules and code are the same. A new release starts with the
model of its own content, and an older one that still runs keeps its own pointer.

The pointer is a file, replaced whole: `live-<release>.json` in the folder of models. Servers on several machines share
that folder. Each server writes what it has loaded to `workers/`, so that a promotion can tell when all have followed.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from bot.project import Project

LONGEST_HISTORY = 200
# A server writes once a second that it is there; one that has not for this long is gone, whatever it left behind.
WORKER_SILENCE_SECONDS = 15.0


class NotLive(RuntimeError):
    """A model can't be made live, or there is none to go back to; the message says why."""


@dataclass(frozen=True)
class Step:
    """One change of the live model. `at` is UTC, ISO 8601; `undoes` the model that a rollback took away."""

    model: str
    at: str
    by: str
    why: str
    undoes: str | None = None


@dataclass(frozen=True)
class Pointer:
    """The pointer of one release in a folder of models."""

    folder: Path
    release: str

    @staticmethod
    def of(project: Project) -> Pointer:
        """Return the pointer of the project's present release."""
        return Pointer(project.models, project.release)

    @property
    def path(self) -> Path:
        """Return the file."""
        return self.folder / f"live-{self.release}.json"

    def history(self) -> list[Step]:
        """Return all changes, oldest first; empty where no model of this release has been live."""
        try:
            return [Step(**step) for step in json.loads(self.path.read_bytes())["history"]]
        except FileNotFoundError:
            return []

    def standing(self) -> list[Step]:
        """Return the changes that no rollback has undone, oldest first; the last is what is live."""
        kept: list[Step] = []
        for step in self.history():
            if step.undoes is None:
                kept.append(step)
            elif kept:  # what it undoes may have been dropped as too old
                kept.pop()
        return kept

    def model(self) -> Path | None:
        """Return the live model; None where there is none or its file is gone."""
        kept = self.standing()
        path = self.folder / kept[-1].model if kept else None
        return path if path is not None and path.is_file() else None

    def point(self, model: Path, *, by: str, why: str) -> Step:
        """Make a model of the folder live. Raises NotLive where there is no such file."""
        if model.resolve().parent != self.folder.resolve() or not model.is_file():
            raise NotLive(f"{model} is not a model in {self.folder}")
        with alone(self.folder / ".live.lock"):
            return self._add(Step(model.name, _now(), by, why))

    def back(self, *, by: str, why: str = "rollback") -> Step:
        """Make live what was live before; again goes further back. Raises NotLive where nothing was, or it is gone."""
        with alone(self.folder / ".live.lock"):
            kept = self.standing()
            if len(kept) < 2:
                raise NotLive("there is no earlier live model of this release to go back to")
            current, before = kept[-1], kept[-2]
            if not (self.folder / before.model).is_file():
                raise NotLive(f"{before.model}, which was live before, is gone from {self.folder}")
            return self._add(replace(before, at=_now(), by=by, why=why, undoes=current.model))

    def _add(self, step: Step) -> Step:
        steps = [*self.history(), step]
        # What is dropped is the oldest; a rollback never reaches that far.
        text = json.dumps({"history": [asdict(each) for each in steps[-LONGEST_HISTORY:]]}, indent=1)
        waiting = self.path.with_suffix(f".{os.getpid()}.new")
        waiting.write_text(text, encoding="utf-8")
        os.replace(waiting, self.path)
        return step


def settle(project: Project, *, by: str = "start") -> Path:
    """Return the live model of the project's release; where there is none, the model of its present content becomes it.

    Raises FileNotFoundError where that isn't trained.
    """
    pointer = Pointer.of(project)
    model = pointer.model()
    if model is None:
        model = project.model
        if not model.is_file():
            raise FileNotFoundError(model)
        pointer.point(model, by=by, why="the first of this release")
    return model


@dataclass(frozen=True)
class Worker:
    """A server and what it serves; `refused` is a model that it could not load, with the reason."""

    name: str
    release: str
    model: str
    refused: str | None = None
    reason: str | None = None

    @staticmethod
    def here(release: str, model: str) -> Worker:
        """Return this process."""
        return Worker(f"{socket.gethostname()}-{os.getpid()}", release, model)

    def path(self, folder: Path) -> Path:
        """Return the file in which it says so."""
        return folder / "workers" / f"{self.name}.json"

    def say(self, folder: Path) -> None:
        """Write it, whole."""
        path = self.path(folder)
        path.parent.mkdir(parents=True, exist_ok=True)
        waiting = path.with_suffix(".new")
        waiting.write_text(json.dumps(asdict(self)), encoding="utf-8")
        os.replace(waiting, path)


def workers(pointer: Pointer) -> list[Worker]:
    """Return the servers of the pointer's release that are there, by name."""
    found = []
    for path in sorted((pointer.folder / "workers").glob("*.json")):
        try:
            if time.time() - path.stat().st_mtime < WORKER_SILENCE_SECONDS:
                found.append(Worker(**json.loads(path.read_bytes())))
        except FileNotFoundError:
            continue  # it has just ended
    return [worker for worker in found if worker.release == pointer.release]


def follow(pointer: Pointer, model: str, *, seconds: float) -> list[Worker]:
    """Wait until every server that is there serves `model`; return them. Raises NotLive when one can't, or too late."""
    deadline = time.monotonic() + seconds
    while True:
        present = workers(pointer)
        refusing = [worker for worker in present if worker.refused == model]
        if refusing:
            raise NotLive(f"{refusing[0].name} can't load {model}: {refusing[0].reason}")
        behind = [worker.name for worker in present if worker.model != model]
        if not behind:
            return present
        if time.monotonic() > deadline:
            raise NotLive(f"after {seconds:.0f} s these have not followed: {', '.join(behind)}")
        time.sleep(0.1)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock of a file; others wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def promote(project: Project, model: Path, *, by: str, why: str, wait: float) -> dict[str, Any]:
    """Make a model live and wait up to `wait` seconds for all servers. Raises NotLive.

    Where a server can't follow, the pointer goes back to what was live before.
    """
    from bot.record import release_of

    pointer = Pointer.of(project)
    before = pointer.model()
    if before is not None and before.name == model.name:
        raise NotLive(f"{model.name} is live already")
    if release_of(model) not in {None, pointer.release}:
        raise NotLive(f"{model.name} is of another release: its domain, rules or code differ; deploy that release")
    began = time.monotonic()
    pointer.point(model, by=by, why=why)
    try:
        followed = follow(pointer, model.name, seconds=wait)
    except NotLive as error:
        if before is None:
            raise
        pointer.back(by=by, why=f"went back by itself: {error}")
        raise NotLive(f"{error}; {before.name} is live again") from error
    return _done(pointer, before, followed, began)


def rollback(project: Project, *, by: str, why: str, wait: float) -> dict[str, Any]:
    """Make live what was live before, and wait up to `wait` seconds for all servers. Raises NotLive."""
    pointer = Pointer.of(project)
    before = pointer.model()
    began = time.monotonic()
    step = pointer.back(by=by, why=why or "rollback")
    try:
        followed = follow(pointer, step.model, seconds=wait)
    except NotLive as error:
        raise NotLive(f"{step.model} is live again, but {error}") from error
    return _done(pointer, before, followed, began)


def _done(pointer: Pointer, before: Path | None, followed: list[Worker], began: float) -> dict[str, Any]:
    return {
        "live": pointer.standing()[-1].model,
        "was": before.name if before else None,
        "workers": [worker.name for worker in followed],
        "seconds": round(time.monotonic() - began, 2),
    }


def describe(project: Project) -> dict[str, Any]:
    """Return what is live, what the present content would be, and who serves what."""
    pointer = Pointer.of(project)
    model = pointer.model()
    return {
        "release": pointer.release,
        "live": str(model) if model else None,
        "candidate": str(project.model) if project.model.is_file() else None,
        "content": project.model.name,
        "history": [asdict(step) for step in pointer.history()],
        "workers": [asdict(worker) for worker in workers(pointer)],
    }
