"""Starts stock Rasa as `rasa run` does, with one change: Twilio's client talks to the stand-in for the provider.

Rasa's Twilio channel has no setting for it. The change is made to the URL alone, as it is about to be asked; everything
else of the client library, its synchronous call in the event loop included, is Twilio's and Rasa's own.
"""

import os
import sys

from twilio.http.http_client import TwilioHttpClient

REAL = "https://api.twilio.com"


def redirect(base_url: str) -> None:
    stock = TwilioHttpClient.request

    def request(self, method, url, *arguments, **named):
        return stock(self, method, url.replace(REAL, base_url, 1), *arguments, **named)

    TwilioHttpClient.request = request


if __name__ == "__main__":
    redirect(os.environ["TWILIO_API_BASE_URL"].rstrip("/"))
    from rasa.__main__ import main

    sys.argv = ["rasa", "run", *sys.argv[1:]]
    main()
