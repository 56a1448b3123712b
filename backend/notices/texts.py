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
    "money_code": {
        "en": "{{secret}} is your Anpei code to file a claim for {amount}, to be paid to your account {account}. It works for {minutes} minutes. We never call to ask for it: give it to nobody.",
        "zh": "【安赔】验证码{{secret}}用于提交{amount}的理赔，赔款付到账户{account}，{minutes}分钟内有效。我们不会打电话索要验证码，请勿告诉任何人。",
    },
    "link_enrol": {
        "en": "Your page for passkeys and authenticator apps, for {minutes} minutes and one browser. Give the link to nobody: {{secret}}",
        "zh": "通行密钥和身份验证器的设置页面，{minutes}分钟内有效，只能在一个浏览器中打开。请勿把链接告诉任何人：{{secret}}",
    },
    "link_confirm": {
        "en": "Show your passkey here, then we go on in this chat. It works for {minutes} minutes. Give the link to nobody: {{secret}}",
        "zh": "请在这里用通行密钥确认，之后我们在聊天中继续，{minutes}分钟内有效。请勿把链接告诉任何人：{{secret}}",
    },
    "authenticator_added": {
        "en": "Your authenticator app is added. It counts for changing your bank account from {when}. Not you? Reply STOP CHANGE.",
        "zh": "身份验证器已添加，从{when}起可用于更换收款账户。不是您本人操作？请回复“停止更改”。",
    },
    "authenticator_added_elsewhere": {
        "en": "In another chat an authenticator app was added to your account. It counts from {when}. If that wasn't you, reply STOP CHANGE and we remove it.",
        "zh": "有人在另一个聊天中为您的账户添加了身份验证器，从{when}起生效。如果不是您本人操作，请回复“停止更改”，我们会移除它。",
    },
    "passkey_added": {
        "en": "Your passkey is added. It counts for changing your bank account from {when}. Not you? Reply STOP CHANGE.",
        "zh": "通行密钥已添加，从{when}起可用于更换收款账户。不是您本人操作？请回复“停止更改”。",
    },
    "passkey_added_elsewhere": {
        "en": "In another chat a passkey was added to your account. It counts from {when}. If that wasn't you, reply STOP CHANGE and we remove it.",
        "zh": "有人在另一个聊天中为您的账户添加了通行密钥，从{when}起生效。如果不是您本人操作，请回复“停止更改”，我们会移除它。",
    },
    "authenticator_removed": {
        "en": 'An authenticator app was removed from your account. If that wasn\'t you, reply "agent" at once.',
        "zh": "您的账户移除了一个身份验证器。如果不是您本人操作，请马上回复“人工”。",
    },
    "passkey_removed": {
        "en": 'A passkey was removed from your account. If that wasn\'t you, reply "agent" at once.',
        "zh": "您的账户移除了一个通行密钥。如果不是您本人操作，请马上回复“人工”。",
    },
    "sim_changed": {
        "en": "Your phone number has got a new SIM card. We've signed you out everywhere, and for 7 days codes by SMS can't change your bank account. Not you? Reply \"agent\".",
        "zh": "您的手机号更换了SIM卡。我们已退出您的所有登录，7天内短信验证码不能用于更换收款账户。不是您本人操作？请回复“人工”。",
    },
    "logged_out": {
        "en": "You've been signed out everywhere. We'll ask for a code before we show anything again.",
        "zh": "您的所有登录都已退出，下次查看信息前要重新输入验证码。",
    },
    "account_changed_elsewhere": {
        "en": "In another chat somebody showed your passkey or app and had us pay you to account {account} from now on. If that wasn't you, reply STOP CHANGE here.",
        "zh": "有人在另一个聊天中使用您的通行密钥或验证器，把收款账户改为{account}，即刻生效。如果不是您本人操作，请在这里回复“停止更改”。",
    },
    "number_changed": {
        "en": "Your phone number with us is changed. Codes go to the new one from now on. If that wasn't you, reply STOP CHANGE.",
        "zh": "您登记的手机号已更改，今后验证码将发到新号码。如果不是您本人操作，请回复“停止更改”。",
    },
    "approved": {
        "en": "Good news: claim {number} is approved. {approved} will be paid to your account on file{deductible}.",
        "zh": "好消息：理赔{number}已通过，{approved}将付到您登记的账户{deductible}。",
    },
    "partly_approved": {
        "en": "Claim {number} is approved in part: {approved} of {amount}. It will be paid to your account on file. If you disagree, just write to us here.",
        "zh": "理赔{number}部分通过：{amount}中赔付{approved}，将付到您登记的账户。如有异议，直接在这里回复即可。",
    },
    "payout_held": {
        "en": "A colleague checks payments of this size before they leave. That takes a working day at most, and you'll hear from us here when it's paid.",
        "zh": "这个金额的付款会先由同事复核，最多一个工作日，付款后会在这里通知您。",
    },
    "payout_held_payee": {
        "en": "Your bank doesn't find your name with your account. A colleague checks that before we pay, a working day at most. If the account isn't yours, tell us here and we change it.",
        "zh": "银行反馈收款账户的户名与您的姓名不符，付款前需由同事核实，最多一个工作日。如果账户有误，请在这里告诉我们更换。",
    },
    "in_review": {
        "en": "Claim {number} needs a closer look by a colleague. You'll hear from us here by {due}.",
        "zh": "理赔{number}需要同事进一步审核，{due}前会在这里给您答复。",
    },
    "needs_info": {
        "en": "To go on with claim {number} we need something more from you. {reason}You can send it right here.",
        "zh": "理赔{number}还需要您补充资料。{reason}直接发到这里就行。",
    },
    "answer_missing": {
        "en": "We're still waiting for something from you for claim {number}. {reason}Please send it right here by {day}. After that a colleague decides on what we have.",
        "zh": "理赔{number}还在等您补充资料。{reason}请在{day}前直接发到这里，到期没有收到，同事会按现有资料审核。",
    },
    "decided_without_answer": {
        "en": "We haven't heard from you about claim {number}, so a colleague now decides on what we have, by {due}. You can still send more right here.",
        "zh": "理赔{number}没有收到您补充的资料，同事会按现有资料审核，{due}前会有结果。您现在仍可以直接在这里补充。",
    },
    "denied": {
        "en": "We're sorry, we can't pay claim {number}: {reason} If you disagree, write to us here and another colleague will look at it.",
        "zh": "很抱歉，理赔{number}无法赔付：{reason}如不同意，请在这里回复，将由另一位同事重新审核。",
    },
    "decision_stands": {
        "en": "Another colleague has looked at claim {number} again, and the decision stands. {reason}What was paid is yours to keep.",
        "zh": "另一位同事重新审核了理赔{number}，结果维持不变。{reason}已付的款项不受影响。",
    },
    "decision_stands_owed": {
        "en": "Another colleague has looked at claim {number} again, and the decision stands. {reason}What we approved before is still yours: a colleague will write to you here by {due}.",
        "zh": "另一位同事重新审核了理赔{number}，结果维持不变。{reason}此前批准的赔款仍归您所有，同事会在{due}前在这里联系您处理。",
    },
    "withdrawn": {
        "en": 'Claim {number} was taken back at your request. If that wasn\'t you, reply "agent" at once.',
        "zh": "理赔{number}已按您的要求撤回。如果不是您本人操作，请马上回复“人工”。",
    },
    "draft_warning": {
        "en": "You began a claim with us ({what}) and haven't filed it. We'll close it on {day}. To go on, just write here.",
        "zh": "您有一笔还没提交的理赔（{what}），到{day}还没提交就会关闭。想接着办，直接在这里回复就行。",
    },
    "draft_expired": {
        "en": "The claim you began ({what}) was never filed, so it's closed now. To begin again, just tell me what happened.",
        "zh": "您之前开始的理赔（{what}）一直没有提交，现已关闭。想重新申请，直接告诉我发生了什么就行。",
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
        "zh": "收到。从{when}起，赔款将付到您的账户{account}，在此之前不变。我们已给您登记的所有联系方式发了通知。想停止，请回复“停止更改”。",
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
        "zh": "资料更改已从您的另一个联系方式停止，一切保持原样。",
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
        "zh": "理赔{number}的付款被银行退回。钱还在我们这里，很安全，同事会在这里联系您处理。",
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
