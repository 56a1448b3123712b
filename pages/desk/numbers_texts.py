"""What the desk says of account, card and id numbers."""

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
}
