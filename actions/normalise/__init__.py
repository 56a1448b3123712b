"""Customers' words into values: dates, amounts, products, numbers, choices. Pure; `today` and currency are arguments.

Nothing here raises on any text; what can't be read is NONE, and what could mean two things says so.
"""
