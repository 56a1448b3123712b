"""Every page speaks both languages, and says nothing that isn't in its catalogue."""

import re
import string
from pathlib import Path

import pytest

import pages.desk.texts
import pages.identity.texts
import pages.portal.texts
import pages.simulator.texts
from backend.claims.models import ClaimStatus, Lane
from backend.conversations.models import Author, Channel, OutStatus
from backend.identity.rules import Level

PAGES = Path(__file__).parent.parent.parent / "pages"
CATALOGUES = {
    "desk": pages.desk.texts.TEXTS,
    "identity": pages.identity.texts.TEXTS,
    "portal": pages.portal.texts.TEXTS,
    "simulator": pages.simulator.texts.TEXTS,
}
HAN = re.compile(r"[\u4e00-\u9fff]")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("audience", CATALOGUES)
def test_both_languages_hold_the_same(audience: str) -> None:
    """The same keys, the same places to fill, and Chinese is Chinese."""
    for key, entry in CATALOGUES[audience].items():
        assert set(entry) == {"en", "zh"}, key
        assert entry["en"].strip(), key
        assert entry["zh"].strip(), key
        assert fields(entry["en"]) == fields(entry["zh"]), key
        assert not HAN.search(entry["en"]), key


def source(audience: str) -> str:
    """All that can say a text: templates, its own and those it shares, scripts, and the Python but for the catalogue."""
    paths = [path for kind in ("html", "py", "js") for path in sorted((PAGES / audience).rglob(f"*.{kind}"))]
    text = "\n".join(path.read_text() for path in paths if path.name != "texts.py")
    text += "\n".join(path.read_text() for path in (PAGES / "kit/templates").glob("*.html") if f'"{path.name}"' in text)
    return text + (PAGES / audience / "texts.py").read_text().partition("_FOR_SCRIPTS")[2]


@pytest.mark.parametrize("audience", CATALOGUES)
def test_what_is_said_is_in_the_catalogue(audience: str) -> None:
    said = set(re.findall(r"""\bt(?:exts)?\(["']([a-z_]+(?:\.[a-z_0-9]+)?)["'][,)]""", source(audience)))
    assert said <= set(CATALOGUES[audience])


@pytest.mark.parametrize("audience", CATALOGUES)
def test_the_whole_catalogue_is_said(audience: str) -> None:
    """By its key, or where a key is put together (`"photo." ~ name`, `known("reason", …)`) by its beginning or end."""
    text = source(audience)
    beginnings = re.findall(r"""known\(["']([a-z_]+)["']""", text)
    beginnings += re.findall(r"""["'`]([a-z_]+)\.(?:["']|\$\{)""", text)
    ends = re.findall(r"""["'`}]\.([a-z_]+)["'`]""", text)
    unsaid = [
        key
        for key in CATALOGUES[audience]
        if not re.search(rf"""["']{re.escape(key)}["']""", text)
        and key.partition(".")[0] not in beginnings
        and key.partition(".")[2] not in ends
    ]
    assert unsaid == []


@pytest.mark.parametrize(
    ("prefix", "members"),
    [("author", Author), ("channel", Channel), ("sent", OutStatus), ("status", ClaimStatus), ("lane", Lane)],
)
def test_closed_sets_have_words(prefix: str, members: type) -> None:
    assert {f"{prefix}.{member.value}" for member in members} <= set(CATALOGUES["desk"])


def test_levels_have_words() -> None:
    assert {f"level.{level.value}" for level in Level} <= set(CATALOGUES["desk"])
