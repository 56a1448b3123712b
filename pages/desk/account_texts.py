"""What the desk says of an agent's own account."""

TEXTS: dict[str, dict[str, str]] = {
    "code.title": {"en": "One more step", "zh": "还差一步"},
    "code.lead": {
        "en": "Enter the code that your authenticator app shows.",
        "zh": "请输入身份验证器 App 显示的验证码。",
    },
    "code.label": {"en": "6-digit code", "zh": "6 位验证码"},
    "code.submit": {"en": "Sign in", "zh": "登录"},
    "code.lost": {
        "en": "No phone at hand? Ask whoever runs Anpei to remove the app from your account.",
        "zh": "手机不在身边？请联系系统管理员解除绑定。",
    },
    "authenticator.title": {"en": "Your authenticator app", "zh": "绑定身份验证器"},
    "authenticator.scan": {
        "en": "Scan this picture with an authenticator app, then enter the code that it shows.",
        "zh": "请用身份验证器 App 扫描二维码，然后输入它显示的验证码。",
    },
    "authenticator.picture": {"en": "QR code for your app", "zh": "供 App 扫描的二维码"},
    "authenticator.key": {"en": "Or type this key:", "zh": "或手动输入密钥："},
    "authenticator.submit": {"en": "Confirm", "zh": "确认"},
    "authenticator.wrong": {
        "en": "That isn't the code it shows now. Please enter the newest one.",
        "zh": "验证码不正确，请输入最新显示的验证码。",
    },
    "account.title": {"en": "Your account", "zh": "我的账户"},
    "account.password": {"en": "New password", "zh": "修改密码"},
    "account.present": {"en": "Present password", "zh": "当前密码"},
    "account.new": {"en": "New password", "zh": "新密码"},
    "account.hint": {
        "en": "At least {count} characters. A few words that don't belong together are best.",
        "zh": "至少 {count} 个字符，建议用几个互不相关的词组成。",
    },
    "account.submit": {"en": "Change password", "zh": "修改密码"},
    "account.wrong": {"en": "The present password isn't right.", "zh": "当前密码不正确。"},
    "account.too_short": {"en": "The new password is too short.", "zh": "新密码太短。"},
    "account.too_long": {"en": "The new password is too long.", "zh": "新密码太长。"},
    "account.guessable": {
        "en": "The new password is easy to guess. Please take one that isn't common and has no names in it.",
        "zh": "新密码太容易猜到，请换一个不常见、不含姓名的密码。",
    },
    "account.done.password": {
        "en": "Your password is changed. Other devices are signed out.",
        "zh": "密码已修改，其他设备已退出登录。",
    },
    "account.done.authenticator": {
        "en": "Your app is set. Its code is asked for at the next sign-in.",
        "zh": "身份验证器已绑定，下次登录时需要输入验证码。",
    },
    "account.app": {"en": "Authenticator app", "zh": "身份验证器"},
    "account.app.set": {
        "en": "Set: its code is asked for at each sign-in.",
        "zh": "已绑定：每次登录都需要输入验证码。",
    },
    "account.app.none": {"en": "None yet. Your password alone lets you in.", "zh": "尚未绑定，目前仅凭密码登录。"},
    "account.app.add": {"en": "Set up an app", "zh": "绑定身份验证器"},
    "account.app.replace": {"en": "Use another app", "zh": "更换身份验证器"},
}
