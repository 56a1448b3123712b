"""Who is there to try things with. Apart from demo.py so that starting up need not load the whole backend."""

# (phone, name, language, zone, country, currency, last four of the account)
PEOPLE = (
    ("+12025550101", "Grace Miller", "en", "America/New_York", "US", "USD", "4821"),
    ("+447911123456", "Oliver Shah", "en", "Europe/London", "GB", "GBP", "7730"),
    ("+8613800138000", "王晓梅", "zh", "Asia/Shanghai", "CN", "CNY", "6688"),
    ("+6591234567", "陈伟 Tan Wei", "zh", "Asia/Singapore", "SG", "SGD", "1905"),
)
AGENT = ("mei", "Mei Lin", "anpei-demo")
COLLEAGUE = ("jun", "Jun Chen", "anpei-demo")  # an appeal goes to somebody else than who decided
# Investigates, checks decisions again, is told what is late, and is the second pair of eyes.
SUPERVISOR = ("hua", "Hua Wang", "anpei-demo")
