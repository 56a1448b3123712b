"""What customers see without a login: the receipt of a payment, and a page that checks one.

A link opens once: showing it takes a press of a button, so that a phone's link preview uses nothing up. The browser
that opened it keeps a signed cookie for that one link.
"""

import hashlib
import time
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi import Path as InPath
from fastapi.responses import RedirectResponse
from itsdangerous import BadSignature, URLSafeTimedSerializer

from backend.audit import keys, receipts
from backend.audit.errors import LinkUsed, NoSuchLeaf
from backend.kit import crypto
from backend.kit.errors import NotFound
from backend.kit.http import ServicesDep
from backend.kit.services import Services
from backend.kit.settings import Settings
from backend.kit.words import moment_words
from pages.kit.cookies import cookie_name, is_https
from pages.kit.headers import POLICY
from pages.kit.templates import PageKit, Shown
from pages.portal.texts import TEXTS

PORTAL = PageKit(Path(__file__).parent, "portal", TEXTS)
router = APIRouter(prefix="/receipt", include_in_schema=False)
COOKIE = "anpei_receipt"
KEPT_FOR = timedelta(days=30)
Token = Annotated[str, InPath(pattern=r"^[0-9a-z]{26}$")]
# The page that checks receipts can't send anything anywhere, even if it wanted to.
NO_CALLS = POLICY.replace("connect-src 'self'", "connect-src 'none'").replace(
    "form-action 'self'", "form-action 'none'"
)


def mount(app: FastAPI) -> None:
    """Put the portal on an app whose `state.services` is set before it serves."""
    app.include_router(router)
    app.router.routes.extend(PORTAL.static_mounts())


@router.get("/verify")
async def verify_page(request: Request, services: ServicesDep) -> Response:
    """Checks a receipt in the browser. The key is ours as we say it; the page tells to compare it with the published one."""
    response = _page(request, services, "verify.html", key=str(keys.verifier(services.settings)))
    response.headers["Content-Security-Policy"] = NO_CALLS
    return response


@router.get("/{token}")
async def receipt_page(request: Request, services: ServicesDep, token: Token) -> Response:
    held = _held(request, services.settings, token)
    try:
        async with services.db.transaction() as session:
            if held is None:
                fresh = await receipts.unopened(session, services.settings, token, services.clock())
                return _page(request, services, "open.html", status=200 if fresh else 410, fresh=fresh)
            paid = await receipts.shown(session, held[0])
    except NotFound:
        return _page(request, services, "open.html", status=404, fresh=False)
    language = PORTAL.texts(request).language.value
    return _page(
        request,
        services,
        "receipt.html",
        paid=paid,
        amount=paid.amount.words(language),
        when=moment_words(paid.paid_at, paid.zone)[language],
        key=str(keys.verifier(services.settings)),
        session=Shown(held[1] - int(time.time()), f"/receipt/{token}"),  # by the clock of the cookie's own signature
    )


@router.post("/{token}")
async def open_receipt(request: Request, services: ServicesDep, token: Token) -> Response:
    try:
        async with services.db.transaction() as session:
            payout_id = await receipts.open_link(session, services.settings, token, services.clock())
    except (LinkUsed, NotFound):
        return _page(request, services, "open.html", status=410, fresh=False)
    response = RedirectResponse(f"/receipt/{token}", status_code=303)
    response.set_cookie(
        _cookies(services.settings, token)[0],
        _signer(services.settings).dumps([token, str(payout_id)]),
        max_age=int(KEPT_FOR.total_seconds()),
        path="/",
        secure=is_https(services.settings),
        httponly=True,
        samesite="lax",
    )
    return response


@router.get("/{token}/proof")
async def proof(request: Request, services: ServicesDep, token: Token) -> Response:
    """The tlog-proof@v1 file; only for the browser that opened the link."""
    payout_id = _opened_here(request, services.settings, token)
    if payout_id is None:
        return RedirectResponse(f"/receipt/{token}", status_code=303)
    try:
        async with services.db.transaction() as session:
            name, text = await receipts.file(session, payout_id)
    except NoSuchLeaf:
        return RedirectResponse(f"/receipt/{token}", status_code=303)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="application/octet-stream", headers=headers)


def _page(request: Request, services: Services, template: str, /, status: int = 200, **context: object) -> Response:
    return PORTAL.page(request, template, context, secure=is_https(services.settings), status=status)


def _cookies(settings: Settings, token: str) -> list[str]:
    """Each receipt's own, so that a browser may keep several. Its name tells nothing of the link; the first is given."""
    name = cookie_name(settings, COOKIE)
    return [f"{name}_{each}" for each in settings.keys("receipt cookie name").hashes(token, length=16)]


def _signer(settings: Settings) -> URLSafeTimedSerializer:
    keys = settings.keys("receipt cookie").newest_last
    return URLSafeTimedSerializer(keys, signer_kwargs={"digest_method": hashlib.sha256})


def _opened_here(request: Request, settings: Settings, token: str) -> UUID | None:
    """The payout, where this browser is the one that used the link up."""
    found = _held(request, settings, token)
    return found[0] if found else None


def _held(request: Request, settings: Settings, token: str) -> tuple[UUID, int] | None:
    """That payout, and until when (Unix seconds) this browser may see it."""
    kept = next((request.cookies[name] for name in _cookies(settings, token) if name in request.cookies), "")
    life = int(KEPT_FOR.total_seconds())
    try:
        (opened, payout_id), since = _signer(settings).loads(kept, max_age=life, return_timestamp=True)
    except BadSignature:
        return None
    return (UUID(payout_id), int(since.timestamp()) + life) if crypto.same(opened, token) else None
