"""ANPEI_SECRET before its change, while it changes, and once the old one is gone."""

from pydantic import SecretStr

from backend.kit.settings import Settings

OLD, NEW = "o" * 40, "n" * 40


def before(settings: Settings) -> Settings:
    return settings.model_copy(update={"secret": SecretStr(OLD)})


def both(settings: Settings) -> Settings:
    return settings.model_copy(update={"secret": SecretStr(f"{NEW},{OLD}")})


def after(settings: Settings) -> Settings:
    return settings.model_copy(update={"secret": SecretStr(NEW)})
