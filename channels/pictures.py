"""Which bytes are a photo. Claims take what phones make; SVG is a program and no photo."""

from collections.abc import AsyncIterator

from backend.conversations.ports import MAX_MEDIA_BYTES, SendFailed

PHOTO_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/heic", "image/heif"})
_ALIASES = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png"}
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs")
_HEIF_BRANDS = {**dict.fromkeys(_HEIC, "image/heic"), b"mif1": "image/heif", b"msf1": "image/heif"}


def photo_type(content_type: str) -> str | None:
    """The canonical media type if it is one of a photo; parameters and case ignored."""
    plain = content_type.partition(";")[0].strip().lower()
    plain = _ALIASES.get(plain, plain)
    return plain if plain in PHOTO_TYPES else None


def sniff(content: bytes) -> str | None:
    """The media type that the first bytes tell."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:6] in {b"GIF87a", b"GIF89a"}:
        return "image/gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp":
        return _HEIF_BRANDS.get(content[8:12])
    return None


def settle_type(content: bytes) -> str:
    """What a fetched file is, by its own bytes: what the provider says of it, the sender may have chosen.

    Raises SendFailed, permanent.
    """
    found = sniff(content)
    if found is None:
        raise SendFailed("not_a_photo", permanent=True)
    return found


async def read_bounded(chunks: AsyncIterator[bytes]) -> bytes:
    """All of a download, given up as soon as it is too large. Raises SendFailed, permanent."""
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if len(content) > MAX_MEDIA_BYTES:
            raise SendFailed("media_too_large", permanent=True)
    return bytes(content)
