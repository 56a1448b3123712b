"""`python -m bot`: trains, checks and serves the Rasa project of this repository. Run from the repository root."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

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
    serve = commands.add_parser("serve", help="serve the model of the data as it is, over HTTP")
    serve.add_argument("--model", type=Path, help="another model")
    serve.set_defaults(run=_serve)
    commands.add_parser("model-path", help="print where that model is").set_defaults(run=_model_path)
    commands.add_parser("validate", help="check domain, examples and rules against each other").set_defaults(
        run=_validate
    )
    parse = commands.add_parser("parse", help="read a message a line on standard input, print a JSON a line")
    parse.add_argument("--lang", choices=("en", "zh"), help="accepted for symmetry: one model reads both languages")
    parse.add_argument("--model", type=Path, help="another model")
    parse.set_defaults(run=_parse)
    return parser


def _train(project: Project, options: argparse.Namespace) -> int:
    from bot.training import train

    train(project, force=options.force)
    return 0


def _serve(project: Project, options: argparse.Namespace) -> int:
    from bot.serving import serve

    serve(project, _existing(options.model or project.model))
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


def _existing(model: Path) -> Path:
    if not model.is_file():
        sys.exit(f"no model {model}: run `python -m bot train`")
    return model


if __name__ == "__main__":
    sys.exit(main())
