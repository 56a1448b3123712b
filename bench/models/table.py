"""The results as tables in Markdown."""

from __future__ import annotations

from typing import Any

from bench.models.examples import LANGUAGES


def comparison(results: dict[str, Any]) -> str:
    """A row a candidate: on the held-out lines of each language, on unknown authors, and what a message costs."""
    rows = [
        "| | en: accuracy | macro-F1 | out found | ECE | zh: accuracy | macro-F1 | out found | ECE | unknown authors | ms |",
        "| --- |" + " ---: |" * 10,
    ]
    for name, found in results.items():
        cells = []
        for language in LANGUAGES:
            blind = found["blind"][language]
            cells += [_interval(blind["accuracy"]), _interval(blind["macro_f1"]), f"{blind['out_found'][0]:.3f}"]
            cells.append(f"{blind['ece']:.3f}" if "ece" in blind else "")
        cells += [_authors(found.get("authors")), f"{found['ms']:.2f}"]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(rows)


def authors(found: dict[str, Any]) -> str:
    """Accuracy and macro-F1 on the lines of each author that the model was not trained on."""
    rows = ["| author left out | lines | accuracy | macro-F1 |", "| --- | ---: | ---: | ---: |"]
    rows += [f"| {author} | {lines:.0f} | {share:.3f} | {f1:.3f} |" for author, (share, f1, lines) in found.items()]
    return "\n".join(rows)


def _interval(value: list[float]) -> str:
    return "{:.3f} ({:.3f}-{:.3f})".format(*value)


def _authors(found: dict[str, list[float]] | None) -> str:
    """The mean over authors, each counting alike."""
    if not found:
        return ""
    shares = [share for share, _, _ in found.values()]
    return f"{sum(shares) / len(shares):.3f}"
