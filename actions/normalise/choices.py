"""Short answers to the bot's own questions, where the words matter more than the intent."""

import re
from enum import StrEnum

from actions.normalise.text import fold, word_count


class Choice(StrEnum):
    YES = "yes"
    NO = "no"
    NONE = "none"


_YES = re.compile(
    r"(?:yes|yse|yess+|yep|yeah|yeh|yup|yea|ya|ye|y|ok|okay|okey|k|sure|right|correct|all (?:good|right|correct)|looks? (?:good|right|"
    r"fine|ok)|"
    r"that'?s (?:right|rite|it|correct|fine|ok|good)|rite|good|fine|perfect|great|1|one|the first(?: one)?|send(?: it)?|submit(?: it)?|"
    r"file(?: it)?|"
    r"go(?: ahead)?|do it|"
    r"confirm(?:ed)?|please do|exactly|是|是的|对|对的|好|好的|好吧|行|可以|没错|没问题|正确|确认|确定|提交|提交吧|"
    r"发吧|发送|嗯|嗯嗯|中|"
    r"就这样|都对|对了|没有问题|第一个|一)(?:\s*(?:please|thanks|thank you|it is|that'?s (?:right|rite|it|correct)|send it|all good|的|吧|"
    r"呀|啊|了|谢谢))*"
)
_NO = re.compile(
    r"(?:no|nope|nah|n|not (?:right|correct|yet|quite)|wrong|incorrect|that's (?:wrong|not right)|"
    r"2|two|the second(?: one)?|something(?:'s| is) wrong|mistake|不|不是|不对|不行|错了|有错|不正确|"
    r"有问题|第二个|二|没有|否)(?:\s*(?:please|thanks|thank you|的|吧|呀|啊|了))*"
)
_CHANGE = re.compile(
    r"(?:i (?:want|need|would like|'d like) to |can i |let me |please )?(?:change|edit|fix|correct|modify)"
    r"(?: it| something(?: else)?| that| this| one thing| an answer)?(?: please)?|(?:我?要|我想|想)?(?:修改|改一下|"
    r"更改|改|改动|改一项)(?:一下|内容|信息)?"
)
_PICTURE = r"(?:ph?otos?|fotos?|pics?|piccies|pictures?|images?|snaps?|camera|proof)"
_PHOTO_NAMED = re.compile(rf"\b{_PICTURE}\b|照片|图片|相片|拍|图[来了]|发[来了过给]|传[来了过给]")
# Said of photos by name: wherever it is said.
_NO_PICTURE = re.compile(
    rf"\b(?:no|not? (?:any|got|have)|ha?ve? no|don'?t have|do not have|haven'?t(?: got)?|hvnt|without|didn'?t (?:take|keep|get)|never took|lost|deleted|"
    rf"(?:can'?t|cannot|couldn'?t|unable to) (?:take|send|get|find|upload))\b.{{0,18}}\b{_PICTURE}\b"
    r"|(?:没有?|没得|冇|莫得|木有|无)(?:拍|保?留|存|什么|任何)?(?:过|下|到)? ?(?:照片?|图片?|相片?|photos?|pics?|pictures?)|\bno (?:照片?|图片?)|没拍|忘了拍|拍不(?:了|到)|没法拍|不能拍|(?:照|图)片?(?:发|传|拍)不(?:了|出)"
)
# The same of papers, where a photo or a yes was asked for; of a sum it would tell why there is none.
_NO_PAPER = re.compile(
    r"\b(?:no|not? (?:any|got|have)|ha?ve? no|don'?t have|haven'?t(?: got)?|without|didn'?t (?:keep|get)|lost|binned|threw)\b(?: \w+){0,2} "
    r"(?:receipts?|bills?|invoices?|paper ?work|papers?)\b"
    r"|(?:没有?|没得|冇|无)(?:拿|要|留|开)?(?:过|下|到)?(?:小票|发票|收据|单据|票据|凭证)|(?:小票|发票|收据|单据|票据|凭证)(?:都|也|给)?(?:没|丢|扔|找不|不见)"
)
# The same without the name, where a photo is what was asked for.
_NO_PHOTO = re.compile(
    r"^(?:(?:no|nah|nope|sorry|i)[\s,.]+)*(?:(?:don'?t|do not|haven'?t|didn'?t|never)(?: even)? (?:have|got|take|took|keep|get)\b(?: (?:one|any|it|that|them))?"
    r"|(?:can'?t|cannot|couldn'?t|unable)\b|(?:lost|deleted) (?:it|them|that)\b|none\b|without\b)"
    r"|没(?:有|得)?(?:拍|留|存)|没照|没图|(?:发|传|上传)不了|"
    r"^(?:这个|我|真)?(?:没|没有|没得|冇|莫得|木有|无)(?:了|啊|呀|呢|哦|哎|的)*$"
)
_CAMERA = re.compile(r"\b(?:phone|mobile|camera|cam|battery)\b|手机|相机|镜头|摄像头|没电")
_LATER = re.compile(
    r"\b(?:later|wait|moment|minute|second|sec|soon|will send|i'll send|i'll take|hold on|sending|not yet|tomorrow|"
    r"tonight|when i|in a bit|once i|after (?:work|lunch|dinner|school))\b|"
    r"等一?下|等会|稍等|等等|稍后|一会|马上|待会|晚[点些上]|今晚|明[天早晚]|下班|回[家去]|过会|过一?阵|改天|回头|这就|还没"
)
_SENDS = re.compile(r"\b(?:send|sending|snap|take|upload|get|dig|find|forward)\b|[发拍补传照]")
_RESEND = re.compile(
    r"\b(?:resend|re-send|send (?:it |the code |a |another |me )?(?:again|another|new)|new code|another code|"
    r"(?:didn't|did not|didnt|haven't|havent|not) (?:get|got|receive|received|arrive|come)|no code|never (?:came|got|"
    r"arrived)|"
    r"nothing (?:came|arrived)|code (?:expired|ran out)|where(?:'s| is) (?:the|my) code|send again|again)\b|"
    r"重新?发|再发|没收到|收不到|没有收到|新的?验证码|没来|没有验证码|过期了|换一个码"
)
_CORRECTS = re.compile(
    r"\b(?:no|not|actually|sorry|i meant?|meant|wrong|mistake|should be|instead|rather|correction|change|make (?:it|"
    r"that)|"
    r"(?:isn'?t|wasn'?t) [^\w\s]?(?=\d)|wait|hang on|hold on|was it|wasn't it|i think it was|come to think|again my bad|oops|typo|correct (?:is|one))\b|"
    r"等等|等下|算了.{0,2}还是|好像是|又(?:记|说|写|搞)?错|记岔|错咯|改一?下|还是.{1,8}吧|"
    r"不是|应该是|应为|说错|搞错|写错|弄错|记错|改成|改为|更正|纠正|不对|其实是|"
    r"而是"
)
_CHINESE = re.compile(r"chinese|mandarin|putonghua|zhong\s?wen|中文|汉语|普通话|华语|国语|华文")
_ENGLISH = re.compile(r"english|ying\s?wen|英文|英语")

_FIELDS = {
    "amount": re.compile(r"\b(?:amount|price|cost|sum|money|total)\b|金额|价格|费用|多少钱|钱数"),
    "incident_on": re.compile(r"\b(?:date|day|when)\b|日期|时间|哪天|日子"),
    "claim_type": re.compile(r"\b(?:type|kind|product|category|claim type)\b|类型|种类|险种|哪种"),
    "photo": re.compile(r"\b(?:photo|photos|picture|pictures|pic|image)\b|照片|图片|相片"),
    "description": re.compile(r"\b(?:description|what happened|story|details?|text)\b|经过|描述|情况|说明|怎么回事"),
}


def _whole(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.fullmatch(re.sub(r"[\s.,!?;:~。,!?;、…]+", " ", fold(text)).strip()) is not None


def yes_or_no(text: str) -> Choice:
    """Only for a text that says nothing but yes or no: "yes but it was 150" is NONE."""
    if _whole(_YES, text):
        return Choice.YES
    if _whole(_NO, text):
        return Choice.NO
    return Choice.NONE


_NOTHING_MORE = re.compile(
    r"(?:no|nope|nah)?[\s,.]*(?:that'?s|thats|that is|that'?ll be) (?:all|it|everything)(?: thanks| thank you| from me)?|(?:no |nope )?nothing (?:more|else)"
    r"|(?:没有|没)(?:了|别的了?|其他了?|什么了)|就这些(?:了)?|就这样(?:了)?"
)
_FILE_IT = re.compile(
    r"(?:(?:yes|yeah|ok|no)[\s,]+)?(?:just |please )?(?:file|submit|send)(?: it| this)?(?: now| please| as it is)?|(?:对|好|好的|行|就这样)?[,，、\s]*(?:直接)?提交[吧了呗]?"
)


def is_nothing_more(text: str) -> bool:
    """ "No, that's all": neither a yes nor a no to what was read back."""
    return _whole(_NOTHING_MORE, text)


def says_file_it(text: str) -> bool:
    """Whether a text says in so many words that the claim is to be filed."""
    return _whole(_FILE_IT, text)


def has_no_photo(text: str) -> bool:
    """As the answer to the question for one."""
    folded = fold(text).strip(" .,!?。，！")
    return (_NO_PHOTO.search(folded) or _NO_PICTURE.search(folded)) is not None


def names_no_photo(text: str) -> bool:
    """Wherever it is said: "no photos I'm afraid", 没照片."""
    return _NO_PICTURE.search(fold(text)) is not None


def names_no_paper(text: str) -> bool:
    """ "No receipt", 发票丢了, and little else."""
    return word_count(text) <= 8 and _NO_PAPER.search(fold(text)) is not None  # noqa: PLR2004 - longer ones tell more


def takes_photos(text: str) -> bool:
    """Whether a text is about what one takes photos with."""
    return _CAMERA.search(fold(text)) is not None


def names_photo(text: str) -> bool:
    return _PHOTO_NAMED.search(fold(text)) is not None


def photo_comes_later(text: str) -> bool:
    return _LATER.search(fold(text)) is not None


_OFFERS_PHOTO = re.compile(
    rf"\b(?:can|could|may|will|i'll|let me|i have|i've got|got|found|want to|wanna|here'?s|add)\b.{{0,20}}\b(?:{_PICTURE}|(?:take|send|add|get|attach|upload) (?:you )?(?:one|some|it))\b"
    r"|(?:可以|能|想|要|再|现在|有|找到).{0,4}(?:拍|发|补|传|加)?.{0,3}(?:[一几]张|照片|图片|相片)"
)


def offers_photo(text: str) -> bool:
    """Whether a text says that there may be a photo after all: "i can take one now", 我找到照片了."""
    folded = fold(text)
    return word_count(text) <= 14 and _OFFERS_PHOTO.search(folded) is not None and not names_no_photo(text)  # noqa: PLR2004 - longer ones tell more


def promises_photo(text: str) -> bool:
    """Whether a text says that the photo comes later: "can I send it tonight?", 照片明天补."""
    return photo_comes_later(text) and _SENDS.search(fold(text)) is not None and not names_no_photo(text)


_CODE_MISSING = re.compile(
    r"\bcode\b[^,.;!?]{0,30}\b(?:didn'?t|did not|hasn'?t|has not|haven'?t|never|not|isn'?t|won'?t)\b.{0,16}\b(?:come|came|arrived?|here|there|through|work\w*|received|get)\b"
    r"|\b(?:didn'?t|did not|haven'?t|have not|hasn'?t|never|not|no)\b[^,.;!?]{0,16}\b(?:get|got|gotten|received?|seen|had|sent)\b[^,.;!?]{0,20}\bcode\b|\bwhere(?:'s| is) (?:the|my) code\b"
    r"|(?:没有?|收不|没能?)(?:收|接|看|等)?到?(?:你们?的?)?(?:短信)?验证码|验证码.{0,6}(?:没(?:有)?(?:来|到|收到)|收不到|还没|不来|没)"
)


def misses_code(text: str) -> bool:
    """Whether a code that was to come hasn't: nothing is suspicious about that."""
    return word_count(text) <= 20 and _CODE_MISSING.search(fold(text)) is not None  # noqa: PLR2004 - a longer text tells more


def wants_new_code(text: str) -> bool:
    """Only sensible while a code is awaited; a long story with "again" in it isn't about the code."""
    return misses_code(text) or (word_count(text) <= 14 and _RESEND.search(fold(text)) is not None)  # noqa: PLR2004 - longest seen is 11


def corrects(text: str) -> bool:
    """Whether something said before is being put right."""
    return _CORRECTS.search(fold(text)) is not None


def language_named(text: str) -> str | None:
    """The language asked for by name, `en` or `zh`."""
    folded = fold(text)
    if _CHINESE.search(folded):
        return "zh"
    return "en" if _ENGLISH.search(folded) else None


def field_named(text: str) -> str | None:
    """Which fact of the claim a text names: "the amount", 日期."""
    folded = fold(text)
    return next((field for field, pattern in _FIELDS.items() if pattern.search(folded)), None)


def wants_change(text: str) -> bool:
    """Whether the text says that something is to be changed, and not what."""
    return _whole(_CHANGE, text)
