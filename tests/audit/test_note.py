"""Signed notes and keys: as Go's sumdb/note and C2SP's examples have them, and nothing else."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from backend.audit import keys
from backend.audit.errors import BadKey, BadReceipt
from backend.audit.note import Checkpoint, Signer, Verifier, signers, split
from backend.kit.settings import Environment, InsecureSettings, Settings

# The example of Go's golang.org/x/mod/sumdb/note documentation.
SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_the_example_of_go() -> None:
    signer = Signer.parse(SECRET)
    assert str(signer.verifier) == PUBLIC
    assert signer.secret_text() == SECRET
    assert signer.sign(TEXT) == f"{TEXT}\n{SIGNATURE}"
    assert signers(f"{TEXT}\n{SIGNATURE}", [Verifier.parse(PUBLIC)]) == [Verifier.parse(PUBLIC)]


def test_strangers_signatures_are_passed_over() -> None:
    note = Signer.parse(SECRET).sign(TEXT)
    other = keys.new_key("somebody.example").verifier
    assert signers(note, [other]) == []


def test_a_wrong_signature_of_a_known_key_is_refused() -> None:
    note = Signer.parse(SECRET).sign(TEXT).replace("answer", "anwser")
    with pytest.raises(BadReceipt):
        signers(note, [Verifier.parse(PUBLIC)])


@pytest.mark.parametrize(
    "text",
    ["", "a\n", "a\n\n", "a\n\nb\n", f"a\x00\n\n{SIGNATURE}", f"a\n\n{SIGNATURE}"[:-1], f"a\n\n{SIGNATURE * 65}"],
)
def test_what_is_no_note(text: str) -> None:
    with pytest.raises(BadReceipt):
        split(text)


@pytest.mark.parametrize(
    "text",
    ["", "name", "name+00000000+AAAA", PUBLIC.replace("c74f20a3", "c74f20a4"), PUBLIC.replace("Peter", "Paul"), SECRET],
)
def test_what_is_no_public_key(text: str) -> None:
    with pytest.raises(BadKey):
        Verifier.parse(text)


@pytest.mark.parametrize("text", ["", PUBLIC, SECRET.replace("c74f20a3", "c74f20a4"), SECRET[:-4]])
def test_what_is_no_private_key(text: str) -> None:
    with pytest.raises(BadKey):
        Signer.parse(text)


@pytest.mark.parametrize("size", ["-1", "01", "x", "", "１", "1.0"])
def test_a_size_is_plain_digits(size: str) -> None:
    note = Signer.parse(SECRET).sign(f"origin\n{size}\n{'A' * 43}=\n")
    with pytest.raises(BadReceipt):
        Checkpoint.parse(note)


def test_a_secret_key_is_not_printed() -> None:
    assert "AYEKFALVFGyNhPJEMzD1QIDr" not in repr(Signer.parse(SECRET))


def test_development_makes_one_key_and_keeps_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path).prepared()
    first = keys.signer(settings)
    assert keys.signer(settings) == first
    assert (tmp_path / "log.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["log.key"]


def test_production_does_not_start_without_a_key() -> None:
    strong = SecretStr("x" * 40)
    production = Settings(
        env=Environment.PRODUCTION, secret=strong, api_token=strong, rasa_token=strong, public_url="https://a.example"
    )
    with pytest.raises(InsecureSettings, match="ANPEI_LOG_KEY"):
        production.prepared()
    with pytest.raises(InsecureSettings, match="ANPEI_LOG_KEY"):
        keys.signer(production)
    assert keys.signer(production.model_copy(update={"log_key": SecretStr(SECRET)})).name == "PeterNeumann"
