"""Attributes of models that are kept sealed: `name = SealedText("name_sealed")` reads and writes the column `name_sealed`.

A column type could not do it: it doesn't know the row that a value is bound to. In queries use the column itself.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self, overload

from backend.kit.ids import new_id
from backend.kit.sealing import address_lookup, keyring


class _Sealed[T](ABC):
    """`row` is the attribute with the row's id. A new object gets its id here if it has none yet."""

    def __init__(self, stored: str, row: str = "id") -> None:
        self._stored, self._row = stored, row
        self._place: tuple[str, str] | None = None

    @abstractmethod
    def _encode(self, value: T) -> bytes | None:
        """The value as it is sealed; None to store none."""

    @abstractmethod
    def _decode(self, plain: bytes | None) -> T:
        """The value again; of None what an empty column means."""

    def __eq__(self, other: object) -> bool:
        """In a query it would compare nothing, and find nobody."""
        raise TypeError(f"{self._stored} is sealed: it can't be compared in a query, look it up by its HMAC")

    def __hash__(self) -> int:
        return id(self)

    def row_of(self, owner: type[Any]) -> str:
        """The column with the row's id."""
        return str(owner.__mapper__.attrs[self._row].columns[0].name)

    def place(self, owner: type[Any]) -> tuple[str, str]:
        """(table, column)."""
        if self._place is None:
            column = owner.__mapper__.attrs[self._stored].columns[0]
            self._place = column.table.name, column.name
        return self._place

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type[Any]) -> T: ...
    def __get__(self, instance: object | None, owner: type[Any]) -> T | Self:
        if instance is None:
            return self
        sealed: bytes | None = getattr(instance, self._stored)
        if sealed is None:
            return self._decode(None)
        return self._decode(keyring().open(sealed, *self.place(owner), getattr(instance, self._row)))

    def __set__(self, instance: object, value: T) -> None:
        row_id = getattr(instance, self._row)
        if row_id is None:
            row_id = new_id()
            setattr(instance, self._row, row_id)
        plain = self._encode(value)
        sealed = None if plain is None else keyring().seal(plain, *self.place(type(instance)), row_id)
        setattr(instance, self._stored, sealed)


class SealedText(_Sealed[str]):
    def _encode(self, value: str) -> bytes:
        return value.encode()

    def _decode(self, plain: bytes | None) -> str:
        return (plain or b"").decode()


class SealedAddress(SealedText):
    """A text that is also looked up by its HMAC, in a column of its own."""

    def __init__(self, stored: str, lookup: str) -> None:
        super().__init__(stored)
        self._lookup = lookup

    def __set__(self, instance: object, value: str) -> None:
        super().__set__(instance, value)
        setattr(instance, self._lookup, address_lookup(value))


class SealedTextOrNone(_Sealed[str | None]):
    def _encode(self, value: str | None) -> bytes | None:
        return None if value is None else value.encode()

    def _decode(self, plain: bytes | None) -> str | None:
        return None if plain is None else plain.decode()


class SealedBytes(_Sealed[bytes]):
    def _encode(self, value: bytes) -> bytes:
        return value

    def _decode(self, plain: bytes | None) -> bytes:
        return plain or b""


class SealedJson(_Sealed[dict[str, Any] | None]):
    """Set it whole: what is changed inside is not noticed."""

    def _encode(self, value: dict[str, Any] | None) -> bytes | None:
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def _decode(self, plain: bytes | None) -> dict[str, Any] | None:
        return None if plain is None else json.loads(plain)


@dataclass(frozen=True, slots=True)
class SealedColumn:
    table: str
    column: str
    row: str  # the column with the row's id


def sealed_columns(models: Iterable[type[Any]]) -> list[SealedColumn]:
    """Every sealed column of these models, by name."""
    found = {
        SealedColumn(*attribute.place(model), attribute.row_of(model))
        for model in models
        for attribute in vars(model).values()
        if isinstance(attribute, _Sealed)
    }
    return sorted(found, key=lambda each: (each.table, each.column))
