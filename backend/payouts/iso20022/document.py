"""XML from outside, made harmless: bytes in, a tree out.

defusedxml is the standard library's parser with document types, entities and external references refused: none of them
has a place in ISO 20022, and without them there is neither a bomb nor a way to our files or network. lxml could be set
as strictly, but by several switches, each of which would have to stay right. Bounds on size, depth and number of
elements are our own.
"""

import re
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from backend.payouts.iso20022.errors import UnreadableFile

LARGEST = 16 * 1024 * 1024  # some 10,000 payments
DEEPEST = 32  # camt.054 goes about a dozen deep
MOST_ELEMENTS = 1_000_000
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"

_DECLARATION = re.compile(r"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


class _Bounded(TreeBuilder):
    """Raises UnreadableFile as soon as it is too much, not when all of it is in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST:
            raise UnreadableFile("too_deep")
        if self._count > MOST_ELEMENTS:
            raise UnreadableFile("too_many_elements")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def parse(content: bytes) -> tuple[str, Element]:
    """The kind of message (`camt.054.001.08`) and the one element in its document, without namespaces in the tags.

    Raises UnreadableFile: empty, too_large, not_utf8, forbidden_xml, malformed, too_deep, too_many_elements,
    unknown_namespace, not_one_message.
    """
    if not content.strip():
        raise UnreadableFile("empty")
    if len(content) > LARGEST:
        raise UnreadableFile("too_large", f"{len(content)} bytes")
    parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(_text(content))
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise UnreadableFile("forbidden_xml", type(error).__name__) from error
    except (ParseError, ValueError) as error:  # ValueError: an encoding that Python knows and expat can't use
        raise UnreadableFile("malformed", str(error)) from error
    message = _message(root)
    _unqualify(root, f"{{{NAMESPACE}{message}}}")
    if len(root) != 1:
        raise UnreadableFile("not_one_message")
    return message, root[0]


def _text(content: bytes) -> bytes:
    """UTF-8, as the standard asks, without a byte order mark; whatever else it says it is, is refused, not guessed at."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile("not_utf8", f"byte {error.start}") from error
    declared = _DECLARATION.match(text[:200])
    if declared and declared.group(1).upper() not in {"UTF-8", "UTF8"}:
        raise UnreadableFile("not_utf8", f"declared {declared.group(1)}")
    return text.encode()


def _message(root: Element) -> str:
    if not root.tag.startswith("{" + NAMESPACE) or not root.tag.endswith("}Document"):
        raise UnreadableFile("unknown_namespace", root.tag[:120])
    return root.tag[len(NAMESPACE) + 1 : -len("}Document")]


def _unqualify(root: Element, prefix: str) -> None:
    """Supplementary data may be of any namespace and is left as it is: nobody reads it."""
    for element in root.iter():
        element.tag = element.tag.removeprefix(prefix)


def text_at(element: Element, path: str) -> str | None:
    """The text of the first element at a path, stripped; None where there is none or it is empty."""
    found = element.find(path)
    return (found.text or "").strip() or None if found is not None else None


def needed(element: Element, path: str) -> str:
    """Raises UnreadableFile: missing."""
    found = text_at(element, path)
    if found is None:
        raise UnreadableFile("missing", f"{path} in {element.tag}")
    return found
