"""What customers are told without asking. English is GSM-7; each notice in both languages."""

from typing import Any

TEXTS: dict[str, dict[str, str]] = {
    "code": {
        "en": "{{secret}} is your Anpei code. It works for {minutes} minutes. We never call to ask for it: give it to nobody.",
        "zh": "【安赔】验证码{{secret}}，{minutes}分钟内有效。我们不会打电话索要验证码，请勿告诉任何人。",
    },
    "payee_code": {
        "en": "{{secret}} changes the bank account that Anpei pays you to. It works for {minutes} minutes. Not you? Give it to nobody and reply STOP CHANGE.",
        "zh": "【安赔】验证码{{secret}}用于更换您的收款账户，{minutes}分钟内有效。不是您本人？请勿告诉任何人，并回复“停止更改”。",
    },
    "approved": {
        "en": "Good news: claim {number} is approved. {approved} will be paid to your account on file{deductible}.",
        "zh": "好消息：理赔{number}已通过，{approved}将付到您登记的账户{deductible}。",
    },
    "partly_approved": {
        "en": "Claim {number} is approved in part: {approved} of {amount}. It will be paid to your account on file. If you disagree, just write to us here.",
        "zh": "理赔{number}部分通过：{amount}中赔付{approved}，将付到您登记的账户。如有异议，直接在这里回复即可。",
    },
    "in_review": {
        "en": "Claim {number} needs a closer look by a colleague. You'll hear from us here by {due}.",
        "zh": "理赔{number}需要同事进一步审核，{due}前会在这里给您答复。",
    },
    "needs_info": {
        "en": "To go on with claim {number} we need something more from you. {reason}You can send it right here.",
        "zh": "理赔{number}还需要您补充资料。{reason}直接发到这里就行。",
    },
    "denied": {
        "en": "We're sorry, we can't pay claim {number}: {reason} If you disagree, write to us here and another colleague will look at it.",
        "zh": "很抱歉，理赔{number}无法赔付：{reason}如不同意，请在这里回复，将由另一位同事重新审核。",
    },
    "decision_stands": {
        "en": "Another colleague has looked at claim {number} again, and the decision stands. {reason}What was paid is yours to keep.",
        "zh": "另一位同事重新审核了理赔{number}，结果维持不变。{reason}已付的款项不受影响。",
    },
    "withdrawn": {
        "en": 'Claim {number} was taken back at your request. If that wasn\'t you, reply "agent" at once.',
        "zh": "理赔{number}已按您的要求撤回。如果不是您本人操作，请马上回复“人工”。",
    },
    "draft_warning": {
        "en": "You began a claim with us ({what}) and haven't filed it. We'll close it on {day}. To go on, just write here.",
        "zh": "您有一笔还没提交的理赔（{what}），我们将在{day}关闭。想继续办，在这里回复即可。",
    },
    "draft_expired": {
        "en": "The claim you began ({what}) was never filed, so it's closed now. To begin again, just tell me what happened.",
        "zh": "您之前开始的理赔（{what}）一直没有提交，现已关闭。想重新申请，直接告诉我发生了什么即可。",
    },
    "email_changed": {
        "en": "The e-mail address we have for you was changed. If that wasn't you, reply STOP CHANGE and we'll put it back.",
        "zh": "您登记的电子邮箱已更改。如果不是您本人操作，请回复“停止更改”，我们会恢复原来的邮箱。",
    },
    "address_changed": {
        "en": "The postal address we have for you was changed. If that wasn't you, reply STOP CHANGE and we'll put it back.",
        "zh": "您登记的通讯地址已更改。如果不是您本人操作，请回复“停止更改”，我们会恢复原来的地址。",
    },
    "phone_changed": {
        "en": "Somebody asked us to change your phone number. A colleague checks it first. If that wasn't you, reply STOP CHANGE.",
        "zh": "有人要求更改您登记的手机号，同事会先核实。如果不是您本人操作，请回复“停止更改”。",
    },
    "account_cooling": {
        "en": "Thanks. From {when} we'll pay you to your account {account}. Until then nothing changes. We've told all your contacts. To stop it, reply STOP CHANGE.",
        "zh": "收到。从{when}起，赔款将付到您的账户{account}，在此之前不变。我们已通知您所有的联系方式。想停止，请回复“停止更改”。",
    },
    "account_cooling_elsewhere": {
        "en": "In another chat somebody asked us to pay you to a new account, {account}, from {when}. If that wasn't you, reply STOP CHANGE here.",
        "zh": "有人在另一个聊天中要求从{when}起把赔款付到新账户{account}。如果不是您本人操作，请在这里回复“停止更改”。",
    },
    "account_changed": {
        "en": 'From now on we pay you to your account {account}. If you didn\'t ask for this, reply "agent" at once.',
        "zh": "从现在起，赔款将付到您的账户{account}。如果不是您要求的，请马上回复“人工”。",
    },
    "account_unreadable": {
        "en": "That account number doesn't look right. Please check it and send it again: an IBAN, or all the digits of the account.",
        "zh": "这个账号好像不对，请核对后再发一次完整的银行卡号或账号。",
    },
    "account_person": {
        "en": "I couldn't reach the bank to check that account. Nothing has changed, and a colleague will write to you here.",
        "zh": "暂时联系不上银行核对这个账户。目前没有任何更改，同事会在这里联系您。",
    },
    "change_stopped": {
        "en": "Stopped. Your details and your bank account stay as they were before. A colleague will write to you here.",
        "zh": "已停止。您的资料和收款账户保持原样，同事会在这里联系您。",
    },
    "change_stopped_elsewhere": {
        "en": "A change of your details was stopped from one of your other contacts. Everything stays as it was.",
        "zh": "您的另一个联系方式已停止资料更改，一切保持原样。",
    },
    "nothing_to_stop": {
        "en": 'There is no change under way, and nothing was changed lately. If something worries you, reply "agent".',
        "zh": "目前没有正在进行的更改，近期也没有更改过。如有担心，请回复“人工”。",
    },
    "paid": {
        "en": "{amount} for claim {number} has been paid to your account {account}. You should see it today or tomorrow.",
        "zh": "理赔{number}的{amount}已付到您的账户{account}，今天或明天就能看到。",
    },
    "receipt": {
        "en": "Your receipt for claim {number}: {{secret}} It opens once, for you alone, and lets you prove the payment to anybody.",
        "zh": "理赔{number}的付款凭证：{{secret}} 链接只能打开一次，请勿转发。您可以用它向任何人证明这笔付款。",
    },
    "payout_failed": {
        "en": "Your bank didn't accept the payment for claim {number}. The money is safe with us; a colleague will write to you here to sort it out.",
        "zh": "理赔{number}的付款被银行退回，款项安全保存在我们这里，同事会在这里联系您处理。",
    },
}
DEDUCTIBLE = {"en": " ({amount} less your deductible of {deductible})", "zh": "（{amount}减去免赔额{deductible}）"}

# What the rules ask for, by the code of what they missed.
ASKED_FOR = {
    "photo_missing": {"en": "Please send a photo of the damage. ", "zh": "请发一张受损处的照片。"},
    "photo_unreadable": {
        "en": "We can't make out anything on your photo. Please take it again. ",
        "zh": "您的照片看不清，请重新拍一张。",
    },
}


def words(key: str, language: str, **params: Any) -> str:
    return TEXTS[key][language].format(**params)
