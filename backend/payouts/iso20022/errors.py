"""AnpeiError
├── UnreadableFile   a bank's file is not what it says, or nothing we know; `why` is a word for programs
└── CannotCarry      a payment that a file of this rail can't hold; `why` is a word for programs
"""

from backend.kit.errors import AnpeiError


class UnreadableFile(AnpeiError):
    code = "unreadable_file"

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}" if detail else why, why=why, detail=detail)
        self.why, self.detail = why, detail


class CannotCarry(AnpeiError):
    code = "cannot_carry"

    def __init__(self, why: str) -> None:
        super().__init__(why, why=why)
        self.why = why
