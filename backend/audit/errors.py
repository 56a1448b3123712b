"""AnpeiError
├── NotFound
│   └── NoSuchLeaf      nothing was logged about it, or it has no signed place in the tree yet (`waiting`)
├── Refused
│   └── LinkUsed        the one-time link of a receipt was opened elsewhere, or is too old
├── Invalid
│   ├── BadKey          not a key as signed-note writes them
│   └── BadReceipt      not a tlog-proof@v1, or it does not prove what it says
└── LogBroken           the stored tree is not the one that was signed last: nothing more is signed
"""

from backend.kit.errors import AnpeiError, Invalid, NotFound, Refused


class NoSuchLeaf(NotFound):
    code = "no_such_leaf"


class LinkUsed(Refused):
    code = "link_used"


class BadKey(Invalid):
    code = "bad_key"


class BadReceipt(Invalid):
    code = "bad_receipt"


class LogBroken(AnpeiError):
    code = "log_broken"
