"""Everything these pages say, in both languages."""

TEXTS: dict[str, dict[str, str]] = {
    "brand": {"en": "Anpei", "zh": "安赔"},
    "skip": {"en": "Skip to content", "zh": "跳到正文"},
    "back": {"en": "Back", "zh": "返回"},
    "open.title": {"en": "It's you we expect", "zh": "请确认是您本人"},
    "open.enrol": {
        "en": "Here you set up passkeys and authenticator apps. They protect the bank account we pay you to.",
        "zh": "在这里设置通行密钥和身份验证器，保护您的收款账户。",
    },
    "open.confirm": {
        "en": "Here you confirm with your passkey what you asked for in the chat.",
        "zh": "在这里用通行密钥确认您在聊天中要办的事。",
    },
    "open.once": {
        "en": "The link opens once, in this browser only. We will never ask you for it.",
        "zh": "此链接只能打开一次，且仅限当前浏览器。我们不会向您索要这个链接。",
    },
    "open.button": {"en": "Continue", "zh": "继续"},
    "gone.title": {"en": "This link can't be used", "zh": "链接无法使用"},
    "gone.lead": {
        "en": "It was opened before, or its 15 minutes are over. Write to us in the chat and we send a new one.",
        "zh": "链接已被打开过，或已超过15分钟。请在聊天中告诉我们，我们会发送新的链接。",
    },
    "factors.title": {"en": "Passkeys and authenticator apps", "zh": "通行密钥和身份验证器"},
    "factors.lead": {
        "en": "We ask for one of these before the account we pay you to is changed.",
        "zh": "更换收款账户之前，我们会要求用其中一种确认。",
    },
    "factors.none": {"en": "You have none yet.", "zh": "您还没有设置。"},
    "factors.yours": {"en": "Set up for you", "zh": "已设置"},
    "factors.since": {"en": "Added {when}", "zh": "添加于{when}"},
    "factors.counts_from": {"en": "Counts from {when}", "zh": "{when}起生效"},
    "factors.remove": {"en": "Remove", "zh": "移除"},
    "factors.remove_named": {"en": "Remove: {name}, {when}", "zh": "移除：{name}，{when}"},
    "factors.too_many": {"en": "Please remove one before you add another.", "zh": "请先移除一个，再添加新的。"},
    "factors.cooling": {
        "en": "A new one counts after a day. We tell all your chats, so that nobody can add one in your name.",
        "zh": "新添加的一天后生效。我们会通知您所有的聊天，防止他人冒用您的名义添加。",
    },
    "factors.add": {"en": "Add one", "zh": "添加"},
    "factors.finish": {
        "en": "You can close this page and go on in the chat.",
        "zh": "您可以关闭此页面，回到聊天中继续。",
    },
    "kind.passkey": {"en": "Passkey", "zh": "通行密钥"},
    "kind.authenticator": {"en": "Authenticator app", "zh": "身份验证器"},
    "kind_lead.passkey": {
        "en": "Your fingerprint, your face or the PIN of this device. Nobody can ask you for it by phone.",
        "zh": "使用本设备的指纹、面容或锁屏密码，别人无法在电话里骗走。",
    },
    "kind_lead.authenticator": {
        "en": "An app on your phone that shows a new 6-digit code every 30 seconds.",
        "zh": "手机上的应用，每30秒显示一个新的6位数字。",
    },
    "kind_add.passkey": {"en": "Add a passkey", "zh": "添加通行密钥"},
    "kind_add.authenticator": {"en": "Add an authenticator app", "zh": "添加身份验证器"},
    "done.passkey": {"en": "Your passkey is added.", "zh": "通行密钥已添加。"},
    "done.authenticator": {"en": "Your authenticator app is added.", "zh": "身份验证器已添加。"},
    "done.removed": {"en": "It is removed.", "zh": "已移除。"},
    "passkey.failed": {
        "en": "That didn't work: it was stopped, or this device has no fitting passkey. Please try again.",
        "zh": "没有成功：操作被取消，或本设备没有对应的通行密钥。请再试一次。",
    },
    "passkey.unknown": {
        "en": "This browser knows no passkeys. Please open the link in another one, or use an authenticator app.",
        "zh": "此浏览器不支持通行密钥。请换一个浏览器，或使用身份验证器。",
    },
    "passkey.no_script": {
        "en": "Passkeys need JavaScript, which is switched off here.",
        "zh": "通行密钥需要 JavaScript，而此浏览器已将其关闭。",
    },
    "authenticator.title": {"en": "Add an authenticator app", "zh": "添加身份验证器"},
    "authenticator.scan": {"en": "Scan this code with your authenticator app.", "zh": "用身份验证器应用扫描此二维码。"},
    "authenticator.picture": {"en": "QR code for your authenticator app", "zh": "身份验证器二维码"},
    "authenticator.key": {"en": "Can't scan? Type this key into the app:", "zh": "无法扫描？在应用中手动输入密钥："},
    "authenticator.code": {"en": "The 6 digits the app shows now", "zh": "应用现在显示的6位数字"},
    "authenticator.submit": {"en": "Add it", "zh": "添加"},
    "authenticator.wrong": {
        "en": "Those digits aren't right. Please check that your phone's clock is set automatically, and try the next ones.",
        "zh": "数字不正确。请确认手机时间为自动设置，再输入新的数字。",
    },
    "confirm.title": {"en": "Confirm with your passkey", "zh": "用通行密钥确认"},
    "confirm.lead": {"en": "In the chat you asked for this:", "zh": "您在聊天中要办的是："},
    "confirm.button": {"en": "Confirm with passkey", "zh": "用通行密钥确认"},
    "confirm.not_you": {
        "en": "You didn't ask for this? Close this page and reply STOP CHANGE in the chat.",
        "zh": "不是您要办的？请关闭此页面，并在聊天中回复“停止更改”。",
    },
    "operation.change_account": {
        "en": "Change the bank account we pay you to",
        "zh": "更换收款账户",
    },
    "operation.change_number": {"en": "Change your phone number", "zh": "更改手机号"},
    "confirmed.title": {"en": "Confirmed", "zh": "已确认"},
    "confirmed.lead": {
        "en": "We go on in the chat. You can close this page.",
        "zh": "我们在聊天中继续，您可以关闭此页面。",
    },
}
