"""Words about signing in that must not depend on what a message was taken for: passkeys, authenticators, signing out."""

import re

from actions.normalise.text import fold, word_count

LONGEST = 14  # words; a story in which a passkey occurs is a story
_FACTOR = (
    r"(?:pass ?keys?|authenticators?(?: apps?)?|2fa|mfa|two[- ]?(?:factor|step)(?: (?:authentication|verification|login))?"
    r"|totp|通行密[钥匙]|(?:身份)?验证器|双重(?:验证|认证)|两步验证|二次验证|双因素(?:验证|认证)?|动态口令)"
)
_SET_UP = re.compile(
    rf"\b(?:set(?:ting)? ?up|add|register|enrol+|enable|turn on|activate|manage|remove|delete|create|use|want|need|get|see)\b"
    rf".{{0,30}}{_FACTOR}|(?:设置|设定|添加|增加|绑定|启用|开通|开启|注册|管理|删除|移除|使用|想用|要用|查看|加).{{0,10}}{_FACTOR}"
    rf"|{_FACTOR}.{{0,6}}(?:怎么|如何)?(?:设置|添加|绑定|启用|开通|管理|删除|移除)",
)
_ONLY = re.compile(rf"(?:a |an |my |the |我的)?{_FACTOR}(?: please|吧)?")
_OUT = re.compile(
    r"\b(?:log|sign)(?:ging|ning)?(?: me)? ?(?:out|off)\b.{0,12}\b(?:everywhere|every ?(?:where|thing|device)|all)\b"
    r"|\b(?:end|close|kill) all (?:my |other |open )?(?:sessions?|log-?ins?|chats)\b"
    r"|(?:退出|注销|登出)(?:我的)?(?:所有|全部|一切|每个).{0,6}(?:登录|登陆|设备|会话|地方|聊天)?"
    r"|(?:在?(?:所有|全部|每个)(?:地方|设备|聊天|渠道)?(?:都|全|上|里)?)(?:退出|登出|下线|注销)|全部(?:退出|下线|登出)"
)
_OUT_ONLY = re.compile(
    r"(?:please )?(?:log|sign)(?: me)? ?(?:out|off)(?: please| now)?|(?:请)?(?:(?:退出|注销|登出)(?:登录|登陆)|登出)(?:吧)?"
)


def wants_factors(text: str) -> bool:
    """Whether a passkey or authenticator is to be set up, seen or removed."""
    folded = _plain(text)
    short = word_count(text) <= LONGEST
    return short and (_SET_UP.search(folded) or _ONLY.fullmatch(folded)) is not None


def wants_out(text: str) -> bool:
    """Whether they want to be signed out, which is everywhere."""
    folded = _plain(text)
    return word_count(text) <= LONGEST and (_OUT.search(folded) or _OUT_ONLY.fullmatch(folded)) is not None


def _plain(text: str) -> str:
    return re.sub(r"[\s.,!?;:。，！？、…]+", " ", fold(text)).strip()
