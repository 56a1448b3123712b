"""Which link a browser has opened: a cookie with its id and the secret that only this browser was given."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Form, Header, Request, Response

from backend.identity import links
from backend.identity.errors import LinkGone
from backend.identity.models import Link
from backend.identity.rules import LINK_LIFE
from backend.kit import crypto
from backend.kit.http import ServicesDep, Tx
from backend.kit.settings import Settings
from pages.kit.cookies import cookie_name, is_https
from pages.kit.headers import CLEARED
from pages.kit.templates import Shown

COOKIE = "anpei_identity"


@dataclass(frozen=True, slots=True)
class Opened:
    """The link of a request, locked until its transaction ends, and the tokens that its forms may carry."""

    link: Link
    tokens: tuple[str, ...]

    @property
    def csrf(self) -> str:
        """The token for a form that is shown now."""
        return self.tokens[0]

    def must_be_ours(self, csrf: str) -> None:
        """Raises LinkGone where the token isn't this browser's."""
        if not any(crypto.same(each, csrf) for each in self.tokens):
            raise LinkGone

    def shown(self, now: datetime) -> Shown:
        return Shown(int((self.link.expires_at - now).total_seconds()), f"{links.PATH}/factors")


def keep(response: Response, settings: Settings, link: Link, secret: str) -> None:
    response.set_cookie(
        cookie_name(settings, COOKIE),
        f"{link.id}.{secret}",
        max_age=int(LINK_LIFE.total_seconds()),
        path="/",
        secure=is_https(settings),
        httponly=True,
        samesite="strict",
    )


def forget(response: Response, settings: Settings) -> None:
    response.delete_cookie(
        cookie_name(settings, COOKIE), path="/", secure=is_https(settings), httponly=True, samesite="strict"
    )
    response.headers["Clear-Site-Data"] = CLEARED


async def opened(request: Request, session: Tx, services: ServicesDep) -> Opened:
    """Raises LinkGone where this browser has opened none, or its quarter of an hour is over."""
    link_id, _, secret = request.cookies.get(cookie_name(services.settings, COOKIE), "").partition(".")
    try:
        found = UUID(link_id)
    except ValueError:
        raise LinkGone from None
    link = await links.held(session, services.settings, found, secret, services.clock())
    return Opened(link, services.settings.keys("identity-form").hashes(link_id, secret))


OpenedDep = Annotated[Opened, Depends(opened)]


def sent_our_form(opened: OpenedDep, csrf: Annotated[str, Form()] = "") -> Opened:
    """Of a posted form. Raises LinkGone where its token isn't this browser's."""
    opened.must_be_ours(csrf)
    return opened


def sent_our_call(opened: OpenedDep, x_csrf: Annotated[str, Header()] = "") -> Opened:
    """Of a script's call. Raises LinkGone as above."""
    opened.must_be_ours(x_csrf)
    return opened


FormDep = Annotated[Opened, Depends(sent_our_form)]
CallDep = Annotated[Opened, Depends(sent_our_call)]
