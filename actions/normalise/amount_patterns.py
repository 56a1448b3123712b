"""What sums of money, and the words around them, look like in a folded text."""

import re
from functools import partial

from actions.normalise.currencies import AFTER, GLUED_BEFORE, WORDS
from actions.normalise.numbers import CHINESE_NUMBER, ENGLISH_NUMBER, NUMBER_WORD

# English words end where Chinese begins: "97 pounds才对", "3 hours晚点".
_compile = partial(re.compile, flags=re.ASCII)
SIGNS = "|".join(re.escape(word) for word in sorted(WORDS, key=len, reverse=True))
NAMES = "|".join(re.escape(word) for word in sorted(WORDS, key=len, reverse=True) if WORDS[word] not in {"", "元"})
SCALE = r"万零\d百|万零?\d{3}(?!\d)|k\d?(?![a-z\d])|hundred\b|thousand\b|grand\b|lakhs?\b|万\d千|千\d百|[万千百]\d?|w\d?(?![a-z\d])"
UNIT = rf"(?P<after>{SIGNS}|{'|'.join(AFTER)})(?:s\b|(?!'t|[a-z]))"  # "won't" is no won
# 95,11月12号 is a sum and a day.
FIGURES = r"\d{1,3}(?:[ ,.']\d{3})+(?:[.,]\d{1,2}(?![\d/月号日]))?(?!\d)|\d+(?:[.,]\d+(?![\d\s]*[月日号点]))?"
IN = r"(?:,?\s*(?:in\s+)?|\.\s+|是)"  # "4 grand in dollars", "fifty five fifty, pounds", "I meant 500. Quid", 275是美金
ABOUT = r"\s*-?(?:ish|odd)\b"
# 98块5, 98块5毛, 217块6毛5; "45 dollars and 50 cents", "89 pounds 99".
END = r"(?=\s*(?:$|[,.;!?](?!\d)|for\b|in total\b|all in\b|altogether\b))"
TAIL = rf"(?<=[块元])\d角(?:\d分?)?|(?<=[币镑元刀块])\d\d(?:分|便士|仙)|(?<=块)\d(?:毛\d?|(?!\d))|(?<=[sdo])\s+(?:and\s+)?\d\d(?:\s*(?:cents|p|pence)\b|{END})"
BEFORE = rf"(?:(?<![a-z])(?P<before>{SIGNS})s?\s*[.:]?\s*)?"
# 澳币三百; 块 and 元 before a number are no currency of it.
NAMED_BEFORE = rf"(?:(?<![a-z])(?P<before>{NAMES})s?\s*[.:]?\s*)?"
WRITTEN = _compile(
    rf"{BEFORE}(?<![a-z0-9_/#])(?<![a-z0-9]:)(?<!\d[.,])(?<![a-z]-)(?P<figures>{FIGURES})\s*"
    rf"(?:(?P<half>and\s+an?\s+half)\s+(?=hundred|thousand|grand))?(?P<scale>{SCALE})?(?:(?<=hundred)\s+and\s+(?P<more>\d\d?)(?!\d))?"
    rf"(?:来|多|几)?(?:{ABOUT})?\s*-?(?:{IN}{UNIT}(?P<tail>{TAIL})?(?P<country>(?<=块\d)(?:{NAMES}))?)?"
)
# In "74 pound 15" the name is of what stands before it.
SIGNED = _compile(
    rf"(?<![a-z0-9])(?!(?<=\d\s)(?:pound|dollar|euro|quid|buck))(?P<before>{SIGNS}|{GLUED_BEFORE})\s*[.:]?\s*(?P<figures>{FIGURES})\s*(?P<scale>{SCALE})?"
    rf"(?:\s*and\s+(?P<tail>\d\d)\s*(?:p|pence|cents?|c)\b)?(?:\s*(?:{UNIT}))?"
)
CENTS = rf"(?<=[sd])\s+(?:and\s+)?{ENGLISH_NUMBER}(?:\s*(?:cents|pence|p)\b|{END})"
ENGLISH = _compile(
    rf"{NAMED_BEFORE}\b(?P<words>(?:half an?\s+)?{ENGLISH_NUMBER})\b(?:{ABOUT})?\s*(?:{IN}{UNIT}(?P<tail>{CENTS})?)?"
)
# 一百二一回: what one time costs.
EACH = r"[一二两三四五六七八九]百[一二三四五六七八九](?=一[回次趟晚天张颗针瓶盒位])"
CHINESE = _compile(
    rf"{NAMED_BEFORE}(?P<words>{EACH}|{CHINESE_NUMBER})(?P<more>来|多|几)?(?:\s?{UNIT}(?P<tail>半|零?{CHINESE_NUMBER}(?:便士|分|仙)|零?[一二三四五六七八九壹贰叁肆伍陆柒捌玖]角(?:[一二三四五六七八九壹贰叁肆伍陆柒捌玖]分)?|零?[一二三四五六七八九\d](?![\d十百千])(?:毛[一二三四五六七八九\d]?)?)?(?P<country>{NAMES})?)?"
)
VAGUE = _compile(
    r"(?:一两|一二|两三|二三|三四|三五|四五|五六|六七|七八|八九)[十百千万]|几十[块元]|几百|几千|上百|上千|好几[百千]|\b(?:a )?(?:few|couple(?: of)?|several|some) (?:hundred|thousand|"
    r"grand|dollars|pounds|bucks|quid)|\bhundreds\b|\bthousands\b"
)
OTHER_UNIT = _compile(
    r"\s*-?\s*(?:am\b|pm\b|o'?clock|:|hours?\b|hrs?\b|h\b|mins?\b|minutes?\b|days?\b|weeks?\b|months?\b|years?\b|"
    r"yrs?\b|km\b|kg\b|miles?\b|%|"
    r"(?:(?:tiny|little|small|wee|sharp|glass|different|more) ){0,2}(?:pieces|bits|shards|cubes|splinters|fragments|cracks|lines|times)\b|"
    r"words?\b|pages?\b|piece\b|pcs\b|each\b|apiece\b|per\b|an? (?:night|day|piece|head|person)\b|times?\b|people\b|persons?\b|nights?\b|th\b|st\b|nd\b|rd\b|floor|inch|\"|cm\b|mm\b|gb\b|percent|pro\b|(?<!\d{3} )plus\b(?! (?:tax|vat|gst|parts|labou?r|tip|fees?)\b)|bed(?:room)?s?\b|"
    r"max\b|mini\b|ultra\b|photos?\b|digits?\b|"
    r"个?小时|分钟|点(?!\d)|天|周|个|岁|楼|号|月|年|公里|次|人(?!民币)|层|寸|代|张|米|时|厘米|星期|晚|份|页|路|pro|plus(?! )|日|条|"
    r"处|道|字|遍|倍|句|封|通电|(?:开头|打头|结尾|收尾)|尾号|那个号)"
)
MODEL = _compile(
    r"(?:iphone|galaxy|pixel|samsung|ipad|macbook|note|redmi|mate|oneplus|oppo|vivo|huawei|xiaomi|honor|series|model|"
    r"version|room|flight|gate|(?:ago|days?|nights?|[天号日])\s*(?:or|还是|或者?)|"
    r"\b(?:ending(?: in| with| on)?|end(?:s|ed)? (?:in|with)|(?:start|begin)(?:s|n?ing)? with)|\b(?:on|along) the|\blast (?:four|4|three|3)(?: digits?)?(?: (?:is|are|of))?|"
    r"\b(?:i|he|she|son|daughter|kid|boy|girl|lad|wife|husband|mum|mom|dad|mother|father)(?:'s|'m| is| am| was| turned)(?: only| just| now)?|"
    r"flat|ward|seat|platform|junction|jct|exit|suite|terminal|carriage|lane|number(?: is| was)?|digit(?: is| was)?|(?<![a-z])(?:lh|ba|aa|ua|dl|sq|cx|mu|cz|ek|qr|qf|tk|af|kl|fr|ei|ca|mh|jl|nh|hu|3u|mf|b6|wn|tr|ak|6e|ey|vs|ib|lx)|(?:flight|room|gate|policy|claim|order|bus|train|serial|account) no|unit|apt|route|highway|level|age|aged|小米|华为|苹果|荣耀|三星|第|航班|型号|邮箱(?:是|写成)?|选|选项|option)[\s#.]*$"
)
PRICED = _compile(
    r"(?:\bcosts?|\bcosted|price|paid|pay|quoted?|bills?|billed|charged?|charging|repair(?: is| was)?|total|amount|"
    r"estimated?|invoice|fees?|spent|was|so|about|around|roughly|"
    r"approx(?:imately)?|maybe|worth|new one|replac\w+|wants?|asking|said|says|just|only|meant|owed?|owes|came to|come to|be|guess|say|it was|it's|it is|for|重?买|损失|垫付?|退|报了|修|换|费|花|价|报价|付|收|共|总|"
    r"计|大概|约|估计|账单|要|金额|是)[^.;!?。;]{0,24}$"
)
PRICED_AFTER = _compile(
    r"\s*(?:左右|上下|还?没?(?:收到|到账)|以内|出头|的[^,。\d]{0,6}(?:单|账单|发票|收据|费)|or so\b|all in\b|in total\b|total\b|altogether\b|including\b|to (?:fix|repair|"
    r"replace)\b)"
)
# "where's my 240?", "the 130 hasn't come"; a number of one digit counts things.
THAT_SUM = _compile(r"\b(?:my|the|that)\s+$")
THAT_SUM_AFTER = _compile(
    r"(?:(?<=\d\d)\s*|(?<=\d\d\s))(?:$|[?.!,]|(?:back|yet|at\b|has|hasn't|hasnt|is|isn't|was|you|to my|into my|for (?:the|my))\b)"
)
TOTAL = _compile(
    r"(?:total(?:ly|led)?|altogether|in all|all in|sum|一共|总共|合计|共计|总计|加(?:一)?起来?|两样合计|共)[^.;!?]{0,12}$"
)
TOTAL_AFTER = _compile(r"\s*(?:in total|altogether|total|all in|in all)")
LEFT_OUT = _compile(r"(?:那笔|的)?(?:别算|不算|就算了|不要了)")
PUT_RIGHT = _compile(
    r"(?:should be|should have been|make (?:it|that)|change (?:it )?to|i meant?|meant|actually|scratch that|or rather|"
    r"no,? (?:sorry|wait)|(?:went|gone|goes|came) (?:up|down) to|correct(?:ion)?(?: is)?|"
    r"应该是|应为|改成|改为|其实是|而是|更正为|[涨降升]到了?|哦不|不对|说错了|错了|实付|实际[付花]了?|最后[付花]了?)[^\d]{0,8}$"
    r"|(?:\d|\b(?:hundred|thousand|\w+ty)),? sorry,? [^\w\s]?$"
)
# The price in the end, after other ones: "ended up paying 199", "what I actually paid is £47.50", 最后付了199.
FINAL = _compile(
    r"(?:\b(?:ended up|wound up)(?: (?:only|just))? (?:paying|at|being|costing(?: me| us)?|with)|\b(?:actually|really|eventually|finally) (?:only )?(?:paid|cost|came to|charged)"
    r"|\bin the end\b(?:[^\d.;!?]{0,16}(?:paid|paying|cost|was|came to|charged))?|\bfinal (?:price|bill|cost|amount|total|figure|invoice|charge)"
    r"|\b(?:knocked|beat|haggled|talked|brought|got) (?:it |him |them |her |that )?(?:back )?down to|\bsettled (?:on|at|for)|\bdropped (?:it|the price) to"
    r"|\bout of (?:my own )?pocket\b"
    r"|(?:最后|最终|到头来|结果)(?:还?是|只|就|实际)?(?:[付花收]|给|成交)了?|实际(?:支付|花费|付款|只)|实付|实收|折后|券后|优惠后|打完折|砍(?:价)?到|讲(?:价)?到|便宜到|谈到)"
    r"[^\d.;!?。;]{0,12}$"
)
FINAL_AFTER = _compile(
    r"\s*(?:[a-z]{3,7} )?(?:in the end\b|after (?:the |a |my )?(?:discount|coupon|voucher|haggling)|is what (?:i|we)(?:'ve)? (?:actually|really|ended|finally)|成交|是(?:我)?(?:最后|实际))"
)
# What the thing cost when it was bought is no damage: "paid $449 for it last Christmas", "my £900 laptop", 买的时候花了6000.
_THING = r"(?:phone|mobile|handset|iphone|tablet|ipad|laptop|macbook|chromebook|kindle|computer|tv|samsung|galaxy|pixel|watch|thing|device|car|van)"
BOUGHT = _compile(
    rf"(?:\b(?:bought|purchased) (?:it|him|her|this|that|(?:the|my|this|that) (?:\w+ )?{_THING})(?: (?:brand )?new| last \w+| in \w+| on \w+| second ?hand| used)*(?: (?:for|at))?"
    r"|\b(?:bought|purchased)(?: it)?(?: (?:brand )?new| last (?:christmas|xmas|year|spring|summer|autumn|fall|winter)| (?:back )?in 20\d\d)+ (?:for|at)"
    r"|\boriginally (?:paid|cost|bought)(?: me| us| it)?(?: for)?|\b(?:retails?|retailed|sells?|rrp|list price|new price|purchase price)(?: for| at| is| of| was)?"
    r"|买(?:的|来的?)?(?:时候?|那会儿?|那时|当时)|当[初时]买的?|原价|新机|购入价?|入手价?)[^\d,.;!?,。;]{0,8}$"
)
BOUGHT_AFTER = _compile(
    rf"\s*(?:[a-z]{{3,7}} )?(?:(?:when (?:it was|i (?:bought|got) (?:it|this)|we (?:bought|got) (?:it|this)|it came out)|brand new)\b|new\b(?=\s*(?:[,.;!?]|$))"
    rf"|for (?:it|this|that|(?:the|my|this|that) (?:\w+ )?{_THING})\b(?: new| brand new)?(?: just| only)? (?:last (?:christmas|xmas|year|spring|summer|autumn|fall|winter)|(?:back )?in 20\d\d|new|\w+ (?:months?|years?) ago|at christmas|on black friday)"
    rf"|(?:块钱?|元|刀)?(?:多|左右)?(?:钱)?(?:新|刚|才)?[买购]的?(?:新)?(?:手机|平板|电脑|笔记本|机子|苹果|华为|小米|ipad|iphone|macbook|[,。!?]|$))"
)
ITS_PRICE, ITS_PRICE_AFTER = (
    _compile(r"\b(?:my|our|her|his|their|an?|this|that|new)\s+$"),
    _compile(
        rf"\s*-?(?:[a-z]{{3,7}} )?(?:\w+ )?{_THING}\b(?! (?:screen|panel|lid|hinge|part|repair|glass|window|bill|display|fix|claim|job|replacement))"
    ),
)
# What a bill is made of: "45 for the visit and 30 for the cream", "the hotel 220", 酒店三百二吃饭九十.
ITEM = _compile(
    r"\b(?:hotel|hostel|inn|motel|room|taxi|cab|uber|lyft|bus|fare|dinner|lunch|breakfast|meals?|food|drinks?|snacks|parking|"
    r"meds|medicines?|medication|antibiotics|drops|syrup|crutches|x-?rays?|pills|tablets|cream|prescription|consult(?:ation)?|visit|scan|tests?|parts|labou?r|"
    r"call ?out|clothes|towels)(?: (?:was|were|is|cost|came to|for|at|bill))?[\s:]*$"
    r"|(?:酒店|住宿|旅馆|宾馆|房费|打车|的士|车费|停车|餐|饭|药|挂号|检查|拍片|化验|治疗|材料|人工|配件|机票|车票)(?:费|钱)?(?:是|要|花|用|又|花了|用了)?\s*$"
)
JOINED = _compile(r"\b(?:plus|and|another|also)\b|[&+]|加|还有|另外|又")
ITEM_AFTER = _compile(
    r"\s*for (?:(?:the|a|an|my|our|some) )?(?!me\b|it\b|this\b|that\b|you\b|us\b|now\b|sure\b|everything\b|all\b|both\b)[a-z]{3,}"
)
FOR_THINGS = _compile(r"\d\s*(?:[a-z]{3,7} )?for (?:the|a|an|my|our|some|[a-z]{3,})\b")
# "a tenner", "two fivers": what is on a note, in the money of the country.
NOTES = {"fiver": 5, "tenner": 10}
NOTE = _compile(rf"\b(?:(?P<many>{NUMBER_WORD}|\d{{1,2}}|a couple of)\s+)?(?P<note>{'|'.join(NOTES)})(?P<more>s)?\b")
# What the customer bears themselves is no price: "the first 100 is on me"; nor is the deductible, beside another sum.
BORNE, BORNE_ZH = _compile(r"^\W*(?:the )?first\s+$"), _compile(r"(?<![\u4e00-\u9fff])前\s*$")
FIRST, ON_ME = (
    _compile(r"\b(?:the )?first\s+[^\w\s]?$"),
    _compile(
        r"[^.,;\d]{0,12}\b(?:on me|mine|i pay|i cover|myself|i have to|comes off|doesn'?t count|aren'?t covered|isn'?t covered)\b"
    ),
)
DEDUCTED = _compile(r"\b(?:deductible|excess)\b[^\d.,;]{0,12}$|(?:免赔额?|自付)[^\d.,;]{0,3}$")
# A sum that is a sentence of its own in a story, or closes it: "New claim. Dentist. 85.", 看牙,85.
OWN_BEFORE, OWN_AFTER = (
    _compile(r"[\w\u4e00-\u9fff][^\w\u4e00-\u9fff]*[.!?。;\n]\s*$"),
    _compile(r"\s*(?:$|[.!?。;\n](?!\d))"),
)
CLOSING_BEFORE = _compile(r"[\w)\u4e00-\u9fff]\s*[,-]\s*$")
# What joins the two ends of a range: "between 300 and 400", "80-90 quid", 四百到五百.
NUMBER = rf"(?:(?:{SIGNS})\s*)?(?:{FIGURES}|{ENGLISH_NUMBER}|{CHINESE_NUMBER})\s*k?"
RANGE_BEFORE = _compile(
    rf"(?:\bbetween\s+{NUMBER}\s*(?:{UNIT.replace('?P<after>', '?:')})?\s*(?:and|to|&|-)\s*"
    rf"|(?<![\w.]){NUMBER}\s*(?:{UNIT.replace('?P<after>', '?:')})?\s*(?:-|~|to|or|到|至|或者?|~)\s*)(?:{SIGNS})?$"
)
JOINS = _compile(rf"\b(?:between|and|to|or)\b|[-~&到至或者]|(?:{SIGNS})s?")
# What a sum by itself comes with: "I think about 3200 or so", 大概三千二吧.
HEDGES = _compile(
    r"\b(?:i think|i guess|i'd say|about|around|roughly|approx(?:imately)?|circa|maybe|more like|it was|it's|that's|or so|ish|"
    r"like|say|all in|in total|total)\b|大概|大约|差不多|约莫|估计|可能|好像|应该|左右|上下|的样子|[是要约吧呢啊哦嘛了]"
)
NOTHING = _compile(r"[\s.,!?~。！]*")
MOST_DIGITS = 12
LISTED = 3  # two items and what they come to, at least
LONGEST_BARE = 7  # digits without a currency or a separator: more are a telephone number
YEAR, MADE = _compile(r"(?:19[89]|20[0-3])\d"), _compile(r"\b(?:an?|my|our|the|his|her)\s+$")  # "a 2019 Corsa"
SINCE, AT = _compile(r"\b(?:since|from|in|of)\s+$"), _compile(r"\b(?:after|before|by|until|till|at|past|from)\s+$")
HOTLINE = _compile(r"955\d\d|100(?:00|10|86)|123(?:06|15|45|48)")
CRYING = _compile(r"5{4,}")
NUMBER_OF = _compile(
    r"(?:门牌|电话|手机|账|卡|房|尾)号[^,。.;!?\d]{0,10}$|最后[一几两三四]位[^,。.;!?\d]{0,6}$|的号[^,。.;!?\d]{0,4}$|\b0\d{2,}[\s-]$"
)
LEAST_CLOSING = 32  # after a comma a lesser number may be a day: "sunday, 22"
LEAST_PRICE = 10  # whole, without a currency: less counts things
PLAIN = range(100, 100_000)  # what a number says by itself is likely a sum, where it is the only one
HOURS = 24  # with less before its dot it may be a time of day


CHANGED = _compile(r"\b(?:change|correct|from|instead)\b|改|不是")
