"""What a choice says when the bot asks which of two things was meant."""

from actions.names import Intent

TITLES: dict[Intent, dict[str, str]] = {
    Intent.FILE_CLAIM: {"en": "File a claim", "zh": "申请理赔"},
    Intent.CHECK_CLAIM_STATUS: {"en": "See how my claim is doing", "zh": "查理赔进度"},
    Intent.CHECK_PAYMENT_STATUS: {"en": "See when the money comes", "zh": "查赔款到账"},
    Intent.ADD_DOCUMENT: {"en": "Add papers to a claim", "zh": "补充材料"},
    Intent.CHANGE_PAYOUT_ACCOUNT: {"en": "Change my bank account", "zh": "更换收款账户"},
    Intent.CHANGE_CONTACT_DETAILS: {"en": "Change my contact details", "zh": "更改联系方式"},
    Intent.WITHDRAW_CLAIM: {"en": "Take a claim back", "zh": "撤回理赔"},
    Intent.APPEAL_DECISION: {"en": "Disagree with a decision", "zh": "对结果有异议"},
    Intent.COMPLAIN: {"en": "Make a complaint", "zh": "投诉"},
    Intent.TALK_TO_HUMAN: {"en": "Talk to a person", "zh": "转人工"},
    Intent.REPORT_EMERGENCY: {"en": "Report an emergency", "zh": "紧急情况"},
    Intent.REPORT_SUSPICIOUS: {"en": "Report something suspicious", "zh": "举报可疑情况"},
    Intent.ASK_COVERAGE: {"en": "What is covered", "zh": "保障范围"},
    Intent.ASK_CLAIM_PROCESS: {"en": "How a claim works", "zh": "理赔流程"},
    Intent.ASK_DOCUMENTS_NEEDED: {"en": "What papers I need", "zh": "需要什么材料"},
    Intent.ASK_REVIEW_TIME: {"en": "How long it takes", "zh": "审核要多久"},
    Intent.ASK_PAYMENT_PROCESS: {"en": "How I get paid", "zh": "赔款怎么付"},
    Intent.ASK_DEDUCTIBLE: {"en": "What the deductible is", "zh": "免赔额"},
    Intent.ASK_SECURITY: {"en": "Is this safe", "zh": "是否安全"},
    Intent.LIST_POLICIES: {"en": "See my policies", "zh": "我的保单"},
    Intent.CHANGE_LANGUAGE: {"en": "Change the language", "zh": "切换语言"},
    Intent.HELP: {"en": "What you can do", "zh": "你能做什么"},
}
