"""Ways to understand a message, compared on lines and on authors that none of them was trained on.

`nice bot/.venv/bin/python -m bench.models` (in the environment that trains: same scikit-learn, same numpy) runs what has
no result yet, keeps the results in `bench/models/results.json`, and prints the tables of docs/understanding.md.
"""
