"""Twilio's signature: what it was made for passes, anything else does not."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import MultiDict
from twilio.request_validator import RequestValidator

from channels.errors import Forged, Malformed
from channels.sms.verify import parse_form, public_urls, verify
from tests.channels.serving import capture

TOKEN = "12345678901234567890123456789012"
URL = "https://claims.example/webhooks/twilio/sms"
FORM = capture("twilio", "sms_english")
BODY = urlencode(FORM).encode()
SIGNATURE = RequestValidator(TOKEN).compute_signature(URL, FORM)


def passes(url: str, form: MultiDict, signature: str | None, token: str = TOKEN) -> bool:
    try:
        verify(token, [url], form, signature)
    except Forged:
        return False
    return True


def test_the_documented_example() -> None:
    """The worked example of https://www.twilio.com/docs/usage/security, key by key."""
    form = MultiDict(
        {"CallSid": "CA1234567890ABCDE", "Caller": "+12349013030", "Digits": "1234", "From": "+12349013030",
         "To": "+18005551212"}
    )  # fmt: skip
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert passes(url, form, "0/KCTR6DLpKmkAf8muzZqo1nDgQ=", token="12345")


def test_what_twilio_signed_passes() -> None:
    assert passes(URL, parse_form(BODY), SIGNATURE)


@pytest.mark.parametrize("name", ["sms_english", "sms_chinese", "sms_empty", "mms_two_photos_with_text"])
def test_every_kind_of_form_passes(name: str) -> None:
    form = capture("twilio", name)
    signature = RequestValidator(TOKEN).compute_signature(URL, form)
    assert passes(URL, parse_form(urlencode(form).encode()), signature)


@given(st.integers(0, len(BODY) - 1), st.integers(0, 255))
def test_any_altered_byte_of_the_body_is_rejected(index: int, byte: int) -> None:
    """But one that only writes the same fields in another way (`%2B` for `%2b`)."""
    altered = BODY[:index] + bytes([byte]) + BODY[index + 1 :]
    try:
        form = parse_form(altered)
    except Malformed:
        return
    if sorted(form.multi_items()) == sorted(parse_qsl(BODY.decode(), keep_blank_values=True)):
        return
    assert not passes(URL, form, SIGNATURE)


@given(st.integers(0, len(SIGNATURE) - 1), st.characters(codec="latin-1"))
def test_any_altered_character_of_the_signature_is_rejected(index: int, char: str) -> None:
    altered = SIGNATURE[:index] + char + SIGNATURE[index + 1 :]
    assert passes(URL, parse_form(BODY), altered) == (altered == SIGNATURE)


@given(st.integers(0, len(URL) - 1), st.characters(codec="ascii"))
def test_any_altered_character_of_the_address_is_rejected(index: int, char: str) -> None:
    altered = URL[:index] + char + URL[index + 1 :]
    assert passes(altered, parse_form(BODY), SIGNATURE) == (altered == URL)


@given(st.text(max_size=8), st.text(max_size=8))
def test_an_added_field_is_rejected(name: str, value: str) -> None:
    form = MultiDict([*parse_form(BODY).multi_items(), (name, value)])
    if name + value and (name, value) not in FORM.items():
        assert not passes(URL, form, SIGNATURE)


@pytest.mark.parametrize("signature", [None, ""])
def test_no_signature_no_entry(signature: str | None) -> None:
    with pytest.raises(Forged) as error:
        verify(TOKEN, [URL], parse_form(BODY), signature)
    assert error.value.reason == "unsigned"


def test_without_a_token_nothing_can_be_genuine() -> None:
    """An empty token would make anybody's signature right."""
    form = parse_form(BODY)
    with pytest.raises(Forged) as error:
        verify("", [URL], form, RequestValidator("").compute_signature(URL, form))
    assert error.value.reason == "not_configured"


@pytest.mark.parametrize(
    ("public", "signed"),
    [
        ("https://claims.example", "https://claims.example/webhooks/twilio/sms"),
        ("https://claims.example", "https://claims.example:443/webhooks/twilio/sms"),
        ("https://claims.example:8443", "https://claims.example:8443/webhooks/twilio/sms"),
        ("https://claims.example:8443/", "https://claims.example/webhooks/twilio/sms"),
        ("https://claims.example/anpei", "https://claims.example/anpei/webhooks/twilio/sms"),
        ("http://[::1]:8000", "http://[::1]:8000/webhooks/twilio/sms"),
    ],
)
def test_the_public_address_is_what_was_signed(public: str, signed: str) -> None:
    """Behind a proxy only the configured address is known to Twilio; the port may or may not be in it."""
    assert signed in public_urls(public, "/webhooks/twilio/sms", "")


def test_the_query_is_signed_too() -> None:
    assert public_urls("https://a.example", "/w", "x=1") == ["https://a.example/w?x=1", "https://a.example:443/w?x=1"]


@pytest.mark.parametrize("body", [b"\xff\xfe", b"Body=%ff", "Body=é".encode(), b"&".join([b"a=1"] * 500)])
def test_what_is_no_form_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse_form(body)
