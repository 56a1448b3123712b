"""Rasa Open Source 3.6.21 and what Anpei adds to it. Imports none of the other packages; they speak to it over HTTP."""
