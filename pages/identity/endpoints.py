"""The page of a customer's passkeys and authenticators, and the one where a passkey is shown for what waits in the chat."""

from typing import Annotated

import segno
from fastapi import APIRouter, FastAPI, Form, Request, Response
from fastapi import Path as InPath
from fastapi.responses import JSONResponse, RedirectResponse

from backend.customers.models import Customer
from backend.identity import care, factors, links, passkeys
from backend.identity.errors import LinkGone, NotShown, TooManyFactors
from backend.identity.models import FactorKind, LinkPurpose
from backend.kit.db import Session
from backend.kit.http import ServicesDep, Tx
from backend.kit.services import Services
from backend.kit.words import moment_words
from pages.identity import security
from pages.identity.route import IdentityRoute
from pages.identity.security import CallDep, FormDep, Opened, OpenedDep
from pages.identity.views import IDENTITY, page

router = APIRouter(prefix=links.PATH, route_class=IdentityRoute, include_in_schema=False)
Token = Annotated[str, InPath(pattern=r"^[A-Za-z0-9_-]{32}$")]
HOME = f"{links.PATH}/factors"


def mount(app: FastAPI) -> None:
    """Put the pages on an app whose `state.services` is set before it serves."""
    app.include_router(router)
    app.router.routes.extend(IDENTITY.static_mounts())


@router.get("/factors")
async def factors_page(
    request: Request, opened: OpenedDep, session: Tx, services: ServicesDep, done: str = ""
) -> Response:
    """What is enrolled, and how to add more; or, for a link of that purpose, where to show a passkey."""
    if opened.link.purpose is LinkPurpose.CONFIRM:
        return page(
            request,
            services,
            "confirm.html",
            csrf=opened.csrf,
            operation=opened.link.operation,
            session=opened.shown(services.clock()),
        )
    return await _list(request, services, session, opened, done=done)


async def _list(
    request: Request,
    services: Services,
    session: Session,
    opened: Opened,
    *,
    done: str = "",
    problem: str = "",
    status: int = 200,
) -> Response:
    customer = await care.customer_of(session, opened.link)
    language = IDENTITY.texts(request).language.value
    now = services.clock()
    shown = [
        {
            "id": factor.id,
            "kind": factor.kind.value,
            "since": moment_words(factor.enrolled_at, customer.time_zone)[language],
            "counts_from": None
            if factor.counts_from <= now
            else moment_words(factor.counts_from, customer.time_zone)[language],
        }
        for factor in await factors.enrolled(session, customer.id)
    ]
    known = done if done in {*FactorKind, "removed"} else ""
    return page(
        request,
        services,
        "factors.html",
        status,
        csrf=opened.csrf,
        factors=shown,
        done=known,
        problem=problem,
        session=opened.shown(services.clock()),
    )


@router.get("/factors/authenticator")
async def authenticator_page(request: Request, opened: OpenedDep, session: Tx, services: ServicesDep) -> Response:
    return await _authenticator(request, services, session, opened)


async def _authenticator(
    request: Request, services: Services, session: Session, opened: Opened, problem: str = ""
) -> Response:
    _only(opened, LinkPurpose.ENROL)
    customer: Customer = await care.customer_of(session, opened.link)
    secret, uri = factors.begin_authenticator(opened.link, customer)
    picture = segno.make(uri, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    status = 422 if problem else 200
    return page(
        request,
        services,
        "authenticator.html",
        status,
        csrf=opened.csrf,
        qr=picture,
        key=grouped,
        problem=problem,
        session=opened.shown(services.clock()),
    )


@router.post("/factors/authenticator")
async def add_authenticator(
    request: Request,
    opened: FormDep,
    session: Tx,
    services: ServicesDep,
    code: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    _only(opened, LinkPurpose.ENROL)
    plain = "".join(char for char in code if char.isdigit())
    now = services.clock()
    try:
        factor = await factors.finish_authenticator(session, opened.link, plain, now)
    except NotShown:
        return await _authenticator(request, services, session, opened, "authenticator.wrong")
    except TooManyFactors:
        return await _list(request, services, session, opened, problem="factors.too_many", status=409)
    await care.factor_added(session, opened.link, factor, now)
    return RedirectResponse(f"{HOME}?done=authenticator", status_code=303)


@router.post("/factors/remove")
async def remove(opened: FormDep, session: Tx, services: ServicesDep, factor: Annotated[str, Form()] = "") -> Response:
    _only(opened, LinkPurpose.ENROL)
    customer = await care.customer_of(session, opened.link)
    now = services.clock()
    for each in await factors.enrolled(session, customer.id):
        if str(each.id) == factor:
            await care.remove_factor(session, customer, each.id, "customer", now)
    return RedirectResponse(f"{HOME}?done=removed", status_code=303)


@router.post("/passkey/options")
async def passkey_options(opened: CallDep, session: Tx, services: ServicesDep) -> Response:
    """For the browser's own dialogue: to make a passkey, or to show one, as the link says."""
    if opened.link.purpose is LinkPurpose.CONFIRM:
        options = await passkeys.confirm_options(session, services.settings, opened.link)
    else:
        customer = await care.customer_of(session, opened.link)
        options = await passkeys.enrol_options(session, services.settings, opened.link, customer)
    return Response(options, media_type="application/json")


@router.post("/passkey")
async def passkey(request: Request, opened: CallDep, session: Tx, services: ServicesDep) -> Response:
    """What the browser's dialogue gave: {"next": …} is where to go. 409 `not_shown`, `too_many_factors`."""
    answer = (await request.body()).decode(errors="replace")
    now = services.clock()
    if opened.link.purpose is LinkPurpose.CONFIRM:
        await care.confirm_with_passkey(session, services.settings, opened.link, answer, now)
        return JSONResponse({"next": f"{links.PATH}/confirmed"})
    factor = await passkeys.enrol(session, services.settings, opened.link, answer, now)
    await care.factor_added(session, opened.link, factor, now)
    return JSONResponse({"next": f"{HOME}?done=passkey"})


@router.get("/confirmed")
async def confirmed_page(request: Request, services: ServicesDep) -> Response:
    response = page(request, services, "confirmed.html")
    security.forget(response, services.settings)
    return response


@router.get("/{token}")
async def open_page(request: Request, session: Tx, services: ServicesDep, token: Token) -> Response:
    """A button, and nothing used up: messengers look at the links they carry."""
    found = await links.waiting(session, services.settings, token, services.clock())
    if found is None:
        raise LinkGone
    return page(request, services, "open.html", purpose=found.purpose.value)


@router.post("/{token}")
async def open_link(session: Tx, services: ServicesDep, token: Token) -> Response:
    link, secret = await links.open_here(session, services.settings, token, services.clock())
    response = RedirectResponse(HOME, status_code=303)
    security.keep(response, services.settings, link, secret)
    return response


def _only(opened: Opened, purpose: LinkPurpose) -> None:
    """Raises LinkGone: a link to confirm with adds and removes nothing."""
    if opened.link.purpose is not purpose:
        raise LinkGone
