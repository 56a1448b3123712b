"""Spares a turn what Rasa 3.6.21 does again in each: with the project's domain half of its CPU time.

`install()` changes no result, only how often it is worked out. Rasa

1. makes a JSON schema validator for each answer of the action server, checks the schema itself, and tries each event
   against every kind there is: here made once, a validator a kind;
2. walks all event classes for each event of a stored tracker: here remembered by name;
3. lays out the graph of components anew for each run and hands it to dask: here laid out once, run node by node;
4. opens a client and a connection for each call of an action, encodes the domain for each, and sends head and body
   apart: here both kept, and sent at once;
5. sends the action server every response of the domain (50 kB), which only Rasa itself renders, and every event of
   the conversation: here no response, and the events of this turn (the slots that a form is to validate among them), which
   are all that an action may read: what it must know of earlier messages comes with the message;
6. looks for rules on a message's text, from the states of all of the conversation, before those on its intent: here
   not looked for where the model has none;
7. goes through all events some ten times a turn, to find those that no other has undone: here remembered until
   another event comes;
8. plays the whole conversation again for each prediction, to tell its states: here played on from where it stood;
9. plays it again for each action and each form, to have a copy that they may change: here copied as it stands;
10. builds an empty domain for each message, to see whether the model's is one, and all default actions to find one by its
    name: here remembered;
11. copies what it would log if it logged so much: here only where it does;
12. compares every rule with a conversation's last state: here those alone that end with its action and intent.

`ANPEI_RASA_STOCK=1` leaves all of it as published, like what `bot.light` does.
"""

from __future__ import annotations

from bot.swift import calls, playing, rules, running


def install() -> None:
    """Make turns quicker, as the module says; to be called once, after `bot.light.install()`."""
    calls.make_validator_once()
    calls.keep_client_and_domain()
    calls.write_at_once()
    playing.remember_event_classes()
    playing.remember_applied_events()
    playing.play_on()
    playing.copy_as_it_stands()
    playing.copy_for_a_form()
    rules.skip_rules_on_texts()
    rules.find_rules_by_their_ends()
    running.run_graph_directly()
    running.remember_of_the_domain()
    running.copy_for_logs_only()
