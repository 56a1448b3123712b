"""A photo's perceptual hashes. Loads numpy and more: imported by the worker's job alone, and by nobody else."""

import io
from dataclasses import dataclass

import imagehash
from PIL import Image, ImageOps, ImageStat, UnidentifiedImageError

from backend.photos import rules

VERSION = "phash64+dhash64/1"
MOST_PIXELS = 60_000_000  # more is no phone's photo but a bomb
WORKING_SIZE = (512, 512)  # both hashes go down to 32 pixels anyway
SHOWS_NOTHING = 4.0  # standard deviation of grey, of 255: a lens cap, a blank page


@dataclass(frozen=True, slots=True)
class Print:
    """Signed 64-bit hashes; None where there is nothing to see."""

    shape: int
    edges: int


def look(content: bytes) -> Print | None:
    """The hashes of an image file, upright as its camera held it; None for no picture, or one that shows nothing.

    About 20 ms for a phone's photo: for a thread, not for the event loop.
    """
    try:
        with Image.open(io.BytesIO(content)) as file:
            if file.width * file.height > MOST_PIXELS:
                return None
            file.draft("L", WORKING_SIZE)  # a JPEG is decoded no larger than needed
            grey = ImageOps.exif_transpose(file).convert("L")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return None  # Pillow's ways to say that this is no whole picture
    grey.thumbnail(WORKING_SIZE)
    if ImageStat.Stat(grey).stddev[0] < SHOWS_NOTHING:
        return None
    return Print(_number(imagehash.phash(grey)), _number(imagehash.dhash(grey)))


def _number(found: imagehash.ImageHash) -> int:
    return rules.signed(int(str(found), 16))


def warm() -> None:
    """Load what the first hash would."""
    noise = Image.effect_noise((64, 64), 80)
    imagehash.phash(noise)
    imagehash.dhash(noise)
