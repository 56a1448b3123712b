"""Every table of the product in one metadata: importing a models module puts its tables there."""

import backend.agents.models
import backend.audit.models
import backend.authority.models
import backend.claims.models
import backend.conversations.models
import backend.customers.models
import backend.erasure.models
import backend.handoff.models
import backend.identity.models
import backend.kit.processes
import backend.ledger.models
import backend.payouts.files.models
import backend.payouts.models
import backend.photos.models
import backend.policies.models
import backend.review.models
import backend.vault.models  # noqa: F401 - as the docstring says
from backend.kit.db import Model

METADATA = Model.metadata
