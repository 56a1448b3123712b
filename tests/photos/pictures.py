"""Pictures as phones take them, made here: blobs of light on a gradient, the same for the same seed."""

import io
import random

from PIL import Image, ImageDraw, ImageFilter


def scene(seed: int, size: tuple[int, int] = (800, 600)) -> Image.Image:
    rng = random.Random(seed)
    picture = Image.linear_gradient("L").rotate(rng.choice((0, 90, 180, 270))).resize(size).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for _ in range(14):
        x, y = rng.randint(0, size[0]), rng.randint(0, size[1])
        colour = (rng.randint(0, 255), rng.randint(0, 255), rng.randint(0, 255))
        draw.ellipse((x, y, x + rng.randint(60, 320), y + rng.randint(60, 320)), fill=colour)
    return picture.filter(ImageFilter.GaussianBlur(3))


def jpeg(picture: Image.Image, quality: int = 88) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()
