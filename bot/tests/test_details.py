"""Examples with a claim's details put to them."""

from bot.details import CLAUSES, with_details

EXAMPLES = [
    ("how do I claim", "ask_claim_process"),
    ("where is my claim", "check_claim_status"),
    ("怎么理赔", "ask_claim_process"),
    ("hello", "greet"),
    ("and " * 30, "complain"),
]


def test_short_examples_of_the_intents_are_learnt_once_more() -> None:
    found = list(with_details(EXAMPLES, ["ask_claim_process", "check_claim_status", "complain"]))
    assert [intent for _, intent in found] == ["ask_claim_process", "check_claim_status", "ask_claim_process"]
    for (text, _), (told, _) in zip(found, EXAMPLES, strict=False):
        assert told in text
        assert len(text) > len(told)


def test_the_same_examples_give_the_same() -> None:
    intents = ["ask_claim_process"]
    assert list(with_details(EXAMPLES, intents)) == list(with_details(EXAMPLES, intents))


def test_each_speaks_its_own_language() -> None:
    [(chinese, _)] = with_details([EXAMPLES[2]], ["ask_claim_process"])
    assert not any(product in chinese for product in CLAUSES["en"].products)
    [(english, _)] = with_details([EXAMPLES[0]], ["ask_claim_process"])
    assert english.isascii() or "£" in english or "€" in english


def test_every_form_can_be_filled() -> None:
    for clauses in CLAUSES.values():
        for form in clauses.forms:
            assert "{" not in form.format(product="x", day="y", sum="z")
