"""Words that must not depend on what a message was taken for: danger, fraud, insults, attacks, restart, resume.

They catch what an intent misses; a story about something that is over (a day in the past, a bill) is no emergency.
"""

import re
from enum import StrEnum

from actions.normalise.text import fold


class Danger(StrEnum):
    SELF_HARM = "self_harm"
    HURT = "hurt"


_SELF_HARM = re.compile(
    r"\b(?:kill|hurt|harm|cut) myself\b|\bsuicid\w*|\bend(?:ing)? (?:my (?:own )?life|it all)\b|\btak(?:e|ing) my own life\b"
    r"|\b(?:don'?t|do not|no longer) want to (?:live|be here|be alive|go on living|wake up)\b"
    r"|\b(?:i|just) want(?:ed)? to die\b|\bwanna die\b|\bbetter off (?:dead|without me)\b|\bno (?:reason|point) (?:to|in) liv\w+"
    r"|\b(?:can'?t|cannot) go on (?:any ?more|like this|living)\b|\blife (?:is ?n[o']t|isn'?t|not) worth\b"
    r"|不想活|活不下去|想死(?!你)|自杀|轻生|自残|割腕|跳楼|结束(?:自己的?)?生命|了结(?:自己|此生)|活着(?:没|没有|有什么)意思"
    r"|不如死了|死了算了"
)
_LIMB = r"(?:arm|leg|neck|head|back|wrist|ankle|hand|foot|knee|shoulder|face|rib)s?"
_HURT = re.compile(
    r"\bhard shoulder\b|\bnot breathing\b|\b(?:can'?t|cannot) (?:breathe|feel (?:my|his|her)|wake (?:him|her|them))\b"
    r"|\bunconscious\b|\bpassed out\b|\bwon'?t wake up\b|\bblood everywhere\b|\bso much blood\b|\bon fire\b"
    r"|\b(?:is|'s|are|'re|'m|am|still|keeps) bleeding\b|\bbleeding (?:a lot|badly|heavily|from|everywhere)\b"
    r"|\b(?:is|'s|are|we'?re|i'?m|am|still) trapped\b|\bsmells? (?:of )?gas\b|\bgas leak\b|\belectrocuted\b"
    r"|\bchest (?:pains?|hurts)\b|\b(?:heart attack|having a (?:stroke|seizure))\b|\b(?:need|call|send) (?:an |the )?ambulance\b"
    rf"|\b{_LIMB} (?:looks?|is|feels?|might be|may be) (?:all )?(?:wrong|broken|twisted|numb|bent|funny|bad)\b"
    r"|\b(?:someone|somebody|he|she|my \w+) (?:is|'s|got|might be) (?:badly |really |seriously )?(?:hurt|injured)\b"
    r"|\bjust (?:crashed|had (?:a|an) (?:\w+ )?(?:crash|accident))\b|\bwe(?:'ve| have)? (?:been in a )?crash(?:ed)?\b"
    r"|\b(?:threatening|following|hitting|attacking) (?:me|us)\b|\bbreaking in(?:to)?\b.{0,20}\bnow\b|\bi(?:'m| am) in danger\b"
    r"|应急车道|(?:流|出)(?:了|着)?(?:好多|很多|不少|一地)?血(?:不止)?|血止不住|昏迷|晕(?:倒|过去)|没(?:有)?呼吸|喘不[上过]气"
    r"|呼吸困难|胸口?[痛疼闷]|被困|困在|着火了?|起火了?|煤气味|天然气味|(?:煤|燃|天然)气(?:泄漏|漏)|漏煤气|触电|心脏病(?:发作|犯)"
    r"|抽搐|叫(?:个|一下|辆)?救护车|有人受伤|(?:胳膊|手臂|腿|脖子|手腕|脚踝|头|肋骨|骨头)(?:好像|可能|是不是|像是|看着)*"
    r"(?:断|骨折|不对劲|动不了|没知觉)|(?:刚刚?|我们)(?:撞车|出车祸|出了车祸|被撞)|(?:威胁|跟踪|殴打)我"
)
# Who has been to a doctor tells of a bill, not of danger.
_CARED_FOR = re.compile(
    r"\b(?:saw|seen|went to|been to|visited|taken to|took (?:him|her|me) to)\b.{0,30}\b(?:doctor|gp|hospital|clinic|a&e|er|dentist)\b"
    r"|\b(?:years?|months?|weeks?|days?) ago\b|看了(?:医生|门诊|急诊)|去了?(?:医院|门诊|急诊)|看过|门诊|[天周月年]前"
)
_FRAUD = re.compile(
    r"\b(?:didn'?t|did not|never|haven'?t) (?:ask|request|order|apply|log|make|authori[sz]e)|\b(?:scam|fraud|phish|hack)\w*"
    r"|\b(?:someone|somebody|a (?:man|woman|guy|caller)) (?:called|rang|phoned|texted|asked)|\b(?:wasn'?t|not) me\b"
    r"|没(?:有)?(?:申请|要求|请求|操作|登录|点过)|不是我(?:本人)?(?:弄|操作|申请|登录|改)|骗子|诈骗|冒充|盗(?:号|用|刷)|陌生"
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
    r"|\b(?:continue|resume|carry on|keep going|let'?s go on)\W*$"
    r"|\b(?:began|started|was (?:telling|filing|filling)|half ?way)\b.{0,40}\b(?:by text|by sms|on telegram|earlier|claim|already)\b"
    r"|(?:继续|接着|接上).{0,6}(?:理赔|办|申请|填|上次|之前|刚才|报)|^(?:继续|接着)[吧来办]?[。!！]?$|(?:上次|之前|昨天|刚才)(?:没|还没)(?:办|填|报|弄|说)完"
    r"|(?:上次|之前|昨天|短信里?)(?:开始|填|报|办)(?:了一半|到一半|的理赔)"
)
_ANOTHER = re.compile(
    r"\b(?:another|second|separate|new|different|one more|also (?:a|have|need|want)) (?:\w+ )?(?:claim|one)\b|\b(?:as well|too|on top of that)\b"
    r"|\balso\b|另外|还有(?:一|个)|再(?:报|申请|办)一|另一[个笔件]|第二[个笔]|也(?:坏|碎|裂|要|想|得)"
)


def danger(text: str) -> Danger | None:
    """What a text tells of danger to somebody, now."""
    folded = fold(text)
    if _SELF_HARM.search(folded):
        return Danger.SELF_HARM
    return Danger.HURT if _HURT.search(folded) and not _CARED_FOR.search(folded) else None


def sounds_like_fraud(text: str) -> bool:
    return _FRAUD.search(fold(text)) is not None


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


def adds_another(text: str) -> bool:
    """Whether what is told comes on top of what was told: "my windscreen cracked, too"."""
    return _ANOTHER.search(fold(text)) is not None
