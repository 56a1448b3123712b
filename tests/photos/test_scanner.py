"""ClamAV's daemon before a photo is kept: tried against a stand-in that speaks as clamd does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from backend.conversations.models import Channel
from backend.conversations.schemas import MediaRef
from backend.conversations.turn import _fetch_media
from backend.kit.settings import Environment, InsecureSettings, MissingSettings, Settings
from backend.photos.scanner import Clamd, ScannerAway, Unscanned, scanner

# The harmless file that every scanner takes for a virus; in two halves, so that none takes this one for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass
class PlayedClamd:
    """INSTREAM as clamd's manual has it, with its own limit of a stream."""

    limit: int = 25 * 1024 * 1024
    looked_at: list[bytes] = field(default_factory=list)
    silent: bool = False

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(length)
            if len(content) > self.limit:
                writer.write(b"INSTREAM size limit exceeded. ERROR\0")
                writer.close()
                return
        self.looked_at.append(content)
        if self.silent:
            await asyncio.sleep(5)
        writer.write(b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if EICAR in content else b"stream: OK\0")
        writer.close()


@asynccontextmanager
async def by_socket(clamd: PlayedClamd, folder: Path) -> AsyncIterator[str]:
    async with await asyncio.start_unix_server(clamd, folder / "clamd.ctl"):
        yield f"unix://{folder / 'clamd.ctl'}"


@asynccontextmanager
async def by_port(clamd: PlayedClamd, _: Path) -> AsyncIterator[str]:
    async with await asyncio.start_server(clamd, "127.0.0.1", 0) as server:
        yield f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize("way", [by_socket, by_port])
async def test_what_is_malicious_is_found(way: Callable[..., AsyncIterator[str]], tmp_path: Path) -> None:
    clamd = PlayedClamd()
    photo = b"\xff\xd8\xff" + bytes(range(256)) * 4000  # a megabyte: several pieces
    async with way(clamd, tmp_path) as url:  # type: ignore[attr-defined] # both are context managers
        assert await Clamd(url).harmless(photo)
        assert not await Clamd(url).harmless(photo + EICAR)
    assert clamd.looked_at == [photo, photo + EICAR]


async def test_a_scanner_that_is_away_or_slow_lets_nothing_pass(tmp_path: Path) -> None:
    """Nor one that can't look at all of it: the turn is tried again."""
    with pytest.raises(ScannerAway):
        await Clamd(f"unix://{tmp_path}/nobody").harmless(b"x")
    async with by_socket(PlayedClamd(silent=True), tmp_path) as url:
        with pytest.raises(ScannerAway):
            await Clamd(url, seconds=0.2).harmless(b"x")
    async with by_port(PlayedClamd(limit=10), tmp_path) as url:
        with pytest.raises(ScannerAway):
            await Clamd(url).harmless(b"x" * 100)


async def test_an_infected_photo_is_not_kept(tmp_path: Path, now: datetime) -> None:
    """It is left out as if the provider did not give it, so that another is asked for; the good one beside it stays."""

    class Provider:
        async def fetch(self, ref: MediaRef) -> tuple[str, bytes]:
            return "image/jpeg", EICAR if ref.url_or_file_id == "bad" else b"good"

    refs = [MediaRef(url_or_file_id=name, content_type="image/jpeg") for name in ("bad", "good")]
    async with by_socket(PlayedClamd(), tmp_path) as url:
        services = SimpleNamespace(senders={Channel.SMS: Provider()}, scanner=Clamd(url), clock=lambda: now)
        found = await _fetch_media(services, Channel.SMS, refs)  # type: ignore[arg-type] # what it needs of them
    assert [content for _, _, content in found] == [b"good"]


async def test_which_is_set() -> None:
    assert isinstance(scanner(""), Unscanned)
    assert await scanner("").harmless(EICAR)
    assert isinstance(scanner("tcp://127.0.0.1"), Clamd)
    for wrong in ("clamd", "http://127.0.0.1:3310", "unix://"):
        with pytest.raises(MissingSettings):
            scanner(wrong)


def test_photos_go_to_no_other_machine_in_the_clear() -> None:
    strong = "k" * 40
    production = Settings(
        env=Environment.PRODUCTION,
        public_url="https://a.test",
        secret=strong,
        master_key=strong,
        api_token=strong,
        rasa_token=strong,
        log_key=strong,
        bank_url="https://bank.test",
    )  # type: ignore[arg-type] # pydantic makes them secrets
    production.model_copy(update={"clamd_url": "tcp://127.0.0.1:3310"}).check()
    with pytest.raises(InsecureSettings, match="ANPEI_CLAMD_URL"):
        production.model_copy(update={"clamd_url": "tcp://10.0.0.9:3310"}).check()
