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


# Where else the database is asked, and why a repository is no place for it.
ASKS_BY_ITSELF = {
    "backend/kit/db.py": "what asks for everybody",
    "backend/kit/jobs.py": "jobs are added in the transaction of their fact; the kit knows no noun",
    "backend/kit/processes.py": "processes say that they live; the kit knows no noun",
    "backend/migrations/env.py": "brings the schema about",
    "backend/conversations/statements.py": "the hot path on its way in: single statements (docs/decisions/0011)",
    "backend/conversations/leaving.py": "the hot path on its way out, as before",
    "backend/conversations/recovery.py": "as before, for what a dead process left",
    "backend/vault/keys.py": "data keys are read before there is a mapper that can open anything",
    "backend/vault/rotation.py": "goes through every sealed column by name, whoever's table it is",
    "backend/vault/rewrapping.py": "as before, and through Rasa's trackers",
    "backend/vault/leaks.py": "looks into every table and column there is",
    "anpei/embedded.py": "makes the database",
    "anpei/roles.py": "makes accounts, and grants",
    "anpei/web.py": "whether the database answers at all",
}
RUNS_QUERIES = {"execute", "executemany", "exec_driver_sql", "statement", "scalar", "scalars", "stream_scalars"}


def asks_the_database(tree: ast.Module, *, models: bool = False) -> list[int]:
    """The lines that build a query or run one; `models` may name the types of columns."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and _builds(node.module or "") and not models)
        or (isinstance(node, ast.Import) and any(_builds(each.name) for each in node.names))
        or (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in RUNS_QUERIES
            and bool(node.args)
        )
    ]


def _builds(module: str) -> bool:
    """Whether it is SQLAlchemy, but for its errors and its URLs."""
    return module.partition(".")[0] == "sqlalchemy" and module not in {"sqlalchemy.exc", "sqlalchemy.engine"}


def test_queries_are_in_repositories() -> None:
    """And the list of those who ask by themselves names nobody who doesn't."""
    found = {
        str(path)
        for path, tree in sources()
        if path.parts[0] != "sandbox" and path.name != "repository.py"
        if asks_the_database(tree, models=path.name == "models.py")
    }
    assert found == set(ASKS_BY_ITSELF)


@pytest.mark.parametrize(
    "source",
    [
        "from sqlalchemy import select", "from sqlalchemy.dialects.postgresql import insert", "import sqlalchemy as sa",
        "from sqlalchemy.orm import aliased", "await db.statement(BEGIN, {})", "connection.execute(query)",
        "found = await session.scalars(query)", "session.info['x'].execute('SELECT 1')",
    ],
)  # fmt: skip
def test_a_query_elsewhere_is_seen(source: str) -> None:
    assert asks_the_database(ast.parse(source)) != []


@pytest.mark.parametrize(
    "source", ["from sqlalchemy.exc import SQLAlchemyError", "pipeline.execute()", "await session.get(Claim, claim_id)"]
)
def test_what_is_no_query(source: str) -> None:
    assert asks_the_database(ast.parse(source)) == []


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
        and re.search(r"\bdate(time)?\b", ast.unparse(node))
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
