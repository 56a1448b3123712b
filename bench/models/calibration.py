"""How far the confidence of the product's model can be believed, as a table and a reliability diagram.

`bot/.venv/bin/python -m bench.models.calibration` fits the model without a temperature, and with one from examples held
out in turn, and puts the held-out lines of tests/nlu to it; the diagram goes to docs/reliability.svg.
"""

from __future__ import annotations

import numpy as np
from sklearn.model_selection import StratifiedKFold

from bench.models import scores
from bench.models.candidates import CANDIDATES, PRODUCT
from bench.models.examples import LANGUAGES, held_out, training
from bench.models.linear import Answers, temperature
from bot.linear import SEED, softmax
from bot.project import ROOT

FOLDS = 3
DIAGRAM = ROOT / "docs" / "reliability.svg"
SIZE, EDGE = 300, 44
COLOURS = {"en": "#1f5fa8", "zh": "#b4451f"}
FAVOUR = {"out_of_scope": 0.3}  # as config.yml has it


def main() -> None:
    product, known, exam = CANDIDATES[PRODUCT](), training(), held_out()
    texts, intents = np.array([line.text for line in known]), np.array([line.intent for line in known])
    apart = np.zeros((len(known), len(np.unique(intents))))
    for rest, fold in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(texts, intents):
        apart[fold] = _ahead(product.answers(list(texts[rest]), list(intents[rest]), list(texts[fold])))
    names = np.unique(intents)
    factor = temperature(apart, np.searchsorted(names, intents))
    blind = _ahead(product.answers(list(texts), list(intents), [line.text for line in exam]))
    wanted, language = np.array([line.intent for line in exam]), np.array([line.language for line in exam])
    print(_table(names, [("examples held out in turn", apart, intents)], factor))
    sets = [(each, blind[language == each], wanted[language == each]) for each in LANGUAGES]
    print(_table(names, sets, factor))
    DIAGRAM.write_text(diagram(names, sets, factor), encoding="utf-8")


def _ahead(answers: Answers) -> np.ndarray:
    return answers.scores + np.array([FAVOUR.get(intent, 0.0) for intent in answers.intents])


def _table(names: np.ndarray, sets: list[tuple[str, np.ndarray, np.ndarray]], factor: float) -> str:
    rows = [f"| expected calibration error | as fitted | with temperature {factor:.2f} |", "| --- | ---: | ---: |"]
    for title, found, wanted in sets:
        right = names[found.argmax(axis=1)] == wanted
        before, after = (scores.calibration_error(right, softmax(found * each).max(axis=1)) for each in (1.0, factor))
        rows.append(f"| {title} | {before:.3f} | {after:.3f} |")
    return "\n".join(rows)


def diagram(names: np.ndarray, sets: list[tuple[str, np.ndarray, np.ndarray]], factor: float) -> str:
    """Share right against confidence: dots as large as the tenth of messages, hollow before the temperature."""
    whole = SIZE + 2 * EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole + 90} {whole}" font-family="sans-serif" font-size="12">',
        "<title>Reliability: how often the model is right at each confidence</title>",
        f'<rect width="{whole + 90}" height="{whole}" fill="#fff"/>',
        f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="#999" stroke-dasharray="4 4"/>',
        f'<path d="M{_x(0)} {_y(1)}V{_y(0)}H{_x(1)}" fill="none" stroke="#333"/>',
        f'<text x="{_x(0.5)}" y="{whole - 8}" text-anchor="middle">confidence</text>',
        f'<text x="14" y="{_y(0.5)}" text-anchor="middle" transform="rotate(-90 14 {_y(0.5)})">share right</text>',
    ]
    for mark in (0, 0.5, 1):
        parts.append(f'<text x="{_x(mark)}" y="{_y(0) + 16}" text-anchor="middle">{mark}</text>')
        parts.append(f'<text x="{_x(0) - 6}" y="{_y(mark) + 4}" text-anchor="end">{mark}</text>')
    for at, (language, found, wanted) in enumerate(sets):
        right, colour = names[found.argmax(axis=1)] == wanted, COLOURS[language]
        for each, fill in ((1.0, "none"), (factor, colour)):
            for sure, share, count in scores.bins(right, softmax(found * each).max(axis=1)):
                radius = 2 + 10 * (count / len(right)) ** 0.5
                dot = f'<circle cx="{_x(sure):.1f}" cy="{_y(share):.1f}" r="{radius:.1f}" fill="{fill}" fill-opacity="0.6"'
                parts.append(f'{dot} stroke="{colour}"><title>{language}: {count} messages</title></circle>')
        parts.append(f'<text x="{_x(1) + 14}" y="{_y(1) + 18 + 34 * at}" fill="{colour}">{language}: filled</text>')
        parts.append(f'<text x="{_x(1) + 14}" y="{_y(1) + 32 + 34 * at}" fill="{colour}">(before: hollow)</text>')
    return "\n".join([*parts, "</svg>\n"])


def _x(share: float) -> float:
    return EDGE + SIZE * share


def _y(share: float) -> float:
    return EDGE + SIZE * (1 - share)


if __name__ == "__main__":
    main()
