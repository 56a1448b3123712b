"""Cuts messages of English and Chinese, mixed or not, into tokens."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.text import pieces


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class MixedTokenizer(Tokenizer):
    """One token a word, number, Han character or symbol; a token's text is normalised, its place is the original's."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return Rasa's tokenizer settings; intents are whole names here, never split."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_"}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Return the tokens of one attribute of the message, in order."""
        return [Token(piece.text, piece.start, piece.end) for piece in pieces(message.get(attribute))]
