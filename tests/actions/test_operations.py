"""Errands outside of the form: asked in one message, answered in the next, and never answered by accident."""

import pytest

from actions.action_appeal import reason_in
from actions.action_change_contact import kind_named
from actions.names import FORM, ActionName, Ask, Awaiting, Intent, Slot
from backend.claims.models import ClaimStatus
from tests.actions.played_backend import PlayedBackend
from tests.actions.played_operations import Filed, PlayedOperations
from tests.actions.talk import MESSAGE, Talk

SCREEN, PIPE = Filed("CL-7K2M9QXD"), Filed("CL-3V8KD2MX", "home_water")


def having(*filed: Filed, level: int = 2, language: str = "en", waiting_photos: int = 0, stopped: bool = False) -> Talk:
    claims = [Filed(claim.number, claim.claim_type, claim.status) for claim in filed]
    played = PlayedOperations(claims, waiting_photos=waiting_photos, stopped=stopped)
    return Talk(PlayedBackend(level=level, operations=played), language=language)


def with_status(status: ClaimStatus) -> Filed:
    return Filed("CL-7K2M9QXD", status=status)


class TestWithdraw:
    async def ask(self, talk: Talk, text: str = "please withdraw my claim") -> list[str]:
        return await talk.act(ActionName.WITHDRAW, text, Intent.WITHDRAW_CLAIM)

    @pytest.mark.parametrize(("language", "text"), [("en", "yes"), ("zh", "确定"), ("en", "")])
    async def test_after_a_yes(self, language: str, text: str) -> None:
        talk = having(SCREEN, language=language)
        assert await self.ask(talk) == ["utter_withdraw_sure"]
        assert talk.slots[Slot.AWAITING] == Awaiting.ANSWER
        assert await talk.act(ActionName.ANSWER, text, Intent.AFFIRM) == ["utter_withdrawn"]
        assert talk.backend.asked("/claims/withdraw")[-1] == {"number": "CL-7K2M9QXD", "confirmed": True}
        assert (talk.slots[Slot.AWAITING], talk.slots[Slot.ERRAND]) == (None, None)

    @pytest.mark.parametrize(("text", "intent"), [("no", Intent.DENY), ("不撤了,不是", Intent.DENY)])
    async def test_after_a_no_nothing_happens(self, text: str, intent: Intent) -> None:
        talk = having(SCREEN)
        await self.ask(talk)
        assert await talk.act(ActionName.ANSWER, text, intent) == ["utter_kept_as_is"]
        assert len(talk.backend.asked("/claims/withdraw")) == 1

    async def test_a_side_question_brings_it_back(self) -> None:
        talk = having(SCREEN)
        await self.ask(talk)
        said = await talk.act(ActionName.ANSWER, "are you a bot", Intent.BOT_CHALLENGE)
        assert said == ["utter_bot_challenge", "utter_withdraw_sure"]
        assert await talk.act(ActionName.ANSWER, "yes", Intent.AFFIRM) == ["utter_withdrawn"]

    async def test_a_status_looked_up_in_between(self) -> None:
        talk = having(SCREEN, PIPE)
        await self.ask(talk, "withdraw claim CL-3V8KD2MX")
        text = "first tell me how claim CL-7K2M9QXD is doing"
        said = await talk.act(ActionName.CLAIM_STATUS, text, Intent.CHECK_CLAIM_STATUS)
        assert said == ["utter_claim_status", "utter_withdraw_sure"]
        assert talk.slots[Slot.AWAITING] == Awaiting.ANSWER

    async def test_a_yes_to_something_else_withdraws_nothing(self) -> None:
        """They began to tell of a new claim instead; its read-back is what "yes" answers."""
        talk = having(SCREEN)
        talk.backend.photos = 1
        await self.ask(talk)
        await talk.hear("my phone screen cracked yesterday, the repair is 180 dollars", Intent.FILE_CLAIM)
        assert talk.slots[Slot.ERRAND] is None
        await talk.hear("yes", Intent.AFFIRM)
        assert talk.slots[Slot.CONFIRMED] is True
        assert len(talk.backend.asked("/claims/withdraw")) == 1

    async def test_cancel_drops_the_question_and_not_the_draft(self) -> None:
        talk = having(SCREEN)
        talk.backend.draft = {"claim_type": "home_water"}
        await self.ask(talk)
        assert await talk.act(ActionName.CANCEL_CLAIM, "never mind", Intent.CANCEL) == ["utter_code_dropped"]
        assert talk.backend.draft is not None

    @pytest.mark.parametrize(
        "text",
        [
            "the pipe at home",
            "the water one",
            "水管那个",
            "the second one please",
            "第二个吧",
            "CL-3V8KD2MX",
            "cl 3v8kd2mx",
        ],
    )
    async def test_which_of_two(self, text: str) -> None:
        talk = having(SCREEN, PIPE)
        assert await self.ask(talk) == ["utter_which_claim"]
        titles = [button["title"] for button in talk.messages[0]["buttons"]]
        assert titles[1] == "CL-3V8KD2MX Home water damage: with a colleague"
        assert await talk.act(ActionName.INFORM, text, Intent.INFORM) == ["utter_withdraw_sure"]
        assert talk.messages[0]["number"] == "CL-3V8KD2MX"

    async def test_a_pressed_choice(self) -> None:
        talk = having(SCREEN, PIPE)
        await self.ask(talk)
        said = await talk.act(ActionName.INFORM, "", Intent.INFORM, claim_number="CL-3V8KD2MX")
        assert said == ["utter_withdraw_sure"]

    async def test_the_claim_may_be_named_at_once(self) -> None:
        talk = having(SCREEN, PIPE)
        await self.ask(talk, "withdraw my burst pipe claim")
        assert talk.backend.asked("/claims/withdraw") == [{"product": "home_water"}]

    async def test_too_late(self) -> None:
        talk = having(with_status(ClaimStatus.PAYING))
        assert await self.ask(talk) == ["utter_withdraw_too_late"]

    async def test_a_code_comes_first_and_it_goes_on_by_itself(self) -> None:
        talk = having(SCREEN, level=1)
        assert await self.ask(talk) == ["utter_code_sent"]
        talk.backend.level = 2
        said = await talk.act(ActionName.CONTINUE, "/EXTERNAL_code_passed", Intent.CODE_PASSED)
        assert said == ["utter_withdraw_sure"]

    async def test_what_is_not_filed_is_dropped(self) -> None:
        talk = Talk(PlayedBackend(draft={"claim_type": "device_screen"}), loop=FORM)
        assert await self.ask(talk, "withdraw it") == ["utter_cancelled"]

    async def test_in_the_middle_of_a_claim(self) -> None:
        """The form waits while the other claim is taken back, then asks its own question again."""
        talk = having(SCREEN)
        await talk.hear("my kitchen flooded yesterday", Intent.FILE_CLAIM)
        assert talk.asked == Ask.AMOUNT
        await talk.hear("withdraw claim CL-7K2M9QXD", Intent.WITHDRAW_CLAIM)
        assert "action_execution_rejected" in talk.raised
        assert await self.ask(talk, "withdraw claim CL-7K2M9QXD") == ["utter_withdraw_sure"]
        await talk.come_back()
        assert talk.asked == Ask.PAUSED
        await talk.hear("yes", Intent.AFFIRM)
        assert (talk.said, talk.asked) == (["utter_withdrawn"], Ask.AMOUNT)


class TestAppeal:
    async def test_the_reason_is_asked_for_and_taken_whatever_it_sounds_like(self) -> None:
        talk = having(with_status(ClaimStatus.DENIED))
        said = await talk.act(ActionName.APPEAL, "I want to appeal the decision", Intent.APPEAL_DECISION)
        assert said == ["utter_appeal_words"]
        words = "my screen cracked when it fell, that is an accident and accidents are covered"
        await talk.hear(words, Intent.FILE_CLAIM)  # the form opens by mistake
        assert (talk.said, talk.loop) == (["utter_appealed"], None)
        assert talk.backend.asked("/claims/appeal")[-1] == {"number": "CL-7K2M9QXD", "words": words}
        assert await talk.act(ActionName.SUBMIT_CLAIM, words, Intent.FILE_CLAIM) == []  # what the closed form sets off

    @pytest.mark.parametrize(("text", "intent"), [("that's not fair", Intent.DENY), ("这不公平", Intent.CHITCHAT)])
    async def test_unfair_is_no_no_to_an_offer(self, text: str, intent: Intent) -> None:
        talk = having(with_status(ClaimStatus.DENIED))
        assert await talk.act(ActionName.ANSWER, text, intent) == ["utter_appeal_words"]

    @pytest.mark.parametrize(
        ("text", "language"),
        [
            ("I disagree with the denial, the doctor's bill was attached from the start", "en"),
            ("不服拒赔,发票当时就一起发给你们的,保单也在有效期", "zh"),
        ],
    )
    async def test_a_reason_given_at_once_is_not_asked_for(self, text: str, language: str) -> None:
        talk = having(with_status(ClaimStatus.DENIED), language=language)
        assert await talk.act(ActionName.APPEAL, text, Intent.APPEAL_DECISION) == ["utter_appealed"]

    @pytest.mark.parametrize(
        "text",
        [
            "I want to appeal", "i disagree with your decision on my claim", "please look at it again", "我要申诉",
            "对理赔结果有异议", "我不服这个结果,请重新审核", "appeal CL-7K2M9QXD please", "I'd like to dispute the rejection",
        ],
    )  # fmt: skip
    def test_only_disagreeing_is_no_reason(self, text: str) -> None:
        assert reason_in(text) is None

    async def test_a_short_question_meanwhile_is_answered(self) -> None:
        talk = having(with_status(ClaimStatus.DENIED))
        await talk.act(ActionName.APPEAL, "I want to appeal", Intent.APPEAL_DECISION)
        said = await talk.act(ActionName.ANSWER, "how long does it take?", Intent.ASK_REVIEW_TIME)
        assert said == ["utter_faq_review_time", "utter_appeal_words"]
        for bare, intent in (("ok", Intent.AFFIRM), ("不服", Intent.COMPLAIN), ("I disagree", Intent.APPEAL_DECISION)):
            assert await talk.act(ActionName.ANSWER, bare, intent) == ["utter_appeal_words"]
        assert await talk.act(ActionName.ANSWER, "no, leave it", Intent.DENY) == ["utter_kept_as_is"]

    @pytest.mark.parametrize(
        ("text", "language"),
        [
            ("I want to make a formal complaint, your colleague on the phone was rude to my mum", "en"),
            ("我要投诉你们客服,昨天打电话态度特别差,还挂我电话", "zh"),
        ],
    )
    async def test_a_complaint_about_us_is_no_reason(self, text: str, language: str) -> None:
        talk = having(with_status(ClaimStatus.DENIED), language=language)
        await talk.act(ActionName.APPEAL, "appeal", Intent.APPEAL_DECISION)
        assert await talk.act(ActionName.REQUEST_HUMAN, text, Intent.COMPLAIN) == [
            "utter_complaint",
            "utter_handoff_open",
        ]
        assert not any(asked.get("words") for asked in talk.backend.asked("/claims/appeal"))

    async def test_a_complaint_about_the_decision_is_its_reason(self) -> None:
        talk = having(with_status(ClaimStatus.DENIED))
        await talk.act(ActionName.APPEAL, "appeal", Intent.APPEAL_DECISION)
        words = "I'm complaining because you denied it before anybody read the repair report"
        assert await talk.act(ActionName.REQUEST_HUMAN, words, Intent.COMPLAIN) == ["utter_appealed"]

    async def test_the_code_comes_first_and_the_words_are_kept(self) -> None:
        talk = having(with_status(ClaimStatus.DENIED), level=1)
        words = "I disagree, the doctor's bill was attached from the start"
        assert await talk.act(ActionName.APPEAL, words, Intent.APPEAL_DECISION) == ["utter_code_sent"]
        talk.backend.level = 2
        assert await talk.act(ActionName.CONTINUE, "/x", Intent.CODE_PASSED) == ["utter_appealed"]

    async def test_nothing_decided_yet(self) -> None:
        talk = having(SCREEN)
        assert await talk.act(ActionName.APPEAL, "I want to appeal", Intent.APPEAL_DECISION) == ["utter_appeal_not_yet"]


class TestPhotos:
    async def test_out_of_the_blue_for_the_one_that_is_open(self) -> None:
        talk = having(SCREEN, waiting_photos=1)
        assert await talk.act(ActionName.PHOTO, "/EXTERNAL_photo", Intent.PHOTO) == ["utter_photo_added"]

    async def test_which_of_two_or_a_new_one(self) -> None:
        talk = having(SCREEN, PIPE, waiting_photos=1)
        assert await talk.act(ActionName.PHOTO, "/EXTERNAL_photo", Intent.PHOTO) == ["utter_which_for_photo"]
        assert [button["payload"] for button in talk.messages[0]["buttons"]][-1] == "/file_claim"
        assert await talk.act(ActionName.INFORM, "the water damage", Intent.INFORM) == ["utter_photo_added"]

    async def test_asked_for_in_words_then_sent(self) -> None:
        talk = having(SCREEN)
        said = await talk.act(ActionName.ADD_DOCUMENT, "I want to add a photo to my claim", Intent.ADD_DOCUMENT)
        assert said == ["utter_send_photo_for"]
        assert await talk.act(ActionName.ANSWER, "ok", Intent.AFFIRM) == ["utter_send_photo_for"]
        assert await talk.act(ActionName.ANSWER, "thanks", Intent.THANK) == ["utter_thank"]
        talk.backend.operations.waiting_photos = 1
        assert await talk.act(ActionName.PHOTO, "/EXTERNAL_photo", Intent.PHOTO) == ["utter_photo_added"]
        wanted = {"number": "CL-7K2M9QXD", "message_id": MESSAGE, "asked": True}
        assert talk.backend.asked("/claims/photos")[-1] == wanted

    async def test_a_caption_that_names_the_claim(self) -> None:
        """Also in the middle of telling another one."""
        talk = having(SCREEN, PIPE, waiting_photos=1)
        talk.slots[Slot.CLAIM_TYPE] = "home_water"
        caption = "the invoice for CL-7K2M9QXD"
        said = await talk.act(ActionName.PHOTO, "/EXTERNAL_photo", Intent.PHOTO, caption=caption)
        assert said == ["utter_photo_added"]

    async def test_nothing_open(self) -> None:
        talk = having(with_status(ClaimStatus.PAID), waiting_photos=1)
        assert await talk.act(ActionName.PHOTO, "/EXTERNAL_photo", Intent.PHOTO) == ["utter_photo_new"]
        said = await talk.act(ActionName.ADD_DOCUMENT, "", Intent.ADD_DOCUMENT)
        assert said == ["utter_document_too_late"]


class TestTwoClaims:
    async def test_each_is_told_of(self) -> None:
        talk = having(SCREEN, PIPE)
        assert await talk.act(ActionName.CLAIM_STATUS, "how is my claim", Intent.CHECK_CLAIM_STATUS) == [
            "utter_claims_open"
        ]
        assert talk.messages[0]["count"] == 2
        assert await talk.act(ActionName.INFORM, "the first one", Intent.INFORM) == ["utter_claim_status"]
        assert talk.backend.asked("/claims/status")[-1] == {"number": "CL-7K2M9QXD"}

    async def test_the_same_event_is_shown_the_first(self) -> None:
        talk = Talk(PlayedBackend(photos=1, twin="CL-3V8KD2MX"))
        await talk.hear("my phone screen cracked yesterday, the repair is 180 dollars", Intent.FILE_CLAIM)
        await talk.hear("yes", Intent.AFFIRM)
        talk.loop = None
        assert await talk.act(ActionName.SUBMIT_CLAIM, "yes", Intent.AFFIRM) == ["utter_same_event"]
        assert talk.messages[0]["number"] == "CL-3V8KD2MX"
        assert talk.backend.claims == []
        assert await talk.act(ActionName.ANSWER, "yes", Intent.AFFIRM) == ["utter_claim_filed"]

    async def test_the_same_event_is_not_filed(self) -> None:
        talk = Talk(PlayedBackend(photos=1, twin="CL-3V8KD2MX"))
        await talk.hear("my phone screen cracked yesterday, the repair is 180 dollars", Intent.FILE_CLAIM)
        await talk.hear("yes", Intent.AFFIRM)
        talk.loop = None
        await talk.act(ActionName.SUBMIT_CLAIM, "yes", Intent.AFFIRM)
        talk.backend.operations.filed.append(Filed("CL-3V8KD2MX"))
        said = await talk.act(ActionName.ANSWER, "no it's the same", Intent.DENY)
        assert said == ["utter_same_event_dropped", "utter_claim_status"]
        assert (talk.backend.claims, talk.backend.draft) == ([], None)


class TestContact:
    async def test_an_e_mail_in_one_go(self) -> None:
        talk = having()
        said = await talk.act(
            ActionName.CHANGE_CONTACT, "change my e-mail to grace@example.com", Intent.CHANGE_CONTACT_DETAILS
        )
        assert said == ["utter_contact_sure"]
        assert talk.messages[0]["contact"] == "grace@example.com"
        assert await talk.act(ActionName.ANSWER, "yes", Intent.AFFIRM) == ["utter_contact_changed"]

    async def test_one_question_after_the_other(self) -> None:
        talk = having()
        said = await talk.act(ActionName.CHANGE_CONTACT, "I have new contact details", Intent.CHANGE_CONTACT_DETAILS)
        assert said == ["utter_contact_kind"]
        assert await talk.act(ActionName.INFORM, "", Intent.INFORM, field="phone") == ["utter_contact_phone"]
        assert await talk.act(ActionName.INFORM, "hmm what", Intent.FALLBACK) == [
            "utter_contact_unreadable",
            "utter_contact_phone",
        ]
        assert await talk.act(ActionName.INFORM, "it's +12025550123", Intent.INFORM) == ["utter_contact_sure"]
        assert await talk.act(ActionName.ANSWER, "对", Intent.AFFIRM) == ["utter_contact_person"]

    async def test_put_right_at_the_read_back(self) -> None:
        talk = having()
        await talk.act(ActionName.CHANGE_CONTACT, "my new email is gace@example.com", Intent.CHANGE_CONTACT_DETAILS)
        said = await talk.act(ActionName.INFORM, "sorry, grace@example.com", Intent.INFORM)
        assert (said, talk.messages[0]["contact"]) == (["utter_contact_sure"], "grace@example.com")

    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("my new e-mail address", "email"), ("I have a new mobile number", "phone"), ("I moved house", "address"),
            ("换邮箱", "email"), ("我换手机号了", "phone"), ("搬家了,改一下地址", "address"), ("change my details", None),
        ],
    )  # fmt: skip
    def test_kinds(self, text: str, kind: str | None) -> None:
        assert kind_named(text) == kind

    @pytest.mark.parametrize(
        ("text", "address"),
        [
            ("change my address", None),
            ("my address is now 12 High Street, Leeds", "12 High Street, Leeds"),
            ("地址改成上海市南京西路100号", "上海市南京西路100号"),
        ],
    )
    async def test_an_address_in_the_same_message(self, text: str, address: str | None) -> None:
        talk = having()
        await talk.act(ActionName.CHANGE_CONTACT, text, Intent.CHANGE_CONTACT_DETAILS)
        assert talk.backend.asked("/contact")[0].get("text") == address


class TestAccount:
    async def test_its_own_code_then_the_number(self) -> None:
        talk = having(level=2)
        said = await talk.act(ActionName.CHANGE_ACCOUNT, "change my bank account", Intent.CHANGE_PAYOUT_ACCOUNT)
        assert said == ["utter_payee_code_sent"]
        talk.backend.level = 3
        assert await talk.act(ActionName.CONTINUE, "/x", Intent.CODE_PASSED) == ["utter_account_number"]
        assert talk.slots[Slot.AWAITING] is None

    @pytest.mark.parametrize("text", ["nvm", "算了不换了"])
    async def test_a_change_of_mind_ends_the_wait_for_the_number(self, text: str) -> None:
        talk = having(level=3)
        await talk.act(ActionName.CHANGE_ACCOUNT, "change my bank account", Intent.CHANGE_PAYOUT_ACCOUNT)
        assert await talk.act(ActionName.CANCEL_CLAIM, text, Intent.CANCEL) == ["utter_code_dropped"]
        assert await talk.act(ActionName.CANCEL_CLAIM, text, Intent.CANCEL) == ["utter_nothing_to_cancel"]

    async def test_after_a_stop_a_person_goes_on(self) -> None:
        talk = having(level=3, stopped=True)
        said = await talk.act(ActionName.CHANGE_ACCOUNT, "change my bank account", Intent.CHANGE_PAYOUT_ACCOUNT)
        assert said == ["utter_account_person", "utter_handoff_open"]
        assert talk.backend.asked("/handoff")[0]["reason"] == "asked"
