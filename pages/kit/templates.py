"""Jinja2 for one audience: its own templates first, then the shared ones. Escaping is always on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from backend.vault.guard import Way, guarded
from pages.kit.language import page_language, remember_language
from pages.kit.texts import Texts

KIT = Path(__file__).parent
KIT_STATIC_URL = "/static/kit"


def _guarded(value: object) -> object:
    """What is put into a page, without a whole account number, id or code in it. Markup has been through here, or is meant."""
    return guarded(value, Way.PAGE) if isinstance(value, str) and not isinstance(value, Markup) else value


@dataclass(frozen=True, slots=True)
class Shown:
    """The session that a page shows somebody's data under: it empties itself when that ends (kit/static/session.js)."""

    left: int  # seconds
    leave: str  # where the browser goes then
    check: str = ""  # what answers 401 where it has ended before


class FreshFiles(StaticFiles):
    """Static files that a browser keeps but asks about each time (ETag), so a release never mixes old and new ones."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        if response.headers.get("content-type") == "image/svg+xml":
            response.headers["Content-Type"] = "image/svg+xml; charset=utf-8"
        return response


class PageKit:
    """Renders pages of the audience whose package folder is `folder`, in the language of the request."""

    def __init__(self, folder: Path, name: str, entries: dict[str, dict[str, str]]) -> None:
        self._folder = folder
        self._entries = entries
        self.static_url = f"/static/{name}"
        self._environment = Environment(
            loader=FileSystemLoader([folder / "templates", KIT / "templates"]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=_guarded,
        )
        self._environment.globals["asset"] = self.asset

    def asset(self, file: str) -> str:
        """The URL of one of the audience's static files, or of the kit's: `desk.css`, `kit:base.css`."""
        if file.startswith("kit:"):
            return f"{KIT_STATIC_URL}/{file.removeprefix('kit:')}"
        return f"{self.static_url}/{file}"

    def texts(self, request: Request) -> Texts:
        return Texts(self._entries, page_language(request))

    def fragment(self, request: Request, template: str, context: dict[str, Any]) -> Markup:
        """A piece of a page as HTML, escaped already."""
        t = self.texts(request)
        return Markup(self._environment.get_template(template).render(t=t, language=t.language, **context))  # noqa: S704 - what Jinja2 rendered with escaping on

    def page(
        self, request: Request, template: str, context: dict[str, Any], *, secure: bool, status: int = 200
    ) -> Response:
        """A whole page. `secure`: whether the site is reached over https, for the language cookie."""
        html = self.fragment(request, template, {"path": request.url.path, **context})
        response = HTMLResponse(html, status_code=status)
        remember_language(request, response, secure=secure)
        return response

    def static_mounts(self) -> list[Mount]:
        """The audience's own static files and the kit's."""
        return [
            Mount(self.static_url, FreshFiles(directory=self._folder / "static"), name=f"{self.static_url}-static"),
            Mount(KIT_STATIC_URL, FreshFiles(directory=KIT / "static"), name="kit-static"),
        ]
