"""What can be wrong with labels and examples.

AnpeiError
└── Refused
    ├── NotOurs     a file of examples that we did not write, or that reads back differently
    └── NotLabelled a label that can't be taken: `reason` says why
"""

from backend.kit.errors import Refused


class NotOurs(Refused):
    code = "not_ours"


class NotLabelled(Refused):
    code = "not_labelled"
