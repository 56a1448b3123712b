"""Has a running server follow the live model: another is loaded beside the one that serves, then takes its place.

Rasa's `PUT /model` reaches one worker of several, stops all turns while it loads, and starts a new lock store; its
model server does the second, and hides a model that can't be loaded. Here

- the pointer (`bot.live`) is looked at once a second by each worker;
- the new model is loaded in a thread, and tried on a message, while turns go on with the old one;
- the change is a few assignments between two steps of the event loop. A turn that has begun keeps the processor it
  began with; locks, trackers and connections stay, and domain and rules are the same, since the release is.

A model that can't be loaded is not tried again until the pointer changes; the worker says so in its file.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog

from bot.live import Pointer, Worker

LOOK_SECONDS = 1.0
logger = structlog.get_logger()


class Follower:
    """Keeps one server's agent on the live model."""

    def __init__(self, pointer: Pointer, model: Path) -> None:
        """Take the pointer to follow and the model that the server starts with."""
        self._pointer = pointer
        self._first = model
        self._worker: Worker | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self, app: Any, _: Any) -> None:
        """Begin; a listener of Sanic's `after_server_start`, so run in each of its processes."""
        self._worker = Worker.here(self._pointer.release, self._first.name)
        self._worker.say(self._pointer.folder)
        self._task = asyncio.get_running_loop().create_task(self._run(app))

    async def stop(self, *_: Any) -> None:
        """End, and take the worker's file away; a listener of `before_server_stop`."""
        if self._task is not None and self._worker is not None:
            self._task.cancel()
            self._worker.path(self._pointer.folder).unlink(missing_ok=True)

    async def _run(self, app: Any) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._look(app.ctx.agent)
            except OSError as error:  # the folder is away for a moment: what is loaded goes on serving
                logger.warning("live.look.failed", error=repr(error))

    async def _look(self, agent: Any) -> None:
        assert self._worker is not None, "set when the server started"
        model = self._pointer.model()
        if model is None or model.name in {self._worker.model, self._worker.refused}:
            if model is not None and model.name == self._worker.model and self._worker.refused:
                self._worker = replace(self._worker, refused=None, reason=None)
            self._worker.say(self._pointer.folder)
            return
        loading = asyncio.get_running_loop().run_in_executor(None, load, agent, model)
        try:
            processor = await self._saying(loading)
            await _try_out(processor)
        except Exception as error:  # whatever is wrong with the new model, the old one serves on
            logger.exception("live.load.failed", model=model.name)
            self._worker = replace(self._worker, refused=model.name, reason=repr(error)[:500])
        else:
            put(agent, processor)
            self._worker = replace(self._worker, model=model.name, refused=None, reason=None)
            logger.warning("live.swapped", model=model.name)
        self._worker.say(self._pointer.folder)

    async def _saying(self, loading: asyncio.Future[Any]) -> Any:
        """Wait for the model, and go on saying that this worker is there."""
        while not loading.done():
            assert self._worker is not None, "set when the server started"
            self._worker.say(self._pointer.folder)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(asyncio.shield(loading), 5 * LOOK_SECONDS)
        return loading.result()


def load(agent: Any, model: Path) -> Any:
    """Return a processor of `model` on what the agent holds open. Nothing of the agent is changed: it is serving.

    A second `Agent` would not do: its constructor takes the domain from the tracker store that both use.
    """
    from rasa.core.processor import MessageProcessor

    return MessageProcessor(
        model_path=model,
        tracker_store=agent.tracker_store,
        lock_store=agent.lock_store,
        action_endpoint=agent.action_endpoint,
        generator=agent.nlg,
        http_interpreter=agent.http_interpreter,
    )


async def _try_out(processor: Any) -> None:
    """Read a message with it: a model that loads and can't read is refused too."""
    from rasa.core.channels.channel import UserMessage

    await processor.parse_message(UserMessage("hello 你好", metadata={"language": "en"}))


def put(agent: Any, processor: Any) -> None:
    """Have the agent serve with another processor: what `Agent.load_model` does after loading, without a pause."""
    agent.processor = processor
    agent.domain = processor.domain
    agent.tracker_store.domain = processor.domain
    agent.nlg.responses = processor.domain.responses
