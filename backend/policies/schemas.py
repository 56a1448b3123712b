"""Products and policies as actions see them."""

from datetime import date

from pydantic import BaseModel

Both = dict[str, str]


class ProductView(BaseModel):
    """`limits`, `deductible`, `fast_lane_limit` in minor units by currency. Public terms, not secret."""

    key: str
    names: Both
    keywords: dict[str, list[str]]
    photo: str
    limits: dict[str, int]
    deductible: dict[str, int]
    fast_lane_limit: dict[str, int]
    waiting_days: int
    documents: Both
    covers: Both


class PolicyView(BaseModel):
    number: str
    product_name: Both
    starts_on: date
    ends_on: date
    limit_text: Both
    deductible_text: Both
