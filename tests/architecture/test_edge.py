"""What Anpei's own TLS takes: tried with a client of each kind on a server as `anpei up` starts it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from anpei.edge import check, context, renew, server
from anpei.supervisor import free_ports
from backend.kit.settings import InsecureSettings, Settings

NOW = datetime.now(UTC)
HOST = "anpei.test"


class Authority:
    """An authority of our own, and the certificates that it gives."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority")])
        usage = x509.KeyUsage(
            digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        self.certificate = (
            self._begun(self.name, self.key, NOW + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(self.key, hashes.SHA256())
        )

    def _begun(self, subject: x509.Name, key: Any, until: datetime) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=2))
            .not_valid_after(until)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )

    def gives(self, folder: Path, host: str = HOST, until: datetime = NOW + timedelta(days=9)) -> Settings:
        """Settings with a certificate for a host, in files."""
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        certificate = (
            self._begun(x509.Name([]), key, until)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(issuer, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        (folder / "chain.pem").write_bytes(certificate.public_bytes(pem))
        form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        (folder / "key.pem").write_bytes(key.private_bytes(pem, form, none))
        return Settings(
            public_url=f"https://{HOST}",
            tls_certificate=folder / "chain.pem",
            tls_key=folder / "key.pem",
            tls_port=free_ports(1)[0],
        )

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    body = f"{scope['scheme']} {scope['client'][0]}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[uvicorn.Server]:
    edge = server(application, settings, "127.0.0.1")
    task = asyncio.create_task(edge.serve())
    while not edge.started:  # noqa: ASYNC110 - uvicorn tells by an attribute
        await asyncio.sleep(0.01)
    yield edge
    edge.should_exit = True
    await task


def client(low: ssl.TLSVersion, high: ssl.TLSVersion, ciphers: str = "") -> ssl.SSLContext:
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    found.check_hostname, found.verify_mode = False, ssl.CERT_NONE
    found.set_ciphers(ciphers or "ALL:@SECLEVEL=0")
    found.minimum_version, found.maximum_version = low, high
    return found


async def shaken(port: int, how: ssl.SSLContext) -> tuple[str, str, bytes]:
    """(version, cipher, the server's certificate)."""
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=how)
    connection: ssl.SSLObject = writer.get_extra_info("ssl_object")
    found = (
        connection.version() or "",
        (connection.cipher() or ("",))[0],
        connection.getpeercert(binary_form=True) or b"",
    )
    writer.close()
    return found


V1, V12, V13 = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
async def test_old_versions_and_weak_ciphers_are_refused(tmp_path: Path) -> None:
    settings = Authority().gives(tmp_path)
    async with serving(settings):
        for version in (V12, V13):
            name, cipher, _ = await shaken(settings.tls_port, client(version, version))
            assert name == version.name.replace("v1_", "v1.")
            assert "GCM" in cipher or "CHACHA" in cipher
        refused = [
            client(V1, ssl.TLSVersion.TLSv1_1),
            *(
                client(V12, V12, f"{weak}:@SECLEVEL=0")
                for weak in ("ECDHE+AES+SHA1", "ECDHE+AES+SHA256", "kRSA", "aNULL")
            ),
        ]
        for how in refused:
            with pytest.raises((ssl.SSLError, ConnectionError)):
                await shaken(settings.tls_port, how)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
async def test_a_lenient_server_takes_them(tmp_path: Path) -> None:
    """So that it is the server that refuses above, and not the client."""
    settings = Authority().gives(tmp_path)
    async with serving(settings) as edge:
        lenient = context(edge.config)
        lenient.minimum_version = V1
        lenient.set_ciphers("ALL:@SECLEVEL=0")
        assert (await shaken(settings.tls_port, client(V1, ssl.TLSVersion.TLSv1_1)))[0] == "TLSv1.1"
        assert "SHA" in (await shaken(settings.tls_port, client(V12, V12, "ECDHE+AES+SHA1:@SECLEVEL=0")))[1]


async def test_the_server_prefers_the_stronger(tmp_path: Path) -> None:
    """Whatever order a client has."""
    settings = Authority().gives(tmp_path)
    async with serving(settings):
        how = client(V12, V12, "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384")
        assert (await shaken(settings.tls_port, how))[1] == "ECDHE-ECDSA-AES256-GCM-SHA384"


async def test_nobody_says_where_they_come_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """X-Forwarded-* counts from a proxy that is set and from nobody else; what comes in the clear is not answered."""
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "10.9.9.9")
    settings = Authority().gives(tmp_path)
    async with serving(settings), httpx.AsyncClient(verify=client(V12, V13)) as http:
        said = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "http"}
        answer = await http.get(f"https://127.0.0.1:{settings.tls_port}/", headers=said)
        assert answer.text == "https 127.0.0.1"
        with pytest.raises(httpx.HTTPError):
            await http.get(f"http://127.0.0.1:{settings.tls_port}/")


async def test_a_renewed_certificate_is_taken_up(tmp_path: Path) -> None:
    authority = Authority()
    settings = authority.gives(tmp_path)
    assert settings.tls_certificate
    assert settings.tls_key
    async with serving(settings) as edge:
        keeper = asyncio.create_task(
            renew(context(edge.config), settings.tls_certificate, settings.tls_key, every=0.05)
        )
        _, _, before = await shaken(settings.tls_port, client(V12, V13))
        settings.tls_certificate.write_text("half written")
        await asyncio.sleep(0.2)
        assert (await shaken(settings.tls_port, client(V12, V13)))[2] == before
        authority.gives(tmp_path)
        deadline = asyncio.get_running_loop().time() + 5
        while (await shaken(settings.tls_port, client(V12, V13)))[2] == before:
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(0.05)
        keeper.cancel()


def test_production_wants_a_certificate_that_the_public_trusts(tmp_path: Path) -> None:
    authority = Authority()
    good = authority.gives(tmp_path)
    check(good, roots=authority.pem)
    with pytest.raises(InsecureSettings, match="the public trusts"):
        check(good)  # an authority that nobody knows
    with pytest.raises(InsecureSettings, match="the public trusts"):
        check(good, roots=authority.pem, now=NOW + timedelta(days=10))  # over
    with pytest.raises(InsecureSettings, match="the public trusts"):
        check(authority.gives(tmp_path, host="another.test"), roots=authority.pem)
    with pytest.raises(InsecureSettings, match="both"):
        check(good.model_copy(update={"tls_key": None}))
