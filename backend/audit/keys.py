"""The log's key: from the environment; development makes one of its own and keeps it."""

import os
import secrets
from pathlib import Path

from backend.audit.note import KEY_BYTES, Signer, Verifier
from backend.kit.settings import InsecureSettings, Settings

DEVELOPMENT_NAME = "anpei.localhost/development"


def new_key(name: str) -> Signer:
    """Raises BadKey for a name that signed-note can't say."""
    return Signer.parse(Signer(name, secrets.token_bytes(KEY_BYTES)).secret_text())


def signer(settings: Settings) -> Signer:
    """Raises InsecureSettings where production has none, BadKey where it is none."""
    given = settings.log_key.get_secret_value()
    if given:
        return Signer.parse(given)
    if not settings.development:
        raise InsecureSettings("set ANPEI_LOG_KEY: `anpei audit new-key NAME` makes one")
    return _of_development(settings.data_dir / "log.key")


def verifier(settings: Settings) -> Verifier:
    """The log's public key; web is given no other. As `signer` where there is none."""
    public = settings.log_public_key
    return Verifier.parse(public) if public else signer(settings).verifier


def known_here(settings: Settings) -> Verifier | None:
    """The public key of the log that this machine keeps, if it keeps one; none is made. Raises BadKey."""
    if settings.log_key.get_secret_value() or (settings.data_dir / "log.key").exists():
        return signer(settings).verifier
    return None


def witness(settings: Settings) -> Verifier | None:
    """The key of the outside witness; None where there is none. Raises BadKey."""
    return Verifier.parse(settings.witness_key) if settings.witness_url else None


def _of_development(path: Path) -> Signer:
    """Two processes may come first at once: the file appears whole, and once."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        mine = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(new_key(DEVELOPMENT_NAME).secret_text() + "\n")
        try:
            os.link(mine, path)
        except FileExistsError:
            pass
        finally:
            mine.unlink()
    return Signer.parse(path.read_text().strip())
