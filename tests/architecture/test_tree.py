"""The tree's own rules, which no linter knows."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command

from anpei.schema import comparable
from backend.claims.views import NEXT_STEP
from backend.conversations import texts as gateway_texts
from backend.kit.errors import AnpeiError
from backend.notices import texts as notice_texts

ROOT = Path(__file__).parent.parent.parent
OURS = ("anpei", "backend", "channels", "actions", "pages", "sandbox")
GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ!\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for package in OURS:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "versions" not in path.parts:
                yield path.relative_to(ROOT), ast.parse(path.read_text())


def test_only_the_kit_commits() -> None:
    """One request, one transaction: nobody below the edge ends it early."""
    found = [
        f"{path}:{node.lineno}"
        for path, tree in sources()
        if path.parts[0] == "backend" and path.name != "env.py" and path != Path("backend/kit/db.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback"}
    ]
    assert found == []


def test_queries_are_in_repositories() -> None:
    allowed = {"repository.py", "models.py", "jobs.py", "env.py", "db.py"}
    found = [
        str(path)
        for path, tree in sources()
        if path.parts[0] in {"backend", "channels", "pages", "actions"} and path.name not in allowed
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "") == "sqlalchemy"
    ]
    assert found == []


def test_no_float_touches_money() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "float"
        and re.search(r"amount|minor|price|money", ast.unparse(node))
    ]
    assert found == []


def test_no_sum_of_money_is_divided() -> None:
    """How many minor units make one is the currency's to say (`Money.major`, `Money.words`); `/` gives a float besides."""
    found = [
        f"{path}:{node.lineno}"
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and re.search(r"minor\b", ast.unparse(node))
    ]
    assert found == []


def test_time_is_passed_in() -> None:
    """`now()` is asked in the clock alone; below the edge time is an argument."""
    found = [
        f"{path}:{node.lineno}"
        for path, tree in sources()
        if path.parts[0] == "backend" and path != Path("backend/kit/clock.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "today"}
        and "datetime" in ast.unparse(node)
    ]
    assert found == []


def test_functions_fit_a_screen() -> None:
    found = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno > 70
    ]
    assert found == []


def errors_below(kind: type[AnpeiError]) -> Iterator[type[AnpeiError]]:
    for sub in kind.__subclasses__():
        yield sub
        yield from errors_below(sub)


def test_error_codes_are_distinct() -> None:
    codes = [kind.code for kind in errors_below(AnpeiError)]
    assert len(codes) == len(set(codes))


TEXTS = {
    **{f"gateway.{key}": both for key, both in gateway_texts.TEXTS.items()},
    **{f"notice.{key}": both for key, both in notice_texts.TEXTS.items()},
    **{f"next.{key}": both for key, both in NEXT_STEP.items()},
}


@pytest.mark.parametrize("key", TEXTS)
def test_every_text_is_in_both_languages(key: str) -> None:
    """Both languages, with the same gaps to fill; English in GSM-7 and short enough for two SMS segments."""
    both = TEXTS[key]
    assert set(both) == {"en", "zh"}
    gaps = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in both.values()]
    assert gaps[0] == gaps[1]
    assert set(both["en"]) <= GSM7
    assert len(both["en"]) <= 290


def test_the_migrations_make_the_models(database_url: str) -> None:
    command.check(comparable(database_url))
