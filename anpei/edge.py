"""TLS without a proxy: the web process's application once more, on the address that the internet reaches (docs/decisions/0030).

TLS 1.2 and 1.3 with forward secrecy and authenticated ciphers, and nothing else. A certificate that is renewed in its file
is taken up within a minute, without a connection lost.
"""

import asyncio
import re
import ssl
import warnings
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import certifi
import structlog
import uvicorn
from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from starlette.types import ASGIApp

from anpei.hosts import host_of
from backend.kit.settings import InsecureSettings, Settings

log = structlog.get_logger()
# Of TLS 1.2, in our order of preference; the three of TLS 1.3 are all of this kind.
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
LOOK_SECONDS = 60.0


def check(settings: Settings, *, roots: bytes | None = None, now: datetime | None = None) -> None:
    """Raises InsecureSettings where browsers and providers would not trust the certificate for our public address.

    `roots`: PEM; by default the authorities that the public trusts (certifi).
    """
    certificate = settings.tls_certificate
    hosts = {host_of(url): None for url in (settings.public_url, settings.desk_url, settings.pages_url) if url}
    if certificate is None or settings.tls_key is None:
        raise InsecureSettings("set both ANPEI_TLS_CERTIFICATE and ANPEI_TLS_KEY")
    try:
        leaf, *others = x509.load_pem_x509_certificates(certificate.read_bytes())
        store = Store(_authorities(roots or Path(certifi.where()).read_bytes()))
        verifier = PolicyBuilder().store(store).time(now or datetime.now(UTC))
        for host in hosts:
            verifier.build_server_verifier(x509.DNSName(host)).verify(leaf, others)
    except (OSError, ValueError, VerificationError) as error:
        raise InsecureSettings(
            f"ANPEI_TLS_CERTIFICATE is not one that the public trusts for {', '.join(hosts)}: {error}"
        ) from error


def _authorities(pem: bytes) -> list[x509.Certificate]:
    """Those of a bundle; a few old ones have serial numbers that `cryptography` warns of, and will refuse one day."""
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        for block in re.findall(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", pem, re.DOTALL):
            with suppress(ValueError):
                found.append(x509.load_pem_x509_certificate(block))
    return found


def server(app: ASGIApp, settings: Settings, host: str = "0.0.0.0") -> uvicorn.Server:  # noqa: S104 - it is the edge
    config = uvicorn.Config(
        app,
        host=host,
        port=settings.tls_port,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
        ssl_ciphers=CIPHERS,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    config.load()
    context(config).minimum_version = ssl.TLSVersion.TLSv1_2
    return uvicorn.Server(config)


def context(config: uvicorn.Config) -> ssl.SSLContext:
    if config.ssl is None:
        raise InsecureSettings("set both ANPEI_TLS_CERTIFICATE and ANPEI_TLS_KEY")
    return config.ssl


async def renew(context: ssl.SSLContext, certificate: Path, key: Path, every: float = LOOK_SECONDS) -> None:
    """Take up a certificate that has changed in its file; one that can't be read is said, and the old one stays."""
    known = _changed(certificate, key)
    while True:
        await asyncio.sleep(every)
        found = _changed(certificate, key)
        if found == known:
            continue
        try:
            context.load_cert_chain(certificate, key)
        except (OSError, ssl.SSLError) as error:  # half written, or the key of another: looked at again
            log.warning("tls.not_renewed", error=type(error).__name__)
        else:
            known = found
            log.info("tls.renewed")


def _changed(*files: Path) -> tuple[int, ...]:
    return tuple(file.stat().st_mtime_ns for file in files if file.exists())


async def serve(app: ASGIApp, settings: Settings) -> None:
    edge = server(app, settings)
    if settings.tls_certificate and settings.tls_key:
        keeper = asyncio.create_task(renew(context(edge.config), settings.tls_certificate, settings.tls_key))
        await edge.serve()
        keeper.cancel()


def main() -> None:
    from anpei.web import app  # noqa: PLC0415 - all of the product, which the checks above don't need

    asyncio.run(serve(app(), Settings().prepared()))


if __name__ == "__main__":
    main()
