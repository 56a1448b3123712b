"""Text as numbers are looked for in it: digits of every script and width, dashes and blanks reduced to one kind.

Pure. Every character stands where it stood, so that a place in the folded text is the place in the text.
"""

import re
import unicodedata

_HAN_DIGITS = dict(zip("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两", "0012345678912345678912", strict=True))
_HAN_RUN = re.compile(rf"[\d{''.join(_HAN_DIGITS)}](?:[ -]{{0,2}}[\d{''.join(_HAN_DIGITS)}]){{7,}}")
_BLANKS = "\u00a0\u00ad\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u200e\u200f"
_BLANKS += "\u202f\u205f\u2060\u3000\ufeff\ufe0f\u20e3\t"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u30fc\u2043"
_PLAIN = (
    {0xFF01 + offset: 0x21 + offset for offset in range(94)}  # full-width letters, digits and signs
    | dict.fromkeys(map(ord, _BLANKS), " ")
    | dict.fromkeys(map(ord, _DASHES), "-")
    | {ord("。"): ".", ord("，"): ",", ord("、"): ",", ord("："): ":"}
)


def fold(text: str) -> str:
    """As long as `text`."""
    if text.isascii():
        return text.replace("\t", " ")
    folded = text.translate(_PLAIN)
    if any(char.isdigit() and char > "9" for char in folded):
        folded = "".join(_digit(char) for char in folded)
    return _HAN_RUN.sub(lambda run: "".join(_HAN_DIGITS.get(char, char) for char in run.group()), folded)


def _digit(char: str) -> str:
    """Digits of any script, circled and raised ones too."""
    return str(unicodedata.digit(char)) if char.isdigit() else char
