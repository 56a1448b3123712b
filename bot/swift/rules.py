"""Rules looked for: those alone that may apply."""

from __future__ import annotations

import json
from typing import Any


def skip_rules_on_texts() -> None:
    from rasa.core.policies.rule_policy import RulePolicy

    stock = RulePolicy._find_action_from_rules

    def find(self: Any, tracker: Any, domain: Any, use_text_for_last_user_input: bool) -> Any:
        if use_text_for_last_user_input and not _has_rules_on_texts(self):
            # What Rasa finds then. A condition without user input, such as a loop's interruption, is found again
            # when it looks by intent.
            return None, None, False
        return stock(self, tracker, domain, use_text_for_last_user_input)

    RulePolicy._find_action_from_rules = find


def _has_rules_on_texts(policy: Any) -> bool:
    if not hasattr(policy, "_anpei_rules_on_texts"):
        keys = (key for rules in policy.lookup.values() if isinstance(rules, dict) for key in rules)
        policy._anpei_rules_on_texts = any('"text"' in key for key in keys)
    return policy._anpei_rules_on_texts


class _Rules:
    """The keys of rules by what their last state asks for: the action before, and the intent; None where it doesn't."""

    def __init__(self, lookup: dict[str, str], unset: str) -> None:
        """Take `unset`: what stands in a rule for a value that must not be."""
        self.lookup, self.count, self._unset = lookup, len(lookup), unset
        self.longest = 0
        self._by_end: dict[tuple[str | None, str | None], list[str]] = {}
        for key in lookup:
            states = json.loads(key)
            self.longest = max(self.longest, len(states))
            self._by_end.setdefault(self._end(states[-1]), []).append(key)

    def ending_like(self, state: Any) -> set[str]:
        """All that may apply to a conversation whose last state this is, and few that don't."""
        action, intent = self._end(state)
        ends = {(action, intent), (action, None), (None, intent), (None, None)}
        return {key for end in ends for key in self._by_end.get(end, ())}

    def _end(self, state: Any) -> tuple[str | None, str | None]:
        action = state.get("prev_action", {}).get("action_name")
        # Of a conversation's first state Rasa compares none.
        intent = state.get("user", {}).get("intent") if action else None
        return None if action == self._unset else action, None if intent == self._unset else intent


def find_rules_by_their_ends() -> None:
    from rasa.core.policies.rule_policy import SHOULD_NOT_BE_SET, RulePolicy

    stock = RulePolicy._get_possible_keys

    def possible_keys(self: Any, lookup: dict[str, str], states: list[Any]) -> set[str]:
        indices = self.__dict__.setdefault("_anpei_rules", {})
        rules = indices.get(id(lookup))
        if rules is None or rules.lookup is not lookup or rules.count != len(lookup):
            rules = indices[id(lookup)] = _Rules(lookup, SHOULD_NOT_BE_SET)
        if not states:
            return stock(self, lookup, states)
        found = rules.ending_like(states[-1])
        for index, state in enumerate(reversed(states)):
            if not found or index == rules.longest:  # a rule asks for nothing before its first state
                break
            found = {key for key in found if self._is_rule_applicable(key, index, state)}
        return found

    RulePolicy._get_possible_keys = possible_keys
