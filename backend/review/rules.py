"""The review of a claim: facts in, verdict out. Pure and versioned; never denies.

A decision stores the facts it saw whole, and the version of the rules. Every version stays (docs/decisions/0018), so
the same answer can be had years later. A change of a rule is a new version: a module beside these, its line here, and
its examples in tests/review/golden.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.kit.errors import NotFound
from backend.review import rules_v1, rules_v2, rules_v3
from backend.review.rules_shared import Verdict, as_json
from backend.review.rules_v2 import Reason, deductible_due, payable
from backend.review.rules_v3 import Facts, read, review

__all__ = [
    "RULES_VERSION",
    "Facts",
    "Reason",
    "UnknownVersion",
    "Verdict",
    "as_json",
    "deductible_due",
    "payable",
    "read",
    "replay",
    "review",
    "versions",
]

RULES_VERSION = rules_v3.VERSION


class UnknownVersion(NotFound):
    """The rules that decided aren't in this release."""

    code = "unknown_rules_version"


@dataclass(frozen=True, slots=True)
class _Version:
    read: Callable[[Mapping[str, Any]], Any]
    review: Callable[[Any], Verdict]


_VERSIONS: dict[str, _Version] = {
    rules_v1.VERSION: _Version(rules_v1.read, rules_v1.review),
    rules_v2.VERSION: _Version(rules_v2.read, rules_v2.review),
    rules_v3.VERSION: _Version(rules_v3.read, rules_v3.review),
}


def versions() -> list[str]:
    """Oldest first."""
    return list(_VERSIONS)


def replay(version: str, inputs: Mapping[str, Any]) -> Verdict:
    """What the rules of that version say of stored inputs. Raises UnknownVersion."""
    found = _VERSIONS.get(version)
    if found is None:
        raise UnknownVersion(version=version)
    return found.review(found.read(inputs))
