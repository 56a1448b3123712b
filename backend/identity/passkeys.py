"""Passkeys (WebAuthn Level 2), by py_webauthn: user verification always, each challenge answered once.

A passkey is bound to our site by the browser, so that no other page can ask for it, and never leaves its device.
"""

import json
from datetime import datetime
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from backend.customers.models import Customer
from backend.identity import factors, repository
from backend.identity.errors import NotShown
from backend.identity.links import site
from backend.identity.log import log
from backend.identity.models import Factor, FactorKind, Link
from backend.kit.db import Session
from backend.kit.settings import Settings

NAME = "Anpei 安赔"
MOST_BYTES = 20_000  # of what a browser sends back; a real one is about 1 kB


def _rp_id(settings: Settings) -> str:
    return urlsplit(site(settings)).hostname or ""


async def _known(session: Session, link: Link) -> list[PublicKeyCredentialDescriptor]:
    found = await repository.factors(session, link.customer_id, FactorKind.PASSKEY)
    return [PublicKeyCredentialDescriptor(id=each.credential_id) for each in found if each.credential_id]


async def enrol_options(session: Session, settings: Settings, link: Link, customer: Customer) -> str:
    """JSON for `navigator.credentials.create`, with a fresh challenge that the link keeps."""
    options = generate_registration_options(
        rp_id=_rp_id(settings),
        rp_name=NAME,
        user_id=customer.id.bytes,
        user_name=customer.name,
        user_display_name=customer.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=await _known(session, link),
    )
    link.challenge = bytes_to_base64url(options.challenge)
    return options_to_json(options)


async def enrol(session: Session, settings: Settings, link: Link, answer: str, now: datetime) -> Factor:
    """Keep the passkey that a browser made. Raises NotShown, TooManyFactors."""
    challenge = _used_up(link, answer)
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_rp_id(settings),
            expected_origin=site(settings),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError) as error:
        raise NotShown from error
    factor = await factors.add(session, link, FactorKind.PASSKEY, now)
    factor.credential_id, factor.public_key = made.credential_id, made.credential_public_key
    factor.sign_count = made.sign_count
    return factor


async def confirm_options(session: Session, settings: Settings, link: Link) -> str:
    """JSON for `navigator.credentials.get`, with a fresh challenge that the link keeps."""
    options = generate_authentication_options(
        rp_id=_rp_id(settings),
        allow_credentials=await _known(session, link),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    link.challenge = bytes_to_base64url(options.challenge)
    return options_to_json(options)


async def show(session: Session, settings: Settings, link: Link, answer: str, now: datetime) -> Factor:
    """The customer's passkey that a browser has shown. Raises NotShown: not theirs, copied, or not counting yet."""
    challenge = _used_up(link, answer)
    try:
        credential_id = base64url_to_bytes(str(json.loads(answer)["id"]))
    except (ValueError, KeyError, TypeError) as error:
        raise NotShown from error
    factor = await repository.credential(session, link.customer_id, credential_id)
    if factor is None or factor.public_key is None or factor.counts_from > now:
        raise NotShown
    try:
        shown = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_rp_id(settings),
            expected_origin=site(settings),
            credential_public_key=factor.public_key,
            credential_current_sign_count=factor.sign_count or 0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError) as error:
        log(session, "passkey.refused", "customer", link.customer_id, now, factor=factor.id)
        raise NotShown from error
    factor.sign_count, factor.last_used_at = shown.new_sign_count, now
    log(session, "passkey.shown", "customer", link.customer_id, now, factor=factor.id, link=link.id)
    return factor


def _used_up(link: Link, answer: str) -> bytes:
    """The link's challenge, which nobody can answer again. Raises NotShown."""
    if link.challenge is None or len(answer) > MOST_BYTES:
        raise NotShown
    challenge, link.challenge = base64url_to_bytes(link.challenge), None
    return challenge
