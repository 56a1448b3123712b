"""What every version of the rules has in common: how facts are stored, and what an answer is made of. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol, get_type_hints

from backend.claims.models import Lane
from backend.kit.money import Money
from backend.review.models import Outcome

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class Finding(Protocol):
    """Why, in a code for programs and params for words."""

    @property
    def code(self) -> str: ...

    def as_json(self) -> dict[str, Any]:
        """{"code": …, **params}, as decisions store it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    lane: Lane
    approved: Money | None
    reasons: tuple[Finding, ...]


def as_json(facts: "DataclassInstance") -> dict[str, Any]:
    """Facts as they are stored: dates in ISO 8601, tuples as lists, everything else as it is."""
    return {key: _plain(value) for key, value in asdict(facts).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def read_facts[Facts: "DataclassInstance"](kind: type[Facts], inputs: Mapping[str, Any]) -> Facts:
    """Facts of a kind from what was stored, also by an earlier version: what it didn't know has the kind's default.

    Raises TypeError where something without a default is missing.
    """
    types = get_type_hints(kind)
    return kind(
        **{each.name: _read(types[each.name], inputs[each.name]) for each in fields(kind) if each.name in inputs}
    )


def _read(kind: Any, value: Any) -> Any:
    if kind is date and isinstance(value, str):
        return date.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value
