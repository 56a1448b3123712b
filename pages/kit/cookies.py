"""What our cookies are called, and whether they go by https alone."""

from backend.kit.settings import Settings


def is_https(settings: Settings) -> bool:
    return settings.public_url.startswith("https://")


def host_only(name: str) -> str:
    """A browser takes such a cookie only from https and from this very host, so no neighbour can plant one."""
    return f"__Host-{name}"


def cookie_name(settings: Settings, name: str) -> str:
    return host_only(name) if is_https(settings) else name
