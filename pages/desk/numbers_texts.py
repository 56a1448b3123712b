"""What the desk says of account, card and id numbers, and of a new phone number."""

TEXTS: dict[str, dict[str, str]] = {
    "numbers.title": {"en": "Numbers in this conversation", "zh": "本次对话中的号码"},
    "numbers.lead": {
        "en": "Kept in the vault. To see one in full, say what for and why: it is recorded with your name, for ever.",
        "zh": "号码保存在保险库中。查看完整号码须说明用途和原因，并与您的姓名一起永久记录。",
    },
    "numbers.back": {"en": "Back to the conversation", "zh": "返回对话"},
    "numbers.link": {"en": "Numbers in full", "zh": "查看完整号码"},
    "numbers.none": {"en": "No number was given here.", "zh": "本次对话中没有号码。"},
    "numbers.purpose": {"en": "What for?", "zh": "用途"},
    "numbers.reason": {"en": "Why do you need it?", "zh": "为什么需要查看？"},
    "numbers.reason_needed": {
        "en": "Please say in a few words why. It is kept.",
        "zh": "请简要写明原因，该记录会保存。",
    },
    "numbers.show": {"en": "Show", "zh": "查看"},
    "numbers.show_named": {"en": "Show {name} in full", "zh": "查看{name}的完整号码"},
    "numbers.shown": {"en": "Shown once, and recorded:", "zh": "仅显示一次，已记录："},
    "numbers.kind.account": {"en": "Account", "zh": "账户"},
    "numbers.kind.card": {"en": "Card", "zh": "银行卡"},
    "numbers.kind.id": {"en": "Id", "zh": "证件"},
    "numbers.for.payee_check": {"en": "Compare with what the bank says", "zh": "与银行反馈核对"},
    "numbers.for.customer_asked": {"en": "The customer asked", "zh": "应客户要求"},
    "numbers.for.fraud_case": {"en": "A case of fraud", "zh": "欺诈调查"},
    "numbers.for.legal_request": {"en": "A legal request", "zh": "法律要求"},
    "phone.title": {"en": "New phone number", "zh": "更换手机号"},
    "phone.lead": {
        "en": "Codes go to it from then on, so it takes two: you make sure who asks, by other means than this chat, and a"
        " colleague confirms. Every contact on file is told and can stop it.",
        "zh": "更换后验证码将发到新号码，因此须由两人处理：请先通过本聊天以外的方式核实客户身份，再由一位同事确认。"
        "原有的各个联系方式都会收到通知，并可撤销。",
    },
    "phone.customer": {"en": "Customer", "zh": "客户"},
    "phone.earlier": {"en": "On file", "zh": "原号码"},
    "phone.new": {"en": "New", "zh": "新号码"},
    "phone.asked": {"en": "Asked for", "zh": "申请时间"},
    "phone.change": {"en": "Ask a colleague to confirm", "zh": "提交同事确认"},
    "phone.asked_second": {
        "en": "Waits for a second person. {who} made sure: {why}",
        "zh": "等待第二人确认。{who}的核实方式：{why}",
    },
    "phone.not_yours": {
        "en": "A new phone number waits for colleagues who may settle it: they find it under Identity.",
        "zh": "有待处理的手机号更换，须由有权限的同事在“身份验证”页面处理。",
    },
    "phone.refuse": {"en": "Refuse", "zh": "拒绝"},
    "phone.no_reason": {"en": "Please say how you made sure. It is kept.", "zh": "请写明核实方式，该记录会保存。"},
    "phone.taken": {"en": "Another customer has this number.", "zh": "该号码已登记在其他客户名下。"},
    "phone.link": {"en": "A new phone number waits", "zh": "有待处理的手机号更换"},
}
