"""A request's body, read no further than a provider would ever write."""

from fastapi import Request

from channels.errors import Malformed


async def read_body(request: Request, limit: int) -> bytes:
    """Raises Malformed("too_large") as soon as more than `limit` bytes came."""
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > limit:
            raise Malformed("too_large")
    return bytes(read)
