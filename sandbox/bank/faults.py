"""What can be made to go wrong: how many of the next requests are treated so."""

from pydantic import BaseModel, Field


class Faults(BaseModel):
    """Counts run down by one with each request they hit; what is in `…_ms` stays until changed."""

    latency_ms: int = Field(0, ge=0, le=60_000)
    payee_ms: int = Field(0, ge=0, le=60_000)  # how long a question about a name takes
    payee_down: int = Field(0, ge=0)  # such a question is answered by an error
    settle_ms: int = Field(800, ge=0, le=3_600_000)
    return_ms: int = Field(0, ge=0, le=3_600_000)  # from settling until it comes back
    drop_before: int = Field(0, ge=0)  # the connection dies and nothing was booked
    drop_after: int = Field(0, ge=0)  # the connection dies and the payout was booked
    error_500: int = Field(0, ge=0)  # an error, and nothing was booked
    error_after: int = Field(0, ge=0)  # an error, and the payout was booked
    forget: int = Field(0, ge=0)  # a look-up says "never heard of it", whatever the books say
    reject: int = Field(0, ge=0)
    return_: int = Field(0, ge=0, alias="return")  # settled, and then sent back by the payee's bank

    def take(self, name: str) -> bool:
        """Whether this request is hit; counts it."""
        left = getattr(self, name)
        if left:
            setattr(self, name, left - 1)
        return bool(left)
