"""The model that serves, on collections of others: what we don't do, and short answers.

`bot/.venv/bin/python -m bench.models.outside --data FOLDER`, with `clinc150_data_full.json` (Larson et al., 2019),
`banking77_test.csv` (Casanueva et al., 2020) and `nlupp/data/banking/` (NLU++, Casanueva et al., 2022) in FOLDER. None of
it is trained on. "Met" is what is not taken for something that we do: out of scope, asked back, or small talk.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from pathlib import Path

from bot.parsing import FALLBACK, Parser
from bot.project import Project

REFUSED, MET = frozenset({"out_of_scope", FALLBACK}), frozenset({"out_of_scope", FALLBACK, "chitchat"})
# CLINC150's intents that mean one of ours. Its others are for an assistant that we are not.
CLINC = {
    "yes": "affirm",
    "no": "deny",
    "repeat": "repeat",
    "cancel": "cancel",
    "greeting": "greet",
    "goodbye": "goodbye",
    "thank_you": "thank",
    "are_you_a_bot": "bot_challenge",
    "what_can_i_ask_you": "help",
}
# Neither out of scope nor told apart by us: our own account of them would be a matter of taste.
CLINC_NEITHER = frozenset(
    {"maybe", "change_language", "insurance", "report_fraud", "what_is_your_name", "change_user_name"}
)
NLUPP = {
    "affirm": "affirm",
    "deny": "deny",
    "dont_know": "inform",
    "greet": "greet",
    "thank": "thank",
    "end_call": "goodbye",
    "handoff": "talk_to_human",
}


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.models.outside")
    options.add_argument("--data", type=Path, required=True, help="the folder of the collections")
    data: Path = options.parse_args().data
    parser = Parser.open(Project.from_environment().model)
    clinc = json.loads((data / "clinc150_data_full.json").read_text(encoding="utf-8"))
    with (data / "banking77_test.csv").open(encoding="utf-8", newline="") as file:
        banking = [row["text"] for row in csv.DictReader(file)]
    foreign = [text for text, intent in clinc["test"] if intent not in CLINC and intent not in CLINC_NEITHER]
    print("| not ours | lines | out of scope | or asked back | or small talk | most often taken for |")
    print("| --- | ---: | ---: | ---: | ---: | --- |")
    print(_met(parser, "CLINC150, out of scope of 150 intents", [text for text, _ in clinc["oos_test"]]))
    print(_met(parser, "CLINC150, 135 intents of other assistants", foreign))
    print(_met(parser, "BANKING77, a bank's 77 intents", banking))
    print("\n| ours too | lines | right | most often taken for |\n| --- | ---: | ---: | --- |")
    for theirs, ours in CLINC.items():
        lines = [text for text, intent in clinc["test"] if intent == theirs]
        print(_right(parser, f"CLINC150 {theirs}", lines, ours))
    nlupp = _nlupp(data / "nlupp/data/banking")
    for theirs, ours in NLUPP.items():
        print(_right(parser, f"NLU++ {theirs}", nlupp.get(theirs, []), ours))


def _nlupp(folder: Path) -> dict[str, list[str]]:
    """The messages of NLU++ with one intent and no slot: short answers, mostly."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.json")):
        for item in json.loads(path.read_text(encoding="utf-8")):
            if len(item.get("intents") or ()) == 1 and not item.get("slots"):
                found.setdefault(item["intents"][0], []).append(item["text"])
    return found


def _met(parser: Parser, name: str, lines: list[str]) -> str:
    given = Counter(parser.parse(line)["intent"] for line in lines)
    shares = (sum(given[intent] for intent in group) / len(lines) for group in ({"out_of_scope"}, REFUSED, MET))
    wrong = Counter({intent: count for intent, count in given.items() if intent not in MET})
    return f"| {name} | {len(lines)} | {' | '.join(f'{share:.3f}' for share in shares)} | {_most(wrong, 4)} |"


def _right(parser: Parser, name: str, lines: list[str], ours: str) -> str:
    given = Counter(parser.parse(line)["intent"] for line in lines)
    wrong = Counter({intent: count for intent, count in given.items() if intent != ours})
    return f"| {name}: {ours} | {len(lines)} | {given[ours] / len(lines):.3f} | {_most(wrong, 3)} |"


def _most(wrong: Counter[str], most: int) -> str:
    return ", ".join(f"{intent} {count}" for intent, count in wrong.most_common(most))


if __name__ == "__main__":
    main()
