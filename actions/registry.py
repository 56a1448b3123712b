"""Every action there is."""

from actions.action_add_document import ActionAddDocument
from actions.action_answer import ActionAnswer
from actions.action_appeal import ActionAppeal
from actions.action_ask_claim_type import ActionAskClaimType
from actions.action_cancel_claim import ActionCancelClaim
from actions.action_change_account import ActionChangeAccount
from actions.action_change_contact import ActionChangeContact
from actions.action_change_language import ActionChangeLanguage
from actions.action_claim_status import ActionClaimStatus
from actions.action_continue import ActionContinue
from actions.action_fallback import ActionFallback
from actions.action_inform import ActionInform
from actions.action_list_policies import ActionListPolicies
from actions.action_payment_status import ActionPaymentStatus
from actions.action_photo import ActionPhoto
from actions.action_request_human import ActionRequestHuman
from actions.action_resume import ActionResume
from actions.action_submit_claim import ActionSubmitClaim
from actions.action_unsupported import ActionUnsupported
from actions.action_withdraw import ActionWithdraw
from actions.backend_client import Backend
from actions.talk import TalkAction
from actions.validate_file_claim_form import ValidateFileClaimForm

ACTIONS: tuple[type[TalkAction], ...] = (
    *(ActionAnswer, ActionAskClaimType, ActionCancelClaim, ActionChangeLanguage, ActionClaimStatus, ActionContinue),
    *(ActionFallback, ActionInform, ActionListPolicies, ActionPaymentStatus, ActionPhoto),
    *(ActionRequestHuman, ActionResume, ActionSubmitClaim, ActionUnsupported, ValidateFileClaimForm),
    *(ActionAddDocument, ActionAppeal, ActionChangeAccount, ActionChangeContact, ActionWithdraw),
)


def actions(backend: Backend) -> list[TalkAction]:
    return [action(backend) for action in ACTIONS]
