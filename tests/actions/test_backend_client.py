"""The backend's answers, and no answer, over real HTTP: each is one of the actions' own errors."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from actions import wire
from actions.backend_client import Backend
from actions.errors import Absent, BackendUnavailable, Refused, StepUp
from actions.wire import Http
from backend.claims.schemas import DraftChange, Which
from backend.kit.passes import Door
from tests.actions.talk import CONVERSATION

TOKEN = "of the tests"


@asynccontextmanager
async def answered(answer: web.Response | str) -> AsyncIterator[tuple[Backend, list[web.Request]]]:
    """A backend that always answers so, or closes the connection halfway, or says nothing for a while."""
    asked: list[web.Request] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        await request.read()
        asked.append(request)
        if isinstance(answer, web.Response):
            return web.Response(status=answer.status, body=answer.body, content_type=answer.content_type)
        if answer == "silence":
            await asyncio.sleep(0.5)
        assert request.transport is not None
        if answer == "hang up":
            request.transport.close()
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b'{"half')
        request.transport.close()
        return response

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    async with TestServer(app) as server:
        backend = Backend(Http(str(server.make_url("")), TOKEN))
        try:
            yield backend, asked
        finally:
            await backend.close()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (403, {"code": "code_sent", "params": {}}, StepUp),
        (404, {"code": "no_draft", "params": {}}, Absent),
        (409, {"code": "refused", "params": {}}, Refused),
        (422, {"code": "incomplete", "field": "amount", "params": {}}, Refused),
        (401, {"detail": "Unauthorized"}, BackendUnavailable),
        (422, {"detail": []}, BackendUnavailable),
        (500, {"code": "error", "params": {}}, BackendUnavailable),
        (502, "<html>", BackendUnavailable),
        (200, {"half": "an answer"}, BackendUnavailable),
    ],
)
async def test_every_failure_is_one_of_ours(status: int, body: object, error: type[Exception]) -> None:
    async with answered(web.json_response(body, status=status)) as (backend, _):
        with pytest.raises(error):
            await backend.change_draft(CONVERSATION, DraftChange())


@pytest.mark.parametrize("fault", ["hang up", "half an answer"])
async def test_an_answer_that_breaks_off_is_none(fault: str) -> None:
    async with answered(fault) as (backend, _):
        with pytest.raises(BackendUnavailable):
            await backend.policies(CONVERSATION)


async def test_nobody_there() -> None:
    backend = Backend(Http(f"http://127.0.0.1:{unused_port()}", TOKEN))
    with pytest.raises(BackendUnavailable):
        await backend.policies(CONVERSATION)
    await backend.close()


async def test_it_proves_itself_and_says_what_it_was_given() -> None:
    async with answered(web.json_response({"cancelled": True})) as (backend, asked):
        assert await backend.cancel_draft(CONVERSATION)
        assert Door(TOKEN).admits(asked[0].headers["authorization"])
        with pytest.raises(BackendUnavailable):  # it isn't what was asked for
            await backend.claim_status(CONVERSATION, Which(number="CL 7K2M", product=None))
        assert dict(asked[1].query) == {"number": "CL 7K2M"}
        with pytest.raises(BackendUnavailable):
            await backend.change_draft(CONVERSATION, DraftChange(description="摔碎了"))
        assert (await asked[2].json()) == {"description": "摔碎了"}


async def test_it_waits_no_longer_than_it_should(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "TIMEOUT", aiohttp.ClientTimeout(total=0.05))
    async with answered("silence") as (backend, _):
        with pytest.raises(BackendUnavailable):
            await backend.policies(CONVERSATION)
