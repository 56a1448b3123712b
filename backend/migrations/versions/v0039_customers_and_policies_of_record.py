"""Customers and policies come from the insurer's own records: by its customer number, and a policy's terms one by one.

A release before reads a policy that was renewed as one too many; where one still runs, import when it is gone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.add_column("customers", sa.Column("reference_lookup", sa.LargeBinary(), nullable=True))
    op.add_column("customers", sa.Column("recorded", sa.LargeBinary(), nullable=True))
    op.create_unique_constraint("uq_customers_reference_lookup", "customers", ["reference_lookup"])
    op.create_unique_constraint("uq_policies_number_starts_on", "policies", ["number", "starts_on"])
    op.drop_constraint("uq_policies_number", "policies")


def downgrade() -> None:
    op.create_unique_constraint("uq_policies_number", "policies", ["number"])
    op.drop_constraint("uq_policies_number_starts_on", "policies")
    op.drop_constraint("uq_customers_reference_lookup", "customers")
    op.drop_column("customers", "recorded")
    op.drop_column("customers", "reference_lookup")
