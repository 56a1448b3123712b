"""Which of the two languages a page speaks: asked for in the URL, remembered in a cookie, else the browser's."""

from enum import StrEnum

from starlette.requests import Request
from starlette.responses import Response

from pages.kit.cookies import host_only

COOKIE = "anpei_language"
SECURE_COOKIE = host_only(COOKIE)
A_YEAR_SECONDS = 365 * 24 * 3600


class Language(StrEnum):
    EN = "en"
    ZH = "zh"


def page_language(request: Request) -> Language:
    """The first of `?lang=`, the cookie and `Accept-Language` that names a language we have; English otherwise."""
    candidates = [
        request.query_params.get("lang", ""),
        request.cookies.get(SECURE_COOKIE) or request.cookies.get(COOKIE, ""),
    ]
    candidates += [part.split(";")[0] for part in request.headers.get("accept-language", "").split(",")[:10]]
    for candidate in candidates:
        tag = candidate.strip().lower()
        if tag in ("zh", "en") or tag.startswith(("zh-", "en-")):
            return Language(tag[:2])
    return Language.EN


def remember_language(request: Request, response: Response, *, secure: bool) -> None:
    """Keep a choice made by `?lang=`; a guess isn't kept."""
    if request.query_params.get("lang") in set(Language):
        response.set_cookie(
            SECURE_COOKIE if secure else COOKIE,
            page_language(request),
            max_age=A_YEAR_SECONDS,
            httponly=True,
            secure=secure,
            samesite="lax",
        )
