"""What the desk says about reviews: findings, scores, second pairs of eyes, checks. `why.*` words the rules' codes."""

_CLAIMS = {
    "claims.title": {"en": "Claims to decide", "zh": "待审核理赔"},
    "claims.lead": {
        "en": "The rules sent these to a person. The nearest deadline comes first.",
        "zh": "规则将这些理赔交由人工审核，最接近期限的排在最前。",
    },
    "claims.empty": {"en": "Nothing to decide", "zh": "没有待审核的理赔"},
    "claims.decide": {"en": "Decide", "zh": "审核"},
    "claims.decide_named": {"en": "Decide {number}", "zh": "审核{number}"},
    "claims.due": {"en": "Due", "zh": "期限"},
    "claims.overdue": {"en": "overdue", "zh": "已超期"},
    "claims.late_80": {"en": "80 % of the time is gone", "zh": "时限已过80%"},
    "claims.late_50": {"en": "half of the time is gone", "zh": "时限已过半"},
    "claims.back": {"en": "Claims to decide", "zh": "待审核理赔"},
    "claims.gone": {"en": "This claim has been decided already.", "zh": "此理赔已审核。"},
    "claims.decided": {"en": "Decision on {number} recorded.", "zh": "{number} 的审核结果已记录。"},
    "claims.proposed": {
        "en": "{number} waits for a colleague to confirm your approval.",
        "zh": "{number} 的批准须由同事确认。",
    },
    "claims.refused": {"en": "{number} goes on waiting, with your reason.", "zh": "{number} 未获确认，继续待审。"},
    "claims.referred": {"en": "{number} was passed on.", "zh": "{number} 已转交。"},
    "claims.queues": {"en": "Kinds of claims", "zh": "理赔分类"},
    "claims.ordinary": {"en": "To decide", "zh": "待审核"},
    "claims.investigated": {"en": "Investigations", "zh": "调查"},
    "claims.investigated_lead": {
        "en": "Only who investigates sees these. The customer reads that a colleague is looking at it, as always.",
        "zh": "仅调查人员可见；客户看到的仍是“同事正在审核”。",
    },
    "claims.late_title": {"en": "Running late", "zh": "时限提醒"},
    "claims.late_count": {
        "en": "{half} past half of their 48 hours, {most} past 80 %, {over} overdue.",
        "zh": "{half} 件时限过半，{most} 件超过80%，{over} 件超期。",
    },
    "claims.asked": {"en": "Waiting for the customer", "zh": "等待客户补充"},
    "claims.unanswered": {"en": "No answer came", "zh": "客户未回复"},
    "claims.more": {
        "en": "{count} more are not shown: they come up as these are decided.",
        "zh": "另有 {count} 件未显示，审核完以上理赔后会依次出现。",
    },
    "claims.appealed": {"en": "Appeal", "zh": "申诉"},
    "claims.second": {"en": "Second approval", "zh": "待复核"},
    "claim.amount": {"en": "Claimed", "zh": "索赔金额"},
    "claim.payable": {"en": "Payable at most", "zh": "最高可赔"},
    "claim.yours": {"en": "You may approve alone", "zh": "您可单独批准"},
    "claim.no_limit": {"en": "any amount", "zh": "不限"},
    "claim.happened": {"en": "Happened on", "zh": "发生日期"},
    "claim.submitted": {"en": "Submitted", "zh": "提交时间"},
    "claim.owed": {"en": "Approved before, still to be paid", "zh": "此前已批准，尚未支付"},
    "claim.told": {"en": "In the customer's words", "zh": "客户原话"},
    "claim.why": {"en": "What the review found", "zh": "审核发现"},
    "claim.appeal": {"en": "The customer disagrees", "zh": "客户对结果有异议"},
    "claim.not_by": {
        "en": "{name} made the decision before, so somebody else makes this one.",
        "zh": "上次由{name}审核，这次须由其他人审核。",
    },
    "claim.photos": {"en": "Photos", "zh": "照片"},
    "claim.no_photos": {"en": "No photos were sent", "zh": "未提交照片"},
    "severity.suspicion": {"en": "Suspicion", "zh": "可疑"},
    "severity.doubt": {"en": "Doubt", "zh": "存疑"},
    "severity.missing": {"en": "Missing", "zh": "缺少"},
    "severity.note": {"en": "Note", "zh": "提示"},
}

_DECIDE = {
    "decide.title": {"en": "Your decision", "zh": "您的决定"},
    "decide.approve": {"en": "Approve in full", "zh": "全额批准"},
    "decide.partly": {"en": "Approve in part", "zh": "部分批准"},
    "decide.ask": {"en": "Ask the customer for something", "zh": "请客户补充资料"},
    "decide.deny": {"en": "Deny", "zh": "拒赔"},
    "decide.amount": {"en": "Amount to pay ({currency})", "zh": "赔付金额({currency})"},
    "decide.reason": {"en": "Reason (the customer reads this)", "zh": "原因（客户会看到）"},
    "decide.reason_hint": {
        "en": "Needed for all but a full approval. When you ask for something, say what.",
        "zh": "除全额批准外必填；请客户补充资料时，请写明需要什么。",
    },
    "decide.submit": {"en": "Record decision", "zh": "确认"},
    "decide.above": {
        "en": "More than this goes to a colleague for a second approval.",
        "zh": "超出此金额须由同事复核。",
    },
    "decide.not_you": {
        "en": "You decided this claim before: an appeal goes to somebody else.",
        "zh": "此理赔上次由您审核，申诉须由其他人审核。",
    },
    "decide.wrong_amount": {
        "en": "Give an amount above zero and at most {limit}.",
        "zh": "请输入大于零且不超过 {limit} 的金额。",
    },
    "decide.wrong_reason": {"en": "Please give the customer a reason.", "zh": "请填写给客户的原因。"},
    "second.title": {"en": "A second approval is needed", "zh": "需要复核"},
    "second.lead": {"en": "{name} proposes to approve {amount}.", "zh": "{name} 提议批准 {amount}。"},
    "second.confirm": {"en": "Confirm and pay", "zh": "确认并付款"},
    "second.refuse": {"en": "Don't confirm", "zh": "不予确认"},
    "second.why": {"en": "Why not (for your colleague)", "zh": "不确认的原因（给同事）"},
    "second.take_back": {"en": "Take it back", "zh": "撤回提议"},
    "second.same_eyes": {
        "en": "You proposed this, so a colleague has to confirm it.",
        "zh": "由您提议，须由同事确认。",
    },
    "second.no_authority": {
        "en": "This is above your own limit, too. A colleague with a higher one has to confirm it.",
        "zh": "金额也超出您的权限，须由权限更高的同事确认。",
    },
    "second.gone": {"en": "This has been answered already.", "zh": "此提议已处理。"},
    "refer.title": {"en": "Pass it on", "zh": "转交"},
    "refer.lead": {
        "en": "To colleagues who investigate. The customer is not told.",
        "zh": "转交调查人员，客户不会知道。",
    },
    "refer.lead_back": {
        "en": "Back to the adjusters, with nothing left to investigate.",
        "zh": "调查完毕，转回理赔员。",
    },
    "refer.note": {"en": "What did you notice? (only colleagues read this)", "zh": "发现了什么（仅同事可见）"},
    "refer.submit": {"en": "Pass to investigation", "zh": "转交调查"},
    "refer.submit_back": {"en": "Back to the adjusters", "zh": "转回理赔员"},
    "refer.wrong_note": {"en": "Please say what you noticed.", "zh": "请填写发现的情况。"},
}

_CHECKS = {
    "checks.title": {"en": "Decisions to check", "zh": "待抽查决定"},
    "checks.lead": {
        "en": "Two in a hundred of what the rules approved, and decisions that corrected rules would not make.",
        "zh": "规则自动批准的2%抽查，以及规则更正后应重新审视的决定。",
    },
    "checks.empty": {"en": "Nothing to check", "zh": "没有待抽查的决定"},
    "checks.kind_quality": {"en": "Quality sample", "zh": "质量抽查"},
    "checks.kind_correction": {"en": "Corrected rules", "zh": "规则更正"},
    "checks.approved": {"en": "Approved", "zh": "批准金额"},
    "checks.by": {"en": "Decided by {name}", "zh": "由{name}决定"},
    "checks.rules": {"en": "the rules", "zh": "规则"},
    "checks.was": {"en": "Why it was decided so", "zh": "当时的依据"},
    "checks.now": {"en": "What the rules say now", "zh": "按现行规则"},
    "checks.agree": {"en": "I agree", "zh": "同意"},
    "checks.disagree": {"en": "I disagree", "zh": "不同意"},
    "checks.opinion": {"en": "Your opinion on {number}", "zh": "您对 {number} 的意见"},
    "checks.words": {"en": "Why (needed where you disagree)", "zh": "原因（不同意时必填）"},
    "checks.reopen": {
        "en": "Reopen the claim: an adjuster may pay more, and nothing is taken back",
        "zh": "重新审核：理赔员可补付，已付款项不收回",
    },
    "checks.submit": {"en": "Record opinion", "zh": "提交意见"},
    "checks.done": {"en": "Opinion recorded.", "zh": "意见已记录。"},
    "checks.wrong_words": {"en": "Please say why you disagree.", "zh": "请填写不同意的原因。"},
    "checks.same_eyes": {
        "en": "You made this decision: somebody else checks it.",
        "zh": "此决定由您作出，须由其他人抽查。",
    },
    "checks.gone": {"en": "This has been checked already.", "zh": "此决定已抽查。"},
}

# What the rules found: `backend.review.rules_*` name each, amounts already in words.
_WHY = {
    "why.same_photo": {"en": "The same photo came with {claims}.", "zh": "与 {claims} 使用了同一张照片。"},
    "why.taken_over": {
        "en": "A contact and the payout account changed together, {days} days before.",
        "zh": "{days} 天前，联系方式与收款账户同时变更。",
    },
    "why.similar_photo": {
        "en": "A photo looks like one of {claims}, from another customer. Compare the two.",
        "zh": "照片与其他客户 {claims} 的照片相似，请比对。",
    },
    "why.same_photo_own": {
        "en": "The customer sent the same photo with {claims}.",
        "zh": "客户在 {claims} 中提交过同一张照片。",
    },
    "why.same_event": {
        "en": "It may be the same event as {claims}: the day and the kind agree.",
        "zh": "与 {claims} 的日期和类型相符，可能是同一事件。",
    },
    "why.not_in_force": {
        "en": "The policy was not in force on that day; it began on {starts_on}.",
        "zh": "事发当日保单未生效，生效日为 {starts_on}。",
    },
    "why.waiting_period": {"en": "Within the waiting period of {days} days.", "zh": "处于 {days} 天等待期内。"},
    "why.fresh_policy": {"en": "The policy is younger than {days} days.", "zh": "保单生效不足 {days} 天。"},
    "why.photo_missing": {"en": "A photo is required, and none was sent.", "zh": "需要照片，但未提交。"},
    "why.photo_declined": {"en": "A photo is required, and the customer has none.", "zh": "需要照片，但客户表示没有。"},
    "why.photo_unreadable": {"en": "No photo shows anything ({photos}).", "zh": "{photos} 张照片均无法辨认。"},
    "why.bill_missing": {"en": "No bill was sent.", "zh": "未提交单据。"},
    "why.below_deductible": {
        "en": "Not more than the deductible of {deductible_minor}.",
        "zh": "未超过免赔额 {deductible_minor}。",
    },
    "why.limit_reached": {
        "en": "Only {left_minor} is left of this year's limit.",
        "zh": "本年度限额仅剩 {left_minor}。",
    },
    "why.event_limit_reached": {
        "en": "One event is covered up to {limit_minor}; {left_minor} is left.",
        "zh": "单次事故限额 {limit_minor}，剩余 {left_minor}。",
    },
    "why.above_fast_lane": {"en": "Above the fast lane's {limit_minor}.", "zh": "超过快速通道限额 {limit_minor}。"},
    "why.unusual_amount": {
        "en": "More than 99 of 100 paid claims for this product ({most_minor}; usually {usual_minor}).",
        "zh": "高于同类已赔案件的99%（{most_minor}，通常为 {usual_minor}）。",
    },
    "why.many_claims": {
        "en": "{month} other claims in a month, {year} in a year.",
        "zh": "近一月另有 {month} 次、近一年 {year} 次理赔。",
    },
    "why.many_of_kind": {
        "en": "{claims} other claims for this product in 90 days.",
        "zh": "近90天同类理赔另有 {claims} 次。",
    },
    "why.unusual_pattern": {
        "en": "Taken together, less usual than {tenths} % of ordinary claims: {why}.",
        "zh": "综合来看，比 {tenths}% 的普通理赔更少见：{why}。",
    },
    "why.denied_by_person": {"en": "A person turned it down before.", "zh": "之前由人工拒赔。"},
    "why.reduced": {"en": "A person approved a part of it before.", "zh": "之前由人工部分批准。"},
    "why.approved_by_person": {"en": "A person approved it before.", "zh": "之前由人工批准。"},
    "why.asked_by_person": {"en": "Asked of the customer: {text}", "zh": "已请客户补充：{text}"},
    "why.referred_by_person": {"en": "A colleague passed it on: {note}", "zh": "同事转交：{note}"},
    "why.cleared_by_person": {"en": "The investigation is over: {note}", "zh": "调查结束：{note}"},
    "why.fast_lane": {"en": "Within the fast lane's {limit_minor}.", "zh": "在快速通道限额 {limit_minor} 之内。"},
    "why.deductible_applied": {
        "en": "Less the deductible of {deductible_minor}.",
        "zh": "已扣除免赔额 {deductible_minor}。",
    },
    "why.no_account": {
        "en": "There is no payout account on file in the claim's currency.",
        "zh": "没有登记该理赔币种的收款账户。",
    },
    "why.fresh_account": {"en": "The payout account is {days} days old.", "zh": "收款账户登记仅 {days} 天。"},
    "why.account_changing": {
        "en": "A change of the payout account is under way.",
        "zh": "收款账户正在变更中。",
    },
    "why.contact_changed": {"en": "A contact was changed {days} days before.", "zh": "{days} 天前变更过联系方式。"},
}

# What makes a claim unusual to the model: `backend.review.features` names each, high or low.
_UNUSUAL = {
    "unusual.amount_high": {"en": "a high amount", "zh": "金额偏高"},
    "unusual.amount_low": {"en": "a low amount", "zh": "金额偏低"},
    "unusual.limit_used_high": {"en": "most of the limit asked for", "zh": "限额将近用完"},
    "unusual.limit_used_low": {"en": "little of the limit asked for", "zh": "限额使用很少"},
    "unusual.policy_age_high": {"en": "a policy about to end", "zh": "保单临近到期"},
    "unusual.policy_age_low": {"en": "a young policy", "zh": "保单刚生效不久"},
    "unusual.report_delay_high": {"en": "reported late", "zh": "报案较晚"},
    "unusual.report_delay_low": {"en": "reported at once", "zh": "当即报案"},
    "unusual.claims_month_high": {"en": "other claims this month", "zh": "近一月另有理赔"},
    "unusual.claims_month_low": {"en": "no other claim this month", "zh": "近一月无其他理赔"},
    "unusual.claims_year_high": {"en": "many claims this year", "zh": "近一年理赔较多"},
    "unusual.claims_year_low": {"en": "no other claim this year", "zh": "近一年无其他理赔"},
    "unusual.same_kind_high": {"en": "other claims of this kind", "zh": "近期有同类理赔"},
    "unusual.same_kind_low": {"en": "no other claim of this kind", "zh": "近期无同类理赔"},
    "unusual.account_age_high": {"en": "an old payout account", "zh": "收款账户登记已久"},
    "unusual.account_age_low": {"en": "a new payout account", "zh": "收款账户较新"},
    "unusual.contact_quiet_high": {"en": "contacts long unchanged", "zh": "联系方式久未变更"},
    "unusual.contact_quiet_low": {"en": "contacts changed lately", "zh": "联系方式近期变更"},
    "unusual.round_sum_high": {"en": "a round sum", "zh": "金额为整数"},
    "unusual.round_sum_low": {"en": "a sum to the cent", "zh": "金额精确到分"},
}

TEXTS: dict[str, dict[str, str]] = {**_CLAIMS, **_DECIDE, **_CHECKS, **_WHY, **_UNUSUAL}
