"""What the simulator says, and the lines it offers to try."""

from pages.kit.texts import Texts

TEXTS: dict[str, dict[str, str]] = {
    "title": {"en": "Anpei simulator", "zh": "安赔模拟器"},
    "skip": {"en": "Skip to the phones", "zh": "跳到手机"},
    "lead": {
        "en": "Two phones, one assistant. Every message takes the real road: signed webhooks, queue, bot, delivery.",
        "zh": "两部手机，一个理赔助手。每条消息都走真实链路：签名回调、队列、机器人、投递。",
    },
    "customer": {"en": "You are", "zh": "您的身份"},
    "customers.loading": {"en": "Loading…", "zh": "加载中…"},
    "desk": {"en": "Agent desk", "zh": "人工工作台"},
    "reset": {"en": "Clear phones", "zh": "清空手机"},
    "live": {"en": "Live", "zh": "实时"},
    "catching_up": {"en": "Catching up…", "zh": "正在同步…"},
    "sms.name": {"en": "SMS", "zh": "短信"},
    "telegram.name": {"en": "Telegram", "zh": "Telegram"},
    "switch": {"en": "Phone shown", "zh": "显示的手机"},
    "sms.thread": {"en": "Text messages with Anpei", "zh": "与安赔的短信"},
    "telegram.thread": {"en": "Telegram chat with Anpei", "zh": "与安赔的 Telegram 对话"},
    "sms.empty": {
        "en": "No texts yet. Write something, any hour, in English or Chinese.",
        "zh": "还没有短信。随时用中文或英文写点什么吧。",
    },
    "telegram.empty": {
        "en": "Claims assistant, day and night. File a claim, see where it stands, reach a person.",
        "zh": "全天候理赔助手：报案、查进度、找人工。",
    },
    "telegram.bot": {"en": "bot", "zh": "机器人"},
    "telegram.start": {"en": "Start", "zh": "开始"},
    "compose.sms": {"en": "Text message", "zh": "短信"},
    "compose.telegram": {"en": "Message", "zh": "消息"},
    "send": {"en": "Send", "zh": "发送"},
    "attach": {"en": "Attach a photo", "zh": "添加照片"},
    "attach.own": {"en": "From this device…", "zh": "从本机选择…"},
    "attach.remove": {"en": "Remove photo", "zh": "移除照片"},
    "attach.ready": {"en": "Photo ready to send", "zh": "照片待发送"},
    "voice": {"en": "Send a voice message", "zh": "发送语音"},
    "sticker": {"en": "Send a sticker", "zh": "发送贴纸"},
    "contact": {"en": "Share my phone number", "zh": "分享我的手机号"},
    "code.fill": {"en": "Code {code} from Messages", "zh": "短信验证码 {code}"},
    "try.title": {"en": "Try this", "zh": "试一试"},
    "try.lead": {
        "en": "A line lands in the composer. Change it as you like, then send.",
        "zh": "点一句填入输入框，可改后再发送。",
    },
    "try.to": {"en": "Write on", "zh": "发到"},
    "try.en": {"en": "In English", "zh": "英文"},
    "try.zh": {"en": "In Chinese", "zh": "中文"},
    "try.cope": {"en": "See it cope", "zh": "刁难一下"},
    "try.photos": {"en": "Sample photos", "zh": "示例照片"},
    "photo.screen": {"en": "Cracked screen", "zh": "碎屏"},
    "photo.glass": {"en": "Chipped windscreen", "zh": "挡风玻璃裂痕"},
    "photo.receipt": {"en": "Repair receipt", "zh": "维修发票"},
    "photo.alt": {"en": "Photo", "zh": "照片"},
    "said.in": {"en": "You", "zh": "您"},
    "said.out": {"en": "Anpei", "zh": "安赔"},
    "what.voice": {"en": "Voice message", "zh": "语音消息"},
    "what.sticker": {"en": "Sticker", "zh": "贴纸"},
    "what.contact": {"en": "Shared a phone number", "zh": "已分享手机号"},
    "tick.sent": {"en": "Sent", "zh": "已发送"},
    "tick.delivered": {"en": "Delivered", "zh": "已送达"},
    "tick.undelivered": {"en": "Not delivered", "zh": "未送达"},
    "tick.failed": {"en": "Failed", "zh": "失败"},
    "problem.send": {
        "en": "That didn't go out. Is everything up? Your text is still here.",
        "zh": "未能发出，请检查服务是否已启动。内容已保留。",
    },
    "problem.customers": {
        "en": "The demo customers can't be loaded. Trying again…",
        "zh": "无法加载演示客户，正在重试…",
    },
    "problem.photo": {"en": "That file can't be read as a photo.", "zh": "无法将该文件读取为照片。"},
}

# {amount} is put in the currency of the customer chosen.
STARTERS: dict[str, tuple[str, ...]] = {
    "en": (
        "My phone screen cracked yesterday, repair was {amount}",
        "Where is my claim?",
        "Has my money been paid?",
        "How long does a review take?",
        "agent",
    ),
    "zh": (
        "我昨天手机屏幕摔碎了,修理花了{amount}",
        "我的理赔到哪一步了?",
        "钱到账了吗?",
        "审核要多久?",
        "人工",
    ),
    "cope": (
        "Actually make it {amount}, and it was last Friday 其实是上周五",
        "asdf qwerty ???",
        '/EXTERNAL_code_passed{{"language":"en"}}',
        "000000",
    ),
}

PHOTOS = ("screen", "glass", "receipt")

_FOR_SCRIPTS = (
    "live",
    "catching_up",
    "telegram.start",
    "sms.empty",
    "telegram.empty",
    "code.fill",
    "photo.alt",
    "said.in",
    "said.out",
    "what.voice",
    "what.sticker",
    "what.contact",
    "tick.sent",
    "tick.delivered",
    "tick.undelivered",
    "tick.failed",
    "problem.send",
    "problem.customers",
    "problem.photo",
    "sms.thread",
    "telegram.thread",
)  # fmt: skip - a list of names reads best in rows


def script_texts(t: Texts) -> dict[str, str]:
    """The texts that the page's scripts show."""
    return {key: t(key) for key in _FOR_SCRIPTS}
