"""What the gateway says itself, when the bot can't or shouldn't. English is GSM-7; each text in both languages."""

from typing import Any

TEXTS: dict[str, dict[str, str]] = {
    "slow": {
        "en": "We have your message, and nothing is lost. Answers take a little longer just now. We'll write to you here as soon as we can.",
        "zh": "您的消息已经收到，不会丢失。现在回复比平时慢一些，我们会尽快在这里答复您。",
    },
    "nothing_said": {
        "en": 'Sorry, I can\'t read that. Please write it in words, or send "agent" for a person.',
        "zh": "抱歉，这条我看不懂。请用文字告诉我；需要人工请回复“人工”。",
    },
    "code_wrong": {
        "en": "That code isn't right. Tries left: {tries_left}.",
        "zh": "验证码不对，还可以再试{tries_left}次。",
    },
    "code_failed": {
        "en": 'That was the fifth wrong code, so it no longer works. Send "resend" for a new one, or "agent" for a person.',
        "zh": "验证码已连续输错5次，不能再用了。回复“重新发送”获取新的验证码，或回复“人工”。",
    },
    "code_expired": {
        "en": "That code has run out, so I've sent you a new one. Please send me the new digits.",
        "zh": "这个验证码已过期，我刚发了一个新的，请把新的数字发给我。",
    },
    "code_locked": {
        "en": 'For your safety, codes are paused for now after too many tries. Send "agent" and a person will help you.',
        "zh": "验证码输错次数太多，为了安全先暂停使用。回复“人工”，由同事帮您。",
    },
    "contact_unknown": {
        "en": "Thanks. I can't find that number with us. Please send me your policy number (it starts with PL-).",
        "zh": "谢谢。这个号码我没有查到，请把保单号发给我（以PL-开头）。",
    },
    "foreign_contact": {
        "en": "That is somebody else's contact. Please share your own with the button, or send your policy number.",
        "zh": "这是别人的名片。请用按钮分享您自己的号码，或发送保单号。",
    },
    "old_button": {
        "en": "That button is from earlier in our chat. Please answer the latest question.",
        "zh": "这个按钮是之前的，请回答最新的问题。",
    },
    "opted_in": {
        "en": "Welcome back. You had stopped our messages, and get them again from now on. Nothing you told us is lost.",
        "zh": "欢迎回来。之前您退订了我们的短信，现在已恢复，您说过的内容都还在。",
    },
    "gave_up": {
        "en": "Sorry, I couldn't answer you just now. Your message is kept and a colleague will reply here.",
        "zh": "抱歉，刚才没能答复您。您的消息已保存，会有同事在这里回复您。",
    },
    "overflow": {
        "en": "You've sent more messages than I can answer at once. They are all kept, and a colleague will read them. Please wait ten minutes, then write again. If anyone is in danger, call the emergency number now.",
        "zh": "您的消息太多，我一时答不过来。消息都已保存，会有同事查看。请过十分钟再写给我。如有人身危险，请立即拨打急救电话。",
    },
    # As the bot says it (domain.yml), where a person holds the conversation.
    "emergency": {
        "en": "If anyone is hurt or in danger, call your local emergency number now and get to a safe place. The claim can wait.",
        "zh": "如果有人受伤或有危险，请马上拨打当地急救或报警电话，先到安全的地方。理赔不着急。",
    },
    "emergency_number": {
        "en": "If anyone is hurt or in danger, call {emergency_number} now and get to a safe place. The claim can wait.",
        "zh": "如果有人受伤或有危险，请马上拨打{emergency_number}，先到安全的地方。理赔不着急。",
    },
    "crisis": {
        "en": "I'm so sorry you feel this way. You are not alone. Please talk to someone you trust right now. If you may hurt yourself, call your local emergency number.",
        "zh": "听到您这么难受，我很心疼。您不是一个人，请马上找信任的人说说。如果有危险，请立即拨打当地急救电话。",
    },
    "crisis_line": {
        "en": "I'm so sorry you feel this way. You are not alone. Please call {crisis_line} now: kind people answer day and night. If you're in danger right now, call {emergency_number}.",
        "zh": "听到您这么难受，我很心疼。您不是一个人。请现在就拨打{crisis_line}，24小时都有人愿意听您说。如果马上有危险，请拨打{emergency_number}。",
    },
    "put_back": {
        "en": "The colleague you wrote to can't answer at the moment. You're back in line, and the next one free will write to you here. Until then you can go on with me.",
        "zh": "刚才的同事暂时无法回复，已为您重新排队，其他同事会在这里联系您。在此之前，您可以继续和我说。",
    },
    "handed_back": {
        "en": "The assistant is back with you.",
        "zh": "智能助手继续为您服务。",
    },
}


def words(key: str, language: str, **params: Any) -> str:
    return TEXTS[key][language].format(**params)
