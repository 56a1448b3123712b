"""`python -m bench.review --data FOLDER`: what scores of this kind are worth, on claims that nobody here made.

The folder holds carclaims.csv and tsa_claims-2010-2013.xls. Writes the table of docs/review.md.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, IsolationForest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

from bench.report import write_section
from bench.review_data import Claims, carclaims, tsa

DOCUMENT = Path(__file__).parent.parent / "docs" / "review.md"
SEED = 20261123
RESAMPLES = 1000
TOP_SHARE = 0.1
FEWEST = 20  # a value seen less often in training says nothing by itself
Scores = np.ndarray


@dataclass(frozen=True)
class Figure:
    """A measure with its 95 % interval over resamples of the test claims."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f})"


def boosted(claims: Claims) -> Scores:
    """Gradient-boosted trees over categories."""
    encoder = OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=-1, min_frequency=FEWEST, max_categories=200
    )
    train = encoder.fit_transform(claims.train)
    model = HistGradientBoostingClassifier(
        categorical_features=list(range(len(claims.columns))), learning_rate=0.05, max_iter=200,
        max_leaf_nodes=15, l2_regularization=1.0, random_state=SEED,
    )  # fmt: skip
    model.fit(train, claims.train_bad)
    return model.predict_proba(encoder.transform(claims.test))[:, 1]


def logistic(claims: Claims) -> Scores:
    encoder = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=FEWEST)
    model = make_pipeline(encoder, LogisticRegression(C=0.3, max_iter=2000))
    model.fit(claims.train, claims.train_bad)
    return model.predict_proba(claims.test)[:, 1]


def isolation(claims: Claims) -> Scores:
    """What the product uses: it is shown no outcome at all. Categories by how rare they are in training."""
    train, test = rarity(claims, claims.train), rarity(claims, claims.test)
    forest = IsolationForest(n_estimators=100, random_state=SEED).fit(train)
    return -forest.score_samples(test)


def rarity(claims: Claims, known: list[tuple[str, ...]]) -> Scores:
    columns = []
    for place in range(len(claims.columns)):
        counts: dict[str, int] = {}
        for line in claims.train:
            counts[line[place]] = counts.get(line[place], 0) + 1
        columns.append([-np.log((counts.get(line[place], 0) + 1) / len(claims.train)) for line in known])
    return np.array(columns).T


def one_column(claims: Claims) -> Scores:
    """The trivial baseline: the one column whose training rates tell most, and those rates."""
    best, found = -1.0, np.zeros(len(claims.test))
    overall = sum(claims.train_bad) / len(claims.train_bad)
    for place in range(len(claims.columns)):
        rates: dict[str, list[int]] = {}
        for line, bad in zip(claims.train, claims.train_bad, strict=True):
            rates.setdefault(line[place], []).append(bad)
        rate = {value: (sum(bads) + FEWEST * overall) / (len(bads) + FEWEST) for value, bads in rates.items()}
        auc = roc_auc_score(claims.train_bad, [rate[line[place]] for line in claims.train])
        if auc > best:
            best, found = auc, np.array([rate.get(line[place], overall) for line in claims.test])
    return found


MODELS: dict[str, Callable[[Claims], Scores]] = {
    "one column's rates (trivial)": one_column,
    "isolation forest, no outcomes shown": isolation,
    "logistic regression": logistic,
    "boosted trees": boosted,
}


def recall_at_top(bad: Scores, scores: Scores) -> float:
    """Of the bad ones, the share among the tenth with the highest scores. Ties count by how many of them fit in."""
    top = int(len(bad) * TOP_SHARE)
    edge = np.sort(scores)[-top]
    above, level = scores > edge, scores == edge
    share = (top - above.sum()) / level.sum()
    return float((bad[above].sum() + share * bad[level].sum()) / bad.sum())


MEASURES: dict[str, Callable[[Scores, Scores], float]] = {
    "AUC": roc_auc_score,
    "average precision": average_precision_score,
    "recall in the top 10 %": recall_at_top,
}


def figures(claims: Claims, scores: Scores) -> list[Figure]:
    bad = np.array(claims.test_bad)
    rng = np.random.default_rng(SEED)
    picks = [rng.integers(0, len(bad), len(bad)) for _ in range(RESAMPLES)]
    found = []
    for measure in MEASURES.values():
        spread = [measure(bad[pick], scores[pick]) for pick in picks]
        low, high = np.percentile(spread, [2.5, 97.5])
        found.append(Figure(float(measure(bad, scores)), float(low), float(high)))
    return found


def table(claims: Claims) -> str:
    bad = sum(claims.test_bad)
    lines = [
        (
            f"**{claims.name}**: {len(claims.train):,} claims to learn from, {len(claims.test):,} to be judged, "
            f"of which {bad:,} ({bad / len(claims.test):.1%}) turned out {'fraud' if claims.name == 'carclaims' else 'denied'}."
        ),
        "",
        "| | " + " | ".join(MEASURES) + " |",
        "| --- |" + " ---: |" * len(MEASURES),
    ]
    for name, model in MODELS.items():
        row = figures(claims, model(claims))
        lines.append(f"| {name} | " + " | ".join(map(str, row)) + " |")
        print(claims.name, name, *row, flush=True)
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.review", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with both sets")
    folder = parser.parse_args().data
    write_section(DOCUMENT, "\n\n".join(table(claims) for claims in (carclaims(folder), tsa(folder))))


if __name__ == "__main__":
    main()
