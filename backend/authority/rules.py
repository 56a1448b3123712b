"""How far somebody's authority reaches. Pure.

Whoever is let in to the desk may approve everyday sums; everything beyond is granted by name (docs/decisions/0018).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from backend.authority.models import Act
from backend.kit.money import Money

# What everybody at the desk may do alone, in minor units by currency. An act that isn't here is nobody's by standard.
STANDARD: dict[Act, dict[str, int]] = {
    Act.APPROVE_CLAIM: {"USD": 100_000, "GBP": 80_000, "CNY": 700_000, "SGD": 130_000},
}


@dataclass(frozen=True, slots=True)
class Given:
    """A grant that is in force, as the rules see it; None means every product, every currency, without limit."""

    act: Act
    product: str | None = None
    currency: str | None = None
    limit_minor: int | None = None


def reach(grants: Iterable[Given], act: Act, product: str | None, currency: str) -> int | None:
    """The most that may be done alone, in minor units of `currency`; None is without limit, 0 nothing.

    A grant for the product goes before one for all; of equally near ones the widest counts. The standard holds only
    where nothing was granted.
    """
    fitting = [g for g in grants if g.act is act and g.product in {None, product} and g.currency in {None, currency}]
    nearest = [g for g in fitting if product is not None and g.product == product] or fitting
    if not nearest:
        return STANDARD.get(act, {}).get(currency, 0)
    if any(g.limit_minor is None for g in nearest):
        return None
    return max(g.limit_minor for g in nearest if g.limit_minor is not None)


def reaches(grants: Iterable[Given], act: Act, product: str | None, amount: Money) -> bool:
    most = reach(grants, act, product, amount.currency)
    return most is None or amount.minor <= most


def holds(grants: Iterable[Given], act: Act) -> bool:
    """Whether a role was granted at all, for whatever product."""
    return any(g.act is act and g.limit_minor != 0 for g in grants)
