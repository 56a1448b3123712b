"""Whether a message tells of danger to somebody now, whatever it was taken for.

A state somebody is in counts together with who is in it; a word alone ("bleeding", 出血) is as often about a screen. What
is over, what went well, what is only asked about, and what is a manner of speaking is no danger. Recall and false alarms
are measured on tests/actions/testdata/danger_*.txt.
"""

import re
from enum import StrEnum

from actions.normalise.text import fold


class Danger(StrEnum):
    SELF_HARM = "self_harm"
    HURT = "hurt"


_SELF_HARM = re.compile(
    r"\b(?:kill|hurt|harm) (?:my|him|her)self\b|\b(?:kill|hurt|harm)(?:ing)? (?:myself|themselves)\b"
    r"|\bcut(?:ting)? myself\b(?! (?:on|with (?:the|a) (?:glass|screen)|shaving|by accident))"
    r"|\bsuicid\w*|\bend(?:ing)? (?:my (?:own )?life|it all)\b|\btak(?:e|ing) my own life\b"
    r"|\b(?:don'?t|do not|no longer|never) (?:want|wanna) (?:to )?(?:live|be here|be alive|exist|go on living|wake up)\b"
    r"|\b(?:i|just|really) (?:want(?:ed)? to|wanna) die\b(?! laughing)|\b(?:wish|rather|well) (?:i (?:was|were) |be |were )?dead\b"
    r"|\b(?:better off|happier|better) (?:dead|without me|if i (?:was|were|wasn'?t|died))"
    r"|\b(?:no|what'?s the|see (?:the|any)|any) (?:reason|point) (?:to|in|of) (?:liv\w+|life\b|being (?:here|alive)|going on\b"
    r"|it all\b|anything\b|carrying on\b)"
    r"|\bwhat'?s the point (?:any ?more|honestly)\b|\bhad enough of (?:life|living|this life|everything)\b"
    r"|\b(?:tired|sick) of (?:living|life|being alive)\b|\bnothing (?:left )?to live for\b|\bnobody would miss me\b"
    r"|\bno ?one (?:would|will) (?:miss me|care if i)\b|\bcan'?t (?:keep|carry on) (?:living|like this|going like this)\b"
    r"|\b(?:can'?t|cannot) go on (?:any ?more|like this|living)\b|\b(?:can'?t|cannot) go on\s*(?:$|[.!,])"
    r"|\blife (?:is ?n[o']t|isn'?t|not) worth\b|\bwant it all to (?:stop|end|be over)\b|\bby the time you read this\b"
    r"|\b(?:bridge|roof|ledge|rooftop)\b.{0,40}\bjump(?:ing)?\b|\bjump(?:ing)? off (?:a|the|this) (?:bridge|roof|building)\b"
    r"|\bpills\b.{0,25}\b(?:in front of me|ready|swallow|take them all)\b|\b(?:taken|took|swallow) all (?:the|my) pills\b|\boverdos\w+"
    r"|\bwritten (?:my|a|the) (?:note|goodbye)\b|\bdisappear for good\b|\b(?:nobody|no one) needs me\b|\bgot (?:a|the) rope\b"
    r"|\b(?:can'?t|cannot) take (?:living|life)\b|\bdriv(?:e|ing) (?:in)?to (?:a|the) (?:wall|tree|river|lake)\b"
    r"|想(?:要)?解脱|没人需要我|绳子都|撞墙(?:算了|死)|不想(?:再)?活|活(?:不下去|够了|腻)|不活了|想死(?!你|我|他|她)|自杀|轻生|自残|割腕|跳楼|上吊|寻短见|遗书|永别"
    r"|(?:结束|了结)(?:掉|了)?(?:我|自己)?的?(?:生命|性命|自己|此生|这一切)|一了百了|活着?(?:真|好|太)?(?:没劲|没(?:有)?意思|没意义|累)"
    r"|活着?(?:还)?有什么(?:意思|意义)|活下去的(?:理由|勇气|意义)|不如死|死了算了|死了也没人|我就?(?:去死|不在了)"
    r"|日子(?:没法|没办法|过不)(?:过|下去)|不想(?:再)?(?:撑|醒)(?:了|下去|过来|来)?(?!.{0,6}(?:办|弄|填))"
    r"|(?<!今天)撑不下去了?(?!.{0,6}(?:睡|办|弄|填))|(?:天台|楼顶|桥上|窗台)上?了?$|(?:天台|楼顶|楼上|桥上?).{0,6}跳下"
    r"|(?:划|割|砍)(?:伤)?自己|我走了大家|药.{0,6}(?:准备好|全吃|都吞|吞下)"
)
_WHO = (
    r"(?:i|i'm|im|we|we're|he|he's|hes|she|she's|shes|they|someone|somebody|everyone|mum|mom|dad|gran\w*|nan|baby|kids?|hubby|"
    r"(?:my|our|the|her|his|other)(?: \w+)?(?: \w+)? ?(?:wife|husband|son|daughter|mother|father|mum|mom|dad|brother|sister|"
    r"friend|mate|girl|boy|kid|child|children|baby|gran\w*|nan|partner|girlfriend|boyfriend|driver|passenger|neighbou?rs?|man|"
    r"woman|guy|uncle|aunt\w*|cousin|colleague|lady|hubby)s?)"
)
_NOT = r"(?:not|n'?t|isn'?t|aint|ain'?t|never|stopped|cannot|can'?t|cant|won'?t|wont|doesn'?t|doesnt)"
_LIMB = (
    r"(?:arm|leg|neck|head|back|wrist|ankle|hand|foot|knee|shoulder|face|rib|hip|finger|elbow|collarbone|jaw|nose|eye|"
    r"skull|spine|thigh|toe)s?"
)
_OWN_LIMB = rf"(?:my|his|her|their|\w+'?s) {_LIMB}"
_HURT_EN = re.compile(
    # awake, breathing, bleeding
    rf"\b{_NOT}(?: \w+)? (?:moving|responding|breath\w+|waking|wake\w*|answer\w*|respond\w*|get(?:ting)? up|stand up|swallow)\b(?! (?:house|flat|home|on|any ?more questions))"
    r"|\b(?:unconscious|passed out|out cold|collapsed|fainted|unresponsive|lifeless)\b|\b(?:gone|going|turn(?:ed|ing)) (?:blue|limp|grey|purple)\b(?! (?:screen|then))"
    r"|\b(?:won'?t|wont|can'?t|cant) open (?:his|her|my) eyes\b|\b(?:not|isn'?t) (?:talking|speaking|responding)\b|\b(?:groaning|moaning)\b"
    r"|\b(?:trouble|difficulty|struggling|hard|problems?) (?:to )?breath\w+|\bchok(?:ing|ed)\b|\b(?:airways?|throat) (?:is |are )?(?:clos|swell)\w+"
    rf"|\b(?:tongue|lips|face)(?: is|'s|s)? (?:swelling|swollen)\b|\bgasping\b|\b{_WHO} (?:is |are |am |still |keeps? |be )*bleeding\b|\bbleeding (?:a lot|badly|heavily|everywhere|and it)\b"
    r"|\b(?:lost|losing|so much|a lot of|lots of) blood\b|\bblood (?:all over|everywhere|pouring|coming)\b"
    # wounds and pain
    rf"|\b{_OWN_LIMB} (?:\w+ )?(?:looks?|is|'s|are|feels?|feel|might be|may be|has|have|gone|just)? ?(?:all |gone |really |just |so )*"
    r"(?:wrong|broken|twisted|numb|bent|funny|bad|snapped|stuck|trapped|crushed|out of (?:place|its)|dead|dislocated|killing me)\b"
    rf"|\bout of its socket\b|\b{_NOT} (?:feel|move|see out of) (?:my|his|her|one)\b|\bglass in (?:my|his|her) eyes?\b"
    r"|\b(?:screaming|writhing|crying out|doubled up|she's|he's) (?:in )?(?:so much |terrible )?(?:pain|agony)\b|\bchest pains?\b|\bpain in (?:my|his|her) chest\b"
    r"|\b(?:having|had|has) a (?:fit|seizure|stroke|heart attack)\b|\bheart attack\b|\btalking funny\b|\bslurring\b|\bhad a stroke\b|\bface has dropped\b"
    r"|\bdoes ?n'?t know where\b|\bkeeps? being sick\b|\bpregnant\b.{0,60}\b(?:cramps?|pain|bleed\w+|hit|crash|rear)"
    rf"|\b{_WHO} (?:\w+ )?(?:is |'s |got |been |might be )*(?:badly |really |seriously )?(?:hurt|injured|electrocuted|poisoned|burn(?:ed|t))\b"
    r"|\bgot (?:a|an electric) shock (?:from|off)\b|\b(?:swallowed (?:a|some|the)|dr[au]nk (?:some )?(?:bleach|cleaner|poison))\b|\bfeel (?:dizzy|faint)\b|\bdizzy and sick\b"
    # caught, burning, drowning, falling down
    rf"|\b{_WHO} (?:is |are |was |'s |still |got |been )*(?:trapped|stuck|pinned|caught) (?:in(?:side)?|under|up ?stairs|between|beneath)\b"
    rf"|\b(?:trapped|pinned) (?:upstairs|inside|under)\b|\b{_WHO} (?:is |'s |are )?(?:still )(?:inside|in there|under (?:it|there))\b"
    rf"|\b(?:come down|fell|fallen|collapsed?|collapse)\b.{{0,12}} on {_WHO}|\b(?:mother|mum|dad|father|kids?|wife|husband|son|daughter) under there\b"
    r"|\b(?:flat|house|kitchen|car|van|engine|it|it's|its|room|building|roof|socket|oven|is) (?:is |'s )?on fire\b|\bsmoke (?:is )?(?:pouring|coming|everywhere|from)\b"
    r"|\b(?:sparks (?:flying|coming)|sparking|there's sparks|fizzing)\b|\blive wires?\b|\bsmell(?:s|ing)? (?:of |like )?gas\b|\bhanging by\b|\b(?:car|van|we)(?:'s|'ve| has| have)? rolled over\b"
    r"|\bon the roof of (?:the|my) (?:car|house)\b|\bknocked (?:me |him |her )?off (?:my|his|her) bike\b|\bstill (?:downstairs|upstairs|in the house)\b|\bgas (?:leak|smell)\b|\bfilling (?:up )?with (?:water|smoke)\b"
    r"|\bwater (?:is )?(?:still )?rising\b|\bdoors? (?:won'?t|wont) open\b"
    # other people, traffic
    r"|\b(?:threatening|attacking|hitting|beating|punching|kicking|stalking|following|chasing) (?:me|us)\b|\b(?:with|has|got) a (?:knife|gun|weapon)\b"
    r"|\b(?:trying|tries) to (?:get|break) in\b|\bbreaking in(?:to)?\b.{0,20}\bnow\b|\bin danger\b"
    r"|\bhard shoulder\b|\b(?:fast|live|middle) lane\b|\bupside down\b"
    r"|\bjust (?:crashed|been (?:hit|rear|in)\b|had (?:a|an) (?:\w+ )?(?:crash|accident))|\bwe(?:'ve| have|ve)? (?:been in a |had a |just )?crash(?:ed)?\b"
    r"|\b(?:been|was|were) in an? (?:crash|accident)\b|\bwe'?ve hit a\b|\brear ?ended\b.{0,40}\b(?:neck|pain|hurt\w*|cramps?|kid|baby)"
    r"|\b(?:need|call|send|get) (?:an |the |us an |me an )?ambulance\b|\bslipped\b.{0,30}\b(?:not getting|can'?t get) up\b"
    rf"|\b{_LIMB}\b.{{0,20}}\bsnapped\b"
)
_KIN = (
    r"(?:我|他|她|我们|老公|老婆|爸|妈|孩子|儿子|女儿|宝宝|娃|朋友|爷爷|奶奶|外婆|外公|阿嬷|阿公|司机|邻居|哥|姐|弟|妹|"
    r"男朋友|女朋友|乘客|同事|有人|对方|人)"
)
_PART = r"(?:胳膊|手臂|手|腿|脚|脖子|手腕|脚踝|头|肋骨|骨头|肩膀|腰|胯骨|膝盖|背|眼睛?|脸|下巴|胯)"
_HURT_ZH = re.compile(
    r"没(?:有|了)?(?:反应|呼吸|知觉|意识)|叫不(?:醒|应)|昏(?:迷|过去|倒)|晕(?:倒|过去)|不省人事|人都?不认得|说话不清|意识不清"
    r"|一直哼|嘴歪|半边身子|喝了(?:漂白水|农药|洁厕)|倒挂|不听使唤|骨.{0,3}(?:好像|可能)断|弯成|血直喷|满地都?是血|(?:插座|电箱).{0,4}滋|撞飞"
    r"|(?:冲下|冲出).{0,3}(?:护坡|路|桥)|在车顶上|家里进(?:贼|人)|(?:动手|下车)打人|(?:漏气|煤气).{0,6}头(?:好)?晕|喘不[上过]?来?气|喘不了气|呼吸(?:困难|不了|急促)|透不过气|噎(?:住|着)|脸(?:色)?(?:都|发)?[紫青白]|眼睛睁不开|不说话了|怎么喊都|(?:喉咙|舌头|嘴唇).{0,4}(?:肿|堵)|快喘不过"
    r"|(?:流|出)(?:了|着)?(?:好多|很多|不少|一地|一身|满脸的?)?血(?!.{0,3}(?:屏|一样))|血(?:流)?(?:止不住|不止)|止不住血"
    rf"|(?<!龙)(?<!充电)(?<!水)(?<!插){_PART}.{{0,3}}(?:好像|可能|是不是|像是|看着|都|已经|被)*(?:断|骨折|不对劲|动不了|没知觉|没有知觉|脱臼|凸|麻得|卡住|压住|骨头出来)"
    r"|胸口?(?:[痛疼闷].{0,3}|.{0,2}疼)(?:得|死|厉害|喘|冒汗)|胸口[痛疼闷]|心脏病|中风|抽(?:搐|筋)|口吐白沫|触电|电了一下|被电"
    r"|(?:疼|痛)得(?:一直|直|厉害|受不了|要命)|烫(?:了|伤).{0,8}皮|(?:看不见|看不到)了|玻璃.{0,4}(?:进|扎).{0,3}眼"
    rf"|(?:站|起|爬)不(?:起来|了身)|{_KIN}.{{0,10}}(?:不动了|不会动|动不了|摔.{{0,6}}不动)|把?.{{0,8}}吞(?:下去|了)|煤气中毒|食物中毒了.{{0,6}}现在"
    r"|被困|(?<!水)困在|卡(?:在)?(?:里面|电梯|车里)|(?:还)?在里面(?:出不来)?$|(?<!水困在地板下面)出不[来去]|压在|砸到.{0,3}(?:人|我|妈|爸|孩子|他|她)"
    r"|着火了?|起火了?|冒烟|火花|煤气味|天然气味|(?:煤|燃|天然)气(?:泄漏|漏)|漏煤气|漏电|带电|电线.{0,6}水|水还?在涨|越来越高"
    r"|叫(?:个|一下|辆)?救护车|有人受伤|受了?重伤|(?:刚刚?|我们)(?:才)?(?:撞车|出车祸|出了车祸|被撞|被车撞|被追尾|追尾|翻车|撞树|撞上)"
    r"|(?:出车祸|翻车|翻沟)了?|撞树上|刚.{0,4}被(?:车撞|追尾)|(?:威胁|跟踪|殴打|打|跟着|追)我|在打我|拿着?刀|撬.{0,3}门|有人闯"
    r"|应急车道|快车道|行车道上|都?头晕(?:恶心)?|怀孕.{0,12}(?:疼|痛|血|撞|追尾)"
)
# It happened on another day, or somebody has seen to it.
_PAST = re.compile(
    r"\b(?:saw|seen|went to|been to|visited|taken to|took (?:him|her|me) to|bill|stitch\w*|physio|healed|charged|seen to)\b"
    r"|\b(?:years?|months?|weeks?|days?) ago\b|\blast (?:year|month|week|weekend|night|\w+day|summer|winter|spring)\b|\byesterday\b"
    r"|\b(?:on |it was |was )(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\bin (?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
    r"|看(?:了|过)?(?:医生|门诊|急诊|病)|去(?:了|看)?(?:医院|门诊|急诊)|看过|门诊|缝了|处理好|[天周月年]前|礼拜前|上(?:个)?(?:周|星期|礼拜|月)"
    r"|去年|昨[天晚]|前[天晚]|大前天|周[一二三四五六日末](?!.*现在)|\d+月|[一二三四五六七八九十]月|发票|报销|花了"
)
_STILL = re.compile(r"\b(?:now|still|keeps?|help)\b|现在|还在|一直在|救命|快来")
# Nobody is hurt; it is only asked about; it is the reason of a delay; it is a manner of speaking.
_NO_HARM = re.compile(
    r"\b(?:no ?one|nobody|none of us|not|n't) (?:\w+ )?(?:was |were |is |are |got |been )?(?:hurt|injured)\b|\b(?:we'?re|everyone(?: is|'s)?|all) (?:all )?(?:fine|ok|okay|safe)\b"
    r"|\bit'?s fine\b|\bonly (?:the )?(?:glass|windscreen|window)\b|\bjust (?:the )?(?:glass|windscreen|window)\b|\bnobody was in\b|\bbut we'?re? (?:are )?ok\b|\bsparks no\b|\bfilling (?:this|in)\b|\bthe laminate\b"
    r"|\bcover(?:s|ed|age)?\b|\bwhat (?:happens )?if\b|\bhow do i claim\b|\bwould you pay\b|\bis this the\b"
    r"|\b(?:flight|plane|airport|gate|tarmac|passenger|on board)\b.{0,60}\b(?:delay\w*|late|held|evacuat\w*|next day|hours?)\b|\b(?:flight|plane)\b.{0,20}\bdelay\w*"
    r"|\b(?:at the gate|on the tarmac)\b|\b(?:almost|nearly)\b|\bwhen i saw\b|\b(?:by|of) the price\b|\blol\b|\blaughing\b|\bphysio\b"
    r"|\b(?:screen|phone|tablet|ipad|display|pixels?|battery)\b.{0,12}\b(?:is |'s )?(?:bleeding|dead|died)\b|\b(?:phone|tablet|ipad|laptop) in the\b"
    r"|\b(?:app|system|site|website|chat)\b.{0,12}\bcrash\w*"
    r"|没(?:有)?(?:人|谁)(?:受伤|事|在)|没人在|人(?:都)?(?:没事|好好的|平安)|都平安|大家.{0,2}平安|不要紧|没事|只有.{0,4}玻璃碎"
    r"|理赔要|(?:怎么|能|能不能|可以|会)赔|赔不赔|保不保|(?:能|可以|能不能)报|怎么理赔|要是|如果|没有火花"
    r"|(?:航班|飞机|机上|机场|登机口|备降).{0,30}(?:延误|晚|小时|备降|取消)|登机口|酒店|差点|要犯|吓到|报价|价格|账单|感应灯|呼吸灯"
    r"|(?:钱包|屏|手机屏?).{0,2}(?:大?出血|漏液)|(?:手机|平板|屏幕?).{0,3}被.{0,3}(?:夹|砸)|烟雾报警器|手机在"
)
_ENDS_CLAIM = re.compile(
    r"\b(?:end|stop|finish|drop|cancel|kill) (?:it|this|that|the (?:claim|chat|call|conversation|thing)|this (?:claim|chat))(?: now| here| please)?\s*[.!]*$"
    r"|\bend (?:it|this) (?:here|please|now)\b|(?:结束|取消|不办|停)(?:了|掉|吧)?(?:这个?)?(?:理赔|单子|聊天|对话)?[吧了。!！]*$"
)


def danger(text: str) -> Danger | None:
    """What a text tells of danger to somebody, now."""
    folded = fold(text)
    if _SELF_HARM.search(folded):
        return Danger.SELF_HARM
    hurt = _HURT_EN.search(folded) or _HURT_ZH.search(folded)
    return Danger.HURT if hurt and not is_over(text) else None


def is_over(text: str) -> bool:
    """Whether nobody is in danger by what a text says itself: it is past, went well, or is only asked about."""
    folded = fold(text)
    if _NO_HARM.search(folded):
        return True
    return _PAST.search(folded) is not None and _STILL.search(folded) is None


def ends_claim(text: str) -> bool:
    """ "I want to end it" is said of a claim; "I want to end it all" is not."""
    folded = fold(text)
    return _ENDS_CLAIM.search(folded) is not None and _SELF_HARM.search(folded) is None
