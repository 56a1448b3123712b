"""The figures as a table, a JSON file and a section of docs/performance.md."""

import json
from dataclasses import dataclass
from pathlib import Path

BEGIN, END = "<!-- bench:begin, written by `make bench` -->", "<!-- bench:end -->"


@dataclass(frozen=True)
class Metric:
    """A figure of both sides; `more_is_better` tells which way the ratio is good."""

    title: str
    unit: str
    stock: float
    anpei: float
    more_is_better: bool = False

    @property
    def ratio(self) -> float:
        """How many times better than stock Anpei is; below 1 it is worse."""
        better, worse = (self.anpei, self.stock) if self.more_is_better else (self.stock, self.anpei)
        return better / worse if worse else float("inf")


def table(metrics: dict[str, Metric]) -> str:
    rows = ["| | stock Rasa | Anpei | Anpei is |", "| --- | ---: | ---: | ---: |"]
    for metric in metrics.values():
        stock, anpei = (f"{_figure(value)} {metric.unit}" for value in (metric.stock, metric.anpei))
        times = f"{metric.ratio:.1f} × better" if metric.ratio >= 1 else f"{1 / metric.ratio:.1f} × worse"
        rows.append(f"| {metric.title} | {stock} | {anpei} | {times} |")
    return "\n".join(rows)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def save(metrics: dict[str, Metric], path: Path) -> None:
    figures = {
        name: {"stock": round(m.stock, 6), "anpei": round(m.anpei, 6), "ratio": round(m.ratio, 3), "unit": m.unit}
        for name, m in metrics.items()
    }
    path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def write_section(document: Path, text: str) -> None:
    """Put the text in the marked section of the document, at its end where it has none yet."""
    whole = document.read_text(encoding="utf-8") if document.exists() else "# Performance\n"
    before, begun, rest = whole.partition(BEGIN)
    after = rest.partition(END)[2] if begun else "\n"
    document.parent.mkdir(parents=True, exist_ok=True)
    document.write_text(f"{before.rstrip()}\n\n{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
