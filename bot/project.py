"""The Rasa project of the repository: its files, and the model that belongs to their present content."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HASH_LENGTH = 12


@dataclass(frozen=True)
class Project:
    """The files of a Rasa project under `root`; `data_dir` is where models go, under `models/`."""

    root: Path
    data_dir: Path

    @staticmethod
    def from_environment() -> Project:
        """Return the project of this repository, or of ANPEI_BOT_PROJECT; data under ANPEI_DATA_DIR, by default var/."""
        root = Path(os.environ.get("ANPEI_BOT_PROJECT") or ROOT).resolve()
        return Project(root, (root / (os.environ.get("ANPEI_DATA_DIR") or "var")).resolve())

    @property
    def config(self) -> Path:
        """Return the pipeline and policies."""
        return self.root / "config.yml"

    @property
    def domain(self) -> Path:
        """Return the domain, a folder or a file. Raises FileNotFoundError where there is neither."""
        for path in (self.root / "domain", self.root / "domain.yml"):
            if path.exists():
                return path
        raise FileNotFoundError(f"no domain.yml and no domain/ in {self.root}")

    @property
    def training_data(self) -> Path:
        """Return the folder of NLU examples, rules and stories."""
        return self.root / "data"

    @property
    def endpoints(self) -> Path:
        """Return where Rasa finds actions and trackers."""
        return self.root / "endpoints.yml"

    @property
    def credentials(self) -> Path:
        """Return the channels."""
        return self.root / "credentials.yml"

    @property
    def examples(self) -> Path:
        """Return the folder of NLU examples, one folder a language in it."""
        return self.training_data / "nlu"

    @property
    def models(self) -> Path:
        """Return the folder of models."""
        return self.data_dir / "models"

    @property
    def model(self) -> Path:
        """Return where the model of the present content is, or will be once trained."""
        return self.models / f"anpei-{self.hash()}.tar.gz"

    @property
    def release(self) -> str:
        """Return the hash of all but the examples: models that agree in it can take each other's place in a server."""
        return self.hash(examples=False)

    def hash(self, *, examples: bool = True) -> str:
        """Return the first 12 hex digits of the SHA-256 over all that a model is made of, or over all but `examples`."""
        digest = hashlib.sha256()
        for name, path in self._parts():
            if not examples and self.examples in path.parents:
                continue
            content = path.read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()[:HASH_LENGTH]

    def _parts(self) -> Iterator[tuple[str, Path]]:
        """Yield each file with a name that doesn't depend on where the repository is."""
        ours = ROOT / "bot"
        files = [self.config, *self.root.glob("domain*.yml"), *_files(self.root / "domain", "*.yml")]
        files += _files(self.training_data, "*")
        for path in sorted(files):
            yield path.relative_to(self.root).as_posix(), path
        code = [*ours.glob("*.py"), *_files(ours / "nlu", "*.py"), ours / "simplified.txt", ours / "uv.lock"]
        for path in sorted(code):
            yield "bot/" + path.relative_to(ours).as_posix(), path


def _files(folder: Path, pattern: str) -> list[Path]:
    hidden = (".", "~")
    return [path for path in folder.rglob(pattern) if path.is_file() and not path.name.startswith(hidden)]
