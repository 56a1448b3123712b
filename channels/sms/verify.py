"""Whether a webhook call comes from Twilio: base64(HMAC-SHA1(auth token, public URL + sorted key+value))."""

import hmac
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import MultiDict
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped] # ships no types

from channels.errors import Forged, Malformed

SIGNATURE_HEADER = "X-Twilio-Signature"
MAX_BODY_BYTES = 64 * 1024  # 1600 characters and ten media URLs, percent-encoded, are under 20 kB
MAX_FIELDS = 200
_DEFAULT_PORTS = {"https": 443, "http": 80}


def public_urls(public_url: str, path: str, query: str) -> list[str]:
    """The addresses Twilio may have signed: as configured, and with and without the port.

    Behind a proxy the request's own scheme and host are the proxy's; what Twilio signed is the public ones.
    """
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 443)
    tail = parts.path.rstrip("/") + path + (f"?{query}" if query else "")
    return list(
        dict.fromkeys(
            f"{parts.scheme}://{netloc}{tail}" for netloc in (parts.netloc.rpartition("@")[2], host, f"{host}:{port}")
        )
    )


def parse_form(body: bytes) -> MultiDict:
    """The form's fields, blank ones too: they are signed. Raises Malformed."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise Malformed("not_a_form") from error
    return MultiDict(pairs)


def verify(auth_token: str, urls: list[str], form: MultiDict, signature: str | None) -> None:
    """Raise Forged unless `signature` is Twilio's for one of `urls` and this form."""
    if not auth_token:
        raise Forged("not_configured")
    if not signature:
        raise Forged("unsigned")
    validator = RequestValidator(auth_token)
    given = signature.encode()
    matched = [hmac.compare_digest(validator.compute_signature(url, form).encode(), given) for url in urls]
    if not any(matched):
        raise Forged("bad_signature")
