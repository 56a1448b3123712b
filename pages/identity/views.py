"""Renders these pages."""

from pathlib import Path
from typing import Any

from fastapi import Request, Response

from backend.kit.services import Services
from pages.identity.texts import TEXTS
from pages.kit.cookies import is_https
from pages.kit.templates import PageKit

IDENTITY = PageKit(Path(__file__).parent, "identity", TEXTS)


def page(request: Request, services: Services, template: str, /, status: int = 200, **context: Any) -> Response:
    return IDENTITY.page(request, template, context, secure=is_https(services.settings), status=status)
