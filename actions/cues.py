"""Words that must not depend on what a message was taken for: fraud, insults, attacks, restart, resume, nonsense.

Danger has a module of its own.
"""

import re

from actions.normalise.text import HAN, fold, size

_TELLS_FRAUD = re.compile(
    r"\b(?:got|getting|received|keep getting|had|have|came|come|sent|gave|given|told them|fell for|paid)\b|\b(?:called|rang|phoned|texted|asked me|wants my|claim\w* to be)\b"
    r"|\b(?:came|come) (?:through|in|out)\b|\b(?:you|they) (?:just )?(?:send|sent|text)\b"
    r"|收到|来了|发来|发给我|给我发|叫你们发|打电话|来电|给了|问我|让我|说是你们|被骗|冒充|盗"
)
_FRAUD = re.compile(
    r"\b(?:didn'?t|did not|never|haven'?t) (?:ask|request|order|apply|log|make|authori[sz]e)|\b(?:scam|fraud|phish|hack)\w*"
    r"|\b(?:someone|somebody|a (?:man|woman|guy|caller)) (?:called|rang|phoned|texted|asked)|\b(?:wasn'?t|not) (?:me|mine)\b"
    r"|\brandom (?:code|text|message|call)|\bout of (?:the blue|nowhere)\b"
    r"|没(?:有)?(?:申请|要求|请求|操作|登录|点|要|叫|让)|不是我(?:点|要)|(?:莫名其妙|无缘无故|平白无故|突然).{0,8}码|"
    r"不是我(?:本人)?(?:弄|操作|申请|登录|改)|有人.{0,4}(?:打(?:了|来)?个?电|来电)|问我要.{0,6}(?:码|密码)|说是你们|骗子|诈骗|冒充|盗(?:号|用|刷)|陌生"
)
_INSULT = re.compile(
    r"\b(?:stupid|idiots?|moron|dumb|useless|worthless|pathetic|garbage|trash|rubbish|piece of (?:junk|crap|shit)|crap|shit|"
    r"bullshit|fuck\w*|wtf|stfu|screw you|shut up|hate you|bastards?|asshole|arsehole|wankers?|bitch)\b"
    r"|垃圾|傻[逼比bB叉子]|白痴|废物|滚(?:蛋|开)?|他妈|妈的|神经病|什么破|破(?:玩意|东西|机器人)|蠢|脑残|去死|智障"
)
_ATTACK = re.compile(
    r"\b(?:ignore|disregard|forget|override) (?:all |any |the |your |my |previous |prior |above )*(?:instructions?|prompts?|rules)\b"
    r"|\b(?:system prompt|jailbreak|developer mode|dan mode|prompt injection)\b|\byou are now\b|\bpretend (?:to be|you(?:'re| are))\b"
    r"|\bact as (?:a|an|if)\b|<script|\bdrop table\b|\bor 1=1\b|\bunion select\b|\bsudo\b|\{\{|\bset my (?:level|role)\b"
    r"|忽略(?:之前|以上|前面|所有)|无视(?:之前|以上|前面|所有)|系统提示|提示词|越狱|开发者模式|你现在是|假装你|扮演"
)
_SPAM = re.compile(
    r"(?:https?://|www\.|bit\.ly|t\.me/)\S+.{0,80}\b(?:win|free|prize|bonus|click|earn|crypto|casino|discount)\b"
    r"|\b(?:win|free|prize|bonus|click here|earn|crypto|casino|discount)\b.{0,80}(?:https?://|www\.|bit\.ly|t\.me/)"
    r"|加(?:我)?微信|点击(?:链接|领取)|免费领取|兼职(?:日结|刷单)|刷单|中奖"
)
_RESTART = re.compile(
    r"\bstart(?:ing)? (?:all )?(?:over|again|afresh|from (?:the )?(?:beginning|scratch|start|zero)|anew)\b|\brestart\b|\bfrom scratch\b"
    r"|\bbegin again\b|\bscrap (?:this|that|it) and\b|\bdo(?:ing)? (?:it|this) (?:all )?(?:over|again)\b"
    r"|重新(?:开始|来|申请|报|填|办)|重(?:来|填|报)|从头(?:开始|来|再来)?"
)
_RESUME = re.compile(
    r"\b(?:continue|resume|carry on|go on|pick up|finish|complete|keep going)\b.{0,24}\b(?:claim|where|form|it|earlier|before|started)\b"
    r"|\b(?:continue|resume|carry on|keep going|go on)\W*$"
    r"|\b(?:began|started|was (?:telling|filing|filling)|half ?way)\b.{0,40}\b(?:by text|by sms|on telegram|earlier|claim|already)\b"
    r"|^\W*(?:i'?m|i am) back\W*$|^(?:我)?(?:又)?回来了[吧啦。!！]*$"
    r"|(?:继续|接着|接上).{0,6}(?:理赔|办|申请|填|上次|之前|刚才|报)|^(?:继续|接着)[吧来办]?[。!！]?$|(?:上次|之前|昨天|刚才)(?:没|还没)(?:办|填|报|弄|说)完"
    r"|(?:上次|之前|昨天|短信里?)(?:开始|填|报|办)(?:了一半|到一半|的理赔)"
)
_UNSURE = re.compile(
    r"(?:i )?(?:dunno|idk|don'?t know|do not know|no idea|no clue|not sure|can'?t remember|forgot|haven'?t a clue|who knows|hm+|u+h+|e+r+m*"
    r"|(?:like )?whatever|any(?:thing|how)|beats me)(?: (?:really|tbh|sorry|yet|mate|man|exactly))*"
    r"|(?:我)?(?:也|真|就)?(?:不(?:知道|清楚|造|晓得|记得|确定)|记不(?:得|清|起来)|忘(?:记)?|没(?:想好|印象|概念)|说不(?:好|准|清))(?:了|啊|呀|呢|诶|哎)*"
    r"|(?:随便|无所谓|你猜|都行)(?:吧|啊|呗|了)*"
)
_SOON_ZH = r"(?:以后|改天|明[天早晚]|今晚|晚[点些上]|迟[点些]|下次|下班|下周|周末|回头|回[家去]|有空|空了|忙完|到时候?|过[几两一]?[天会阵].?|等.{1,8}?)"
_PUT_OFF = re.compile(
    r"(?:(?:ok(?:ay)?|no|just|please|let'?s|can (?:you|we|i)|i'?ll|i will|we can|will|gonna) )*"
    r"(?:(?:keep|save|leave|park) (?:it|this|that)(?: (?:there|here))?(?: (?:for|till|until) (?:now|later|today|tomorrow))?"
    r"|(?:do|finish|file|continue|sort) (?:it|this|that) (?:later|tomorrow|tonight|another (?:day|time))"
    r"|(?:come|be|get) back (?:to (?:it|this|that)(?: (?:later|tomorrow))?|later|tomorrow)|not now|maybe later)(?: (?:please|thanks|then))*"
    r"|(?:好的?|那|嗯|行)?(?:我)?就?(?:先|就)(?:留着|放着|放一放|放一下|保存|存着|存一下|搁着|这样|到这|不(?:办|弄|填|报|搞)了?)(?:它)?(?:吧|了|着|一下)*"
    rf"|(?:好的?|那|嗯)?(?:我|我们)?{_SOON_ZH}再(?:说|办|弄|来|填|报|搞|继续)(?:吧|了)?|(?:留着|保存)(?:吧|一下)?"
)
_CLAUSES = re.compile(r"[\s.,!?;:~…。，！？；]*[.,!?;:~…。，！？；]+[\s.,!?;:~…。，！？；]*|(?<=[\u4e00-\u9fff])\s+")
LONGEST_RESUMING = 4.0  # words
LONGEST_BESIDE_PUTTING_OFF = 4.0  # words: "sorry, I'm at work, will finish this later"
_THEFT = re.compile(
    r"\b(?:stolen|stole|nicked|robbed|mugged|thie(?:f|ves)|theft|burgl\w+|broken into)\b|偷|抢|小偷|失窃"
)
_LOST = re.compile(
    r"\blost (?!it\b|track\b|count\b)|\bmissing\b|\bnever (?:turned up|arrived|came)\b|\bleft (?:it|my \w+) (?:on|in|at)\b"
    r"|丢(?:了|失|在|件)|不见了|(?:行李|包|东西)没了|遗失|弄丢"
)
# What a thief of it could speak for them with, or be paid with.
_PRECIOUS = re.compile(
    r"\b(?:codes?|accounts?|cards?|sim|identity|passwords?|log ?ins?|money|banks?|numbers?|details|data|phone|mobile|passport|wallet|purse|id)\b"
    r"|验证码|账户|账号|卡|密码|钱|身份|号码|信息|手机|护照"
)
# Hands on the keyboard and sounds: a run of neighbouring keys, no vowel, the same sign over and over.
_SHORT_FORMS = frozenset(
    [
        "brb",
        "btw",
        "cya",
        "dm",
        "fb",
        "ffs",
        "fml",
        "ftw",
        "fyi",
        "gbp",
        "hmm",
        "hrs",
        "idk",
        "imo",
        "irl",
        "jk",
        "kk",
        "lmk",
        "lmfao",
        "msg",
        "mth",
        "mths",
        "nb",
        "np",
        "nvm",
        "pc",
        "pcs",
        "pls",
        "plz",
        "pls",
        "ppl",
        "ps",
        "rly",
        "rn",
        "sms",
        "smh",
        "sry",
        "tbf",
        "tbh",
        "thnx",
        "thx",
        "tks",
        "tmrw",
        "tv",
        "txt",
        "ty",
        "tysm",
        "vs",
        "wtf",
        "wth",
        "wk",
        "wks",
        "xl",
        "xs",
        "yrs",
        "yr",
        "mr",
        "mrs",
        "ms",
        "dr",
        "st",
        "nhs",
        "rmb",
        "sgd",
    ]
)
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SOUND = re.compile(r"(?:b+l+a+h*|h+m+|u+h+m*|e+r+|a+h+|o+h+|l+a+|m+|(.)\1{2,})")
_SOUNDS_ZH = re.compile(r"[啊呃额嗯哦噢唔呀哎诶哼嘟噜咚啦嘛的了]{3,}|(.)\1{2,}")
# The words that hold sentences together: there are few of them, and no language makes new ones.
_GRAMMAR = re.compile(
    r"\b(?:an?|the|i|im|you|he|she|it|its|we|they|me|my|your|his|her|our|their|us|them|th(?:is|at|ese|ose)|there|here|is|are|am|was|were"
    r"|be|been|do|does|did|don|have|has|had|can|could|will|would|should|may|might|must|not|no|any|some|all|whats?|when|where|who|why|how"
    r"|which|to|of|in|on|at|for|with|from|about|by|and|or|but|if|so|as|than|then|up|out|please)\b"
    r"|[我你您他她它们咱的了是在有没不吗呢吧啊么什谁哪怎为何几多能会要想可请帮给和跟与就都还也又再这那很太把被让到去来从对]"
)
MOST_NONSENSE = 6  # words; whoever writes more means something
_DISAGREES = re.compile(
    r"\b(?:not|isn'?t|hardly) (?:fair|right|just)\b|\bunfair\b|\bdisagree\b|不公平|不公道|不合理|不服|凭什么|讲不讲理"
)
_ANOTHER = re.compile(
    r"\b(?:another|second|separate|new|different|one more|also (?:a|have|need|want)) (?:\w+ )?(?:claim|one)\b|\b(?:as well|too|on top of that)\b"
    r"|\balso\b|另外|还有(?:一|个)|再(?:报|申请|办)一|另一[个笔件]|第二[个笔]|也(?:坏|碎|裂|要|想|得)"
)

# What another claim is told after: "and also my phone …", 另外我手机也摔了.
_BEGINS = re.compile(
    r"\b(?:and |oh |plus |then )?(?:also|another thing|on top of that|secondly|besides that|separately)\b|\band my\b|\bplus my\b"
    r"|另外|还有(?!.{0,2}[费钱])|同时|对了|第二[个件]"
)
_MORE_MONEY = re.compile(
    r"\b(?:another|extra|additional|on top|plus|forgot (?:about )?the)\b|再加|加上|外加|又花|还花|(?:还有|另外|忘了).{0,10}(?:费|钱|块|花)"
)
_ALSO = re.compile(r"\b(?:also|as well)\b|\btoo\W*$|还有|也")
_RETELLS = re.compile(
    r"\bwhat (?:really |actually )?happened (?:is|was)\b|\bit (?:really |actually )?(?:went|happened) like this\b|\bthe (?:real|full|right) story\b"
    r"|(?:事情|经过|情况)(?:其实|应该)?是|(?:是|其实)这么回事|(?:其实|事情|情况|是)是?这样的"
)

_HESITATION = re.compile(
    r"(?:(?:h+m+|u+m+|u+h+|e+r+m*|a+h+|o+h+|well+|so+|ok(?:ay)?|right|now|anyway|let me (?:see|think)|let's see|then|hang on|like|and|but|yeah|you know)(?: |$))*"
    r"(?:h+m+|u+m+|u+h+|e+r+m*|well+|so+|let me (?:see|think)|let's see|anyway|you know)"
    r"|(?:(?:嗯+|呃+|额+|唔+|那个|这个|就是|怎么说呢?|我想想|让我想想|啊|哦|那|好) ?)*(?:嗯+|呃+|额+|唔+|那个|就是|怎么说呢?|我想想|让我想想)"
)
_WHY = re.compile(
    r"\bwhy\b|\bhow come\b|\bwhat(?:'s| is) (?:the|your) reason\b|为什么|为啥|咋回事|怎么回事|什么原因|凭什么|怎么(?:才|只)"
)
_LESS = re.compile(
    r"\b(?:only|just|less|short|so little|not (?:all|the (?:full|whole))|the rest|took off|deduct\w*|knocked off)\b"
    r"|[只才](?:赔|给|付|有|到)|少(?:了|赔|给|付)|没赔[全够]|扣"
)
_WHEN_DECIDED = re.compile(
    r"(?:那|请问|你们|一般|大概|这个?|得|需?要|还要|到底|报了以?后|我)*(?:等)?(?:多久|几天|多长时间|啥时候|什么时候)(?:才|就|可以|能|会|给)*(?:赔|批|办)(?:下来|完|好|到|给我|付)?(?:啊|呀|呢|吗|了|的)*"
    r"|(?:so |and |ok )?(?:how long|how soon|when) (?:will|do|does|can|till|until|before|to) ?(?:it|you|i|they)?(?: take| get)?(?: to)? ?(?:be )?(?:paid|pay|decided?|pay out|cover it)?"
)
_PAID = re.compile(
    r"\b(?:pa(?:id|y|ying|yout)|got|get|gave|given|receiv\w+|approved|money|took off|deduct\w*)\b|\d|赔|给|付|钱|到账|扣"
)
_CALLS_WRONG = re.compile(
    r"\b(?:wrong|unfair|not fair|not right|mistake\w*|incorrect|disagree|appeal\w*|dispute|object|against|again|reconsider|should(?:n't| not)? have)\b"
    r"|不对|不公|不合理|不同意|不服|异议|申诉|复议|复核|重新|错|凭什么|明明"
)


def sounds_like_fraud(text: str) -> bool:
    """Whether a text tells of what somebody else did: a code nobody asked for, a caller, a change that wasn't theirs."""
    return _FRAUD.search(fold(text)) is not None


def reports_fraud(text: str) -> bool:
    """Whether it has happened to them: what is only asked about ("is this a scam?") locks nothing."""
    folded = fold(text)
    return _FRAUD.search(folded) is not None and _TELLS_FRAUD.search(folded) is not None


def insults(text: str) -> bool:
    return _INSULT.search(fold(text)) is not None


def attacks(text: str) -> bool:
    """Orders to a machine, code, or advertising: nothing a claim is about."""
    folded = fold(text)
    return (_ATTACK.search(folded) or _SPAM.search(folded)) is not None


def restarts(text: str) -> bool:
    """Whether what was told is to be thrown away and begun again."""
    return _RESTART.search(fold(text)) is not None


def resumes(text: str) -> bool:
    """Whether something begun earlier, here or elsewhere, is to go on."""
    return _RESUME.search(fold(text)) is not None


def comes_back(text: str) -> bool:
    """Whether a text says to go on, and little else: "i'm back", 我回来了."""
    return resumes(text) and size(text) <= LONGEST_RESUMING


def keeps(text: str) -> bool:
    """Whether what was told is to be kept for later rather than dropped."""
    return (
        re.search(
            r"\b(?:keep|save|later|hold on to|leave it|tomorrow)\b|保存|留着?|先放|先不|别取消|不取消|以后|改天|明天",
            fold(text),
        )
        is not None
    )


def puts_off(text: str) -> bool:
    """Whether a text says to leave it for later, and little else: "keep it for now", 先这样吧，我晚点再弄."""
    clauses = [clause for clause in _CLAUSES.split(fold(text).strip()) if clause]
    beside = [clause for clause in clauses if _PUT_OFF.fullmatch(clause) is None]
    return len(beside) < len(clauses) and sum(map(size, beside)) <= LONGEST_BESIDE_PUTTING_OFF


def tells_of_theft(text: str) -> bool:
    """Whether a thing was stolen that nobody can harm its owner's account with: a bike, not a card or a phone."""
    folded = fold(text)
    return _THEFT.search(folded) is not None and _PRECIOUS.search(folded) is None


def tells_of_loss(text: str) -> bool:
    """Whether a thing of theirs is gone, stolen or lost: a bike, a bag."""
    folded = fold(text)
    return (_THEFT.search(folded) or _LOST.search(folded)) is not None and _PRECIOUS.search(folded) is None


def is_gone(text: str) -> bool:
    """Whether a thing is said to be lost or stolen, whatever it is."""
    folded = fold(text)
    return (_THEFT.search(folded) or _LOST.search(folded)) is not None


def asks_when_decided(text: str) -> bool:
    """Whether a text asks no more than how long it takes: 多久能赔. "How long a delay counts" is about the cover."""
    return _WHEN_DECIDED.fullmatch(re.sub(r"[\s\W]+", " ", fold(text)).strip()) is not None


def is_question(text: str) -> bool:
    return text.rstrip(" .!。！").endswith(("?", "？", "吗", "呢"))


def asks_how_much(text: str) -> bool:
    return re.search(r"\bhow much\b|多少", fold(text)) is not None


def disagrees(text: str) -> bool:
    """Whether a text calls what was decided wrong: "that's not fair", 不公平."""
    return _DISAGREES.search(fold(text)) is not None


def adds_another(text: str) -> bool:
    """Whether what is told comes on top of what was told: "my windscreen cracked, too"."""
    return _ANOTHER.search(fold(text)) is not None


def another_begins(text: str) -> list[int]:
    """Where in a text another claim may begin; none in one that width or case would move."""
    folded = fold(text)
    return [match.start() for match in _BEGINS.finditer(folded)] if len(folded) == len(text) else []


def adds_money(text: str, *, item: bool) -> bool:
    """Whether a sum comes on top of the one told: "another 45 for food", 还有打车费40. `item`: it is of one thing of a bill."""
    folded = fold(text)
    return bool(_MORE_MONEY.search(folded) or (item and _ALSO.search(folded)))


def retells(text: str) -> bool:
    """Whether what happened is told anew: "what happened is …", 事情是这样的."""
    return _RETELLS.search(fold(text)) is not None


def is_unsure(text: str) -> bool:
    """Whether a whole text says no more than that one doesn't know: "dunno", 不清楚."""
    return _UNSURE.fullmatch(re.sub(r"[\s.,!?;:~…]+", " ", fold(text)).strip()) is not None


def hesitates(text: str) -> bool:
    """Whether a text is but the sounds of thinking: "hmmm well well", "ok so", 嗯那个."""
    return _HESITATION.fullmatch(re.sub(r"[\s\W]+", " ", fold(text)).strip()) is not None


def asks_why(text: str) -> bool:
    """Whether a text asks what is behind a decision, and doesn't yet call it wrong."""
    folded = fold(text)
    return _WHY.search(folded) is not None and _CALLS_WRONG.search(folded) is None


def asks_why_less(text: str) -> bool:
    """Whether somebody who was paid asks why it wasn't all: "why only 259?", 为什么只赔了2000."""
    folded = fold(text)
    money = _PAID.search(folded) is not None
    return money and _WHY.search(folded) is not None and _LESS.search(folded) is not None


def is_no_sentence(text: str) -> bool:
    """Whether a text lacks all the words that hold sentences together: "blorf wibble gnark", 阿斯顿发."""
    return _GRAMMAR.search(fold(text)) is None


def is_nonsense(text: str) -> bool:
    """Whether a text is but sounds or keys hit at random: "asdf jkl", "hmmm", 啊啊啊."""
    folded = fold(text)
    if HAN.search(folded):
        return _SOUNDS_ZH.fullmatch(re.sub(r"[\s\W]+", "", folded)) is not None
    words = re.findall(r"[a-z]+", folded)
    if not 0 < len(words) <= MOST_NONSENSE or re.search(r"\d", folded):
        return False
    return any(map(_is_mash, words)) and sum(map(_means_nothing, words)) * 2 >= len(words)


def _means_nothing(word: str) -> bool:
    return (
        _is_mash(word)
        or _SOUND.fullmatch(word) is not None
        or (word not in _SHORT_FORMS and len(word) == 1 and word not in "aiuryk")
    )


def _is_mash(word: str) -> bool:
    """No vowel, five consonants in a row, or keys that lie side by side."""
    if len(word) < 3 or word in _SHORT_FORMS:  # noqa: PLR2004 - shorter ones are short forms
        return False
    along = any(word in row or word in row[::-1] for row in _KEYS)
    return along or re.search(r"[aeiouy]", word) is None or re.search(r"[bcdfghjklmnpqrstvwxz]{5}", word) is not None
