"""What the desk says of locked codes and paused ranges."""

TEXTS: dict[str, dict[str, str]] = {
    "identity.title": {"en": "Identity", "zh": "身份验证"},
    "identity.lead": {
        "en": "Release codes only once you have made sure who it is by other means, and say how.",
        "zh": "请先用其他方式核实客户身份，再解除锁定，并写明核实方式。",
    },
    "identity.numbers": {"en": "New phone numbers", "zh": "手机号更换"},
    "identity.no_numbers": {"en": "No number waits.", "zh": "没有待处理的手机号更换。"},
    "identity.why_not": {"en": "Why not (only if you refuse)", "zh": "不予更换的原因（拒绝时填写）"},
    "identity.ask_named": {
        "en": "Ask a colleague to confirm {name}'s number",
        "zh": "将{name}的手机号更换提交同事确认",
    },
    "identity.confirm": {"en": "Confirm the change", "zh": "确认更换"},
    "identity.confirm_named": {"en": "Confirm the change of {name}'s number", "zh": "确认更换{name}的手机号"},
    "identity.refuse_named": {"en": "Refuse the change of {name}'s number", "zh": "拒绝更换{name}的手机号"},
    "identity.same_eyes": {
        "en": "You looked into this number. Somebody else has to confirm it.",
        "zh": "该号码由您核实，须由他人确认。",
    },
    "identity.gone": {"en": "This has been answered already.", "zh": "此项已处理。"},
    "identity.held": {"en": "Codes locked or distrusted", "zh": "验证码已锁定或不可信"},
    "identity.none": {"en": "Nobody is locked out.", "zh": "没有被锁定的客户。"},
    "identity.unknown": {"en": "Unknown customer", "zh": "未知客户"},
    "identity.locked": {"en": "Codes are locked until", "zh": "验证码锁定至"},
    "identity.distrusted": {
        "en": "New SIM card: codes by SMS change no bank account until",
        "zh": "已更换SIM卡，短信验证码不能用于更换收款账户，直至",
    },
    "identity.reason": {"en": "How did you make sure who it is?", "zh": "您如何核实身份？"},
    "identity.no_reason": {"en": "Please say how you made sure. It is kept.", "zh": "请写明核实方式，该记录会保存。"},
    "identity.release": {"en": "Release", "zh": "解除"},
    "identity.release_named": {"en": "Release {name}", "zh": "解除{name}"},
    "identity.log_out": {"en": "Sign out everywhere", "zh": "退出所有登录"},
    "identity.log_out_named": {"en": "Sign {name} out everywhere", "zh": "退出{name}的所有登录"},
    "identity.done": {"en": "Done, and recorded.", "zh": "已完成并记录。"},
    "identity.paused": {"en": "Number ranges paused for toll fraud", "zh": "因短信盗刷暂停的号段"},
    "identity.none_paused": {"en": "No range is paused.", "zh": "没有暂停的号段。"},
    "identity.came_back": {
        "en": "Only {verified} of {sent} codes came back. Paused since",
        "zh": "{sent}个验证码中只有{verified}个被使用。暂停于",
    },
}
