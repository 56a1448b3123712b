"""Personal data in what customers wrote, replaced by made-up data of the same type: pure.

A surrogate keeps the shape (a phone number stays a phone number, a date keeps its way of being written), so that an
example still teaches what a customer's message looks like. There is one surrogate a type, so messages that differ in
personal data alone become the same.
"""

import re
from collections.abc import Callable, Iterable

from backend.conversations.rules import neutralise
from backend.vault.rules import mask_numbers

_PRIVATE = re.compile("[\ue000-\uf8ff]")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_HAN = r"[\u4e00-\u9fff]"
# Eight characters as customers write them, with blanks and dashes in between; at least one is a digit.
_NUMBER = r"[\s\-_.:#]{0,3}(?=(?:[0-9a-z][\s\-.]{0,2}){0,7}\d)(?:[0-9a-z][\s\-.]{0,2}){7}[0-9a-z](?![0-9a-z])"
# The hundred surnames that four of five Chinese people share.
_SURNAME = (
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈"
    "钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常]"
)
# No given name has these, and what follows one without a comma begins with them.
_GIVEN = rf"(?:(?![我叫是的要在手你您了]){_HAN}){{1,2}}"
# After "my name is" the name may be in small letters; these words end it.
_NOT_A_NAME = r"(?!(?:and|i|im|i'm|my|the|a|an|from|calling|here|on|not|with|but|so|for|of|is|was|it|to|by)\b)"
_LATIN_NAME = r"[A-Z][\w'’-]+(?:\s+[A-Z][\w'’-]+){0,2}"
_WORD = rf"{_NOT_A_NAME}(?i:[a-z][\w'’-]+)"
_MY_NAME = rf"(?i:\b(my name(?:['’]s| is)|(?:full )?name\s?[:=])\s+){_WORD}(?:\s+{_WORD})?"
_STREET = r"(?i:street|st|road|rd|avenue|ave|lane|ln|drive|close|court|boulevard|blvd|crescent|terrace)"
_PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"

# In the order of reading: what is more telling first. A `{}` is what the pattern's first group keeps.
_TYPES: tuple[tuple[str, str], ...] = (
    (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "sam.lee@example.com"),
    (r"(?i:https?://|www\.)\S+", "https://example.com"),
    (r"(?<![\w@])@\w{3,}", "@someone"),
    (r"(?i:\[(card|account|id)\s+••\w{1,4}(?:\s+#\w+)?\])", "[{} ••0000]"),
    (r"(?i:(?<![a-z0-9])cl" + _NUMBER + ")", "CL-7K2M9QXD"),
    (r"(?i:(?<![a-z0-9])pl" + _NUMBER + ")", "PL-7K2M9QXD"),
    (r"(?<!\d)\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*[日号]?", "2026年3月1日"),
    (r"(?<!\d)\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)", "2026-03-01"),
    (r"(?<!\d)\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d{2}(?![\d.])", "01/03/2026"),
    (rf"(?i:(?<!\w){_DAY}\s+(?:of\s+)?{_MONTH}[,.]?\s+\d{{4}})(?!\d)", "1 March 2026"),
    (rf"(?i:(?<!\w){_MONTH}\s+{_DAY},?\s+\d{{4}})(?!\d)", "March 1, 2026"),
    (rf"{_PROVINCE}[A-Z][·\s]?[A-Z0-9]{{5,6}}(?![A-Z0-9])", "京A12345"),
    (r"(?<!\w)[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}(?!\w)", "AB1 2CD"),
    (rf"(?<!\w)\d{{1,5}}[A-Za-z]?\s+(?:[A-Z][\w'’]+\s+){{1,3}}{_STREET}(?!\w)", "1 High Street"),
    (rf"{_HAN}{{2}}[东西南北中]?(?:路|街|大道|胡同)\s?\d+\s?号", "人民路1号"),
    (r"\d+\s?(?:栋|幢|号楼)\s?(?:\d+\s?单元\s?)?\d+\s?(?:室|号)?", "1栋101室"),
    (rf"(?i:\b(mr|mrs|ms|miss|dr)\b\.?)\s+{_LATIN_NAME}", "{} Lee"),
    (rf"{_SURNAME}{_HAN}{{0,2}}?(先生|女士|小姐|太太)", "王{}"),
    (_MY_NAME, "{} Sam Lee"),
    (rf"(?i:\b(this is|i am|i['’]?m|call me|regards,?))\s+(?!(?i:I)\b){_LATIN_NAME}(?=\s*(?:[.,!;]|$))", "{} Sam Lee"),
    (rf"(我的名字[是叫]|我叫|名叫|姓名[::]?\s?|联系人[::]?\s?){_SURNAME}{_GIVEN}", "{}王明"),
    (rf"(我是|本人){_SURNAME}{_GIVEN}(?=[\s,，。.!！]|$)", "{}王明"),
)
_COMPILED = tuple((re.compile(pattern), surrogate) for pattern, surrogate in _TYPES)
_PHONE = re.compile(r"(?<![0-9A-Za-z+])\+?\(?\d(?:[\s\-.()]{0,2}\d){8,}(?![0-9A-Za-z])")
_DIGITS = re.compile(r"(?<![\d.,])\d{6,}[xX]?(?![\d]|[.,]\d)")
# What a first surrogate hid (names run together) shows in another pass; chains of them end here.
PASSES = 5
PHONE = {"en": "+12025550143", "zh": "13800138000"}
_NAME = {"latin": "Sam Lee", "han": "王明"}


def cleaned(text: str, language: str, names: Iterable[str] = ()) -> str:
    """A message as it may become an example: one line, nothing that Rasa would read as its own, no personal data.

    Account, card and id numbers are told as the vault tells them, which is how the model meets them.
    """
    text = mask_numbers(" ".join(neutralise(text).replace("\\", " ").split()))
    for _ in range(PASSES):
        before, text = text, scrub(text, language, names)
        if text == before:
            break
    return text


def scrub(text: str, language: str, names: Iterable[str] = ()) -> str:
    """`text` with personal data replaced: names, phones, e-mail, papers, full dates, addresses, plates, long numbers.

    `names` are those known of the customer, and are found wherever they stand. A date without a year stays, and so does
    an amount: they say what happened, not to whom.
    """
    put: list[str] = []

    def keep(surrogate: str) -> str:
        # A private character stands for what has been replaced, so that no later pattern reads it again.
        put.append(surrogate)
        return chr(0xE000 + len(put) - 1)

    text = _PRIVATE.sub("", text)
    for pattern, surrogate in _COMPILED:
        text = pattern.sub(_filled(surrogate, keep), text)
    text = _PHONE.sub(lambda _: keep(PHONE[language]), text)
    text = _DIGITS.sub(lambda match: keep(("1234567890" * 9)[: len(match.group())]), text)
    text = _known_names(text, names, keep)
    return _PRIVATE.sub(lambda match: put[ord(match.group()) - 0xE000], text)


def _filled(surrogate: str, keep: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
    return lambda match: keep(surrogate.format((match.group(1) or "").strip()) if "{}" in surrogate else surrogate)


def _known_names(text: str, names: Iterable[str], keep: Callable[[str], str]) -> str:
    parts = {part for name in names for part in _parts(name)}
    for name in sorted(parts, key=len, reverse=True):
        if re.search(_HAN, name):
            text = text.replace(name, keep(_NAME["han"]))
        else:
            text = re.sub(rf"(?i)(?<!\w){re.escape(name)}(?!\w)", lambda _: keep(_NAME["latin"]), text)
    return text


def _parts(name: str) -> Iterable[str]:
    """A name as it may be written: whole, and the words of it that are long enough to be told from others."""
    yield name
    if not re.search(_HAN, name):
        yield from (word for word in name.split() if len(word) > 2)  # noqa: PLR2004 - "Li" and "Al" are words too
    elif len(name) > 2:  # noqa: PLR2004 - a given name of one character is a word
        yield from {name[1:], name[-2:]}  # after a surname of one character, or of two
