"""`python -m bot`: trains, checks and serves the Rasa project of this repository. Run from the repository root."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from bot.project import Project

# Before Rasa is imported: it reports to nobody, and keeps no cache, since its cache knows a component's own source
# but not the modules that the component uses.
ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "RASA_MAX_CACHE_SIZE": "0",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TQDM_DISABLE": "1",  # its bars are for terminals
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    os.environ.update(ENVIRONMENT)
    return options.run(Project.from_environment(), options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    train = commands.add_parser("train", help="train a model, unless there is one of the data as it is")
    train.add_argument("--force", action="store_true", help="train even so")
    train.set_defaults(run=_train)
    serve = commands.add_parser("serve", help="serve the live model over HTTP, and follow it when another goes live")
    serve.add_argument("--model", type=Path, help="this model, and no other")
    serve.set_defaults(run=_serve)
    commands.add_parser("model-path", help="print where that model is").set_defaults(run=_model_path)
    commands.add_parser("validate", help="check domain, examples and rules against each other").set_defaults(
        run=_validate
    )
    parse = commands.add_parser("parse", help="read a message a line on standard input, print a JSON a line")
    parse.add_argument("--lang", choices=("en", "zh"), help="accepted for symmetry: one model reads both languages")
    parse.add_argument("--model", type=Path, help="another model")
    parse.set_defaults(run=_parse)
    _live_parsers(commands)
    return parser


def _live_parsers(commands: Any) -> None:
    commands.add_parser("live", help="print which model is live, and since when, as JSON").set_defaults(run=_live)
    promote = commands.add_parser("promote", help="make the model of the data as it is live, in all servers")
    promote.add_argument("--model", type=Path, help="another model of this release")
    rollback = commands.add_parser("rollback", help="make live what was live before")
    for command, run in ((promote, _promote), (rollback, _rollback)):
        command.add_argument("--by", required=True, help="who does it")
        command.add_argument("--why", default="", help="the reason, for the history")
        command.add_argument("--wait", type=float, default=60.0, help="seconds for all servers to follow")
        command.set_defaults(run=run)
    examine = commands.add_parser("examine", help="read JSON lines {text, asked?}, print what each model makes of them")
    examine.add_argument("--model", type=Path, action="append", required=True, help="a model; may be given repeatedly")
    examine.set_defaults(run=_examine)


def _train(project: Project, options: argparse.Namespace) -> int:
    from bot.training import train

    train(project, force=options.force)
    return 0


def _serve(project: Project, options: argparse.Namespace) -> int:
    from bot.serving import serve

    serve(project, _existing(options.model) if options.model else None)
    return 0


def _model_path(project: Project, _: argparse.Namespace) -> int:
    print(_existing(project.model))
    return 0


def _validate(project: Project, _: argparse.Namespace) -> int:
    from bot.training import validate

    return 0 if validate(project) else 1


def _parse(project: Project, options: argparse.Namespace) -> int:
    from bot.parsing import Parser

    parser = Parser.open(_existing(options.model or project.model))
    for line in sys.stdin:
        print(json.dumps(parser.parse(line.rstrip("\r\n")), ensure_ascii=False), flush=True)
    return 0


def _live(project: Project, _: argparse.Namespace) -> int:
    from bot.live import describe

    print(json.dumps(describe(project), ensure_ascii=False))
    return 0


def _promote(project: Project, options: argparse.Namespace) -> int:
    from bot.live import NotLive, promote

    try:
        done = promote(
            project, _existing(options.model or project.model), by=options.by, why=options.why, wait=options.wait
        )
    except NotLive as error:
        sys.exit(f"not live: {error}")
    print(json.dumps(done, ensure_ascii=False))
    return 0


def _rollback(project: Project, options: argparse.Namespace) -> int:
    from bot.live import NotLive, rollback

    try:
        print(json.dumps(rollback(project, by=options.by, why=options.why, wait=options.wait), ensure_ascii=False))
    except NotLive as error:
        sys.exit(f"not rolled back: {error}")
    return 0


def _examine(_: Project, options: argparse.Namespace) -> int:
    from bot.examine import examine

    for line in examine([_existing(model) for model in options.model], sys.stdin):
        print(json.dumps(line, ensure_ascii=False))
    return 0


def _existing(model: Path) -> Path:
    if not model.is_file():
        sys.exit(f"no model {model}: run `python -m bot train`")
    return model


if __name__ == "__main__":
    sys.exit(main())
