"""The same photo is known again after what phones and carriers do to it, and another one isn't taken for it."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from backend.kit.errors import Invalid
from backend.photos import prints, rules
from tests.photos.pictures import jpeg, scene


def seen(content: bytes) -> prints.Print:
    found = prints.look(content)
    assert found is not None
    return found


def alike(one: bytes, other: bytes) -> bool:
    first, second = seen(one), seen(other)
    return rules.alike(first.shape, first.edges, second.shape, second.edges)


@pytest.mark.parametrize("seed", range(6))
def test_a_photo_is_known_again(seed: int) -> None:
    """Sent by another channel it comes smaller, squeezed, lighter, or with another format."""
    original = scene(seed)
    sent = jpeg(original)
    assert alike(sent, jpeg(original.resize((400, 300))))
    assert alike(sent, jpeg(original, quality=35))
    assert alike(sent, jpeg(ImageEnhance.Brightness(original).enhance(1.12)))


def test_other_photos_are_other_photos() -> None:
    prints_of = [seen(jpeg(scene(seed))) for seed in range(40)]
    pairs = [(a, b) for place, a in enumerate(prints_of) for b in prints_of[:place]]
    assert not any(rules.alike(a.shape, a.edges, b.shape, b.edges) for a, b in pairs)


def test_a_photo_taken_upright_is_the_same_lying_down() -> None:
    """The camera notes how it was held; a carrier turns the picture and drops the note."""
    original = scene(3)
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = original.rotate(90, expand=True)
    out = io.BytesIO()
    turned.save(out, "JPEG", exif=exif)
    assert alike(jpeg(original), out.getvalue())


@pytest.mark.parametrize(
    "content",
    [b"", b"jpeg", jpeg(scene(1))[:500], jpeg(Image.new("RGB", (640, 480), (3, 3, 3)))],
    ids=["empty", "no picture", "cut off", "a lens cap"],
)
def test_what_shows_nothing(content: bytes) -> None:
    assert prints.look(content) is None


hashes = st.integers(0, rules.WHOLE)


@given(hashes, st.sets(st.integers(0, 63), max_size=rules.NEAR_SHAPE))
def test_near_hashes_share_a_band(shape: int, flipped: set[int]) -> None:
    """So an index over bands finds every photo that is alike."""
    other = shape
    for bit in flipped:
        other ^= 1 << bit
    assert rules.distance(shape, other) == len(flipped)
    assert set(rules.bands(shape)) & set(rules.bands(other))


@given(hashes)
def test_a_hash_fits_the_column_and_stays_itself(value: int) -> None:
    stored = rules.signed(value)
    assert -(2**63) <= stored < 2**63
    assert rules.distance(stored, value) == 0
    assert rules.bands(stored) == rules.bands(value)


def test_more_than_64_bits_is_a_mistake() -> None:
    with pytest.raises(Invalid):
        rules.signed(2**64)
