"""Fetching what a customer attached, from Twilio's hosts or the host of the configured base URL and nowhere else."""

import httpx

from backend.conversations.ports import MAX_MEDIA_BYTES, SendFailed
from channels.pictures import read_bounded, settle_type
from channels.sms.client import redirected

MAX_REDIRECTS = 3
API_HOST = "api.twilio.com"
# Where Twilio's API redirects to for the bytes. S3 is everybody's: only Twilio's own bucket counts.
STORAGE_SUFFIXES = (".twilio.com", ".twiliocdn.com")
STORAGE_BUCKET = ("s3-external-1.amazonaws.com", "/media.twiliocdn.com/")


class MediaFetcher:
    def __init__(self, http: httpx.AsyncClient, base_url: str, credentials: tuple[str, str]) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._credentials = credentials

    async def fetch(self, url: str) -> tuple[str, bytes]:
        """(content type, bytes) of a photo. Raises SendFailed."""
        if httpx.URL(url).host == API_HOST:
            url = redirected(url, self._base_url)
        try:
            for _ in range(MAX_REDIRECTS + 1):
                auth = self._permit(url)
                async with self._http.stream("GET", url, auth=auth) as response:
                    if not response.is_redirect:
                        return await self._read(response)
                    url = str(response.url.join(response.headers.get("location", "")))
        except httpx.TransportError as error:
            raise SendFailed("unreachable") from error
        except (httpx.InvalidURL, httpx.DecodingError) as error:
            raise SendFailed("bad_media", permanent=True) from error
        raise SendFailed("too_many_redirects", permanent=True)

    def _permit(self, url: str) -> httpx.BasicAuth | None:
        """The credentials for a request to `url`, None for none. Raises SendFailed where it isn't Twilio's."""
        parts = httpx.URL(url)
        if self._base_url and _origin(parts) == _origin(httpx.URL(self._base_url)):
            return httpx.BasicAuth(*self._credentials)
        if parts.scheme == "https" and parts.port is None and not parts.userinfo:
            if parts.host == API_HOST:
                return httpx.BasicAuth(*self._credentials)
            host, path = STORAGE_BUCKET
            if parts.host.endswith(STORAGE_SUFFIXES) or (parts.host == host and parts.path.startswith(path)):
                return None
        raise SendFailed("foreign_media_host", permanent=True)

    async def _read(self, response: httpx.Response) -> tuple[str, bytes]:
        status = response.status_code
        if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise SendFailed(str(status))
        if status != httpx.codes.OK:
            raise SendFailed(str(status), permanent=True)
        if int(response.headers.get("content-length") or 0) > MAX_MEDIA_BYTES:
            raise SendFailed("media_too_large", permanent=True)
        content = await read_bounded(response.aiter_bytes())
        return settle_type(content), content


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
