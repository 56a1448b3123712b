"""Authenticators, passkeys, one-time links, and what makes us careful: locks, SIM changes, paused prefixes"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0008b"


def upgrade() -> None:
    op.create_table('sms_prefix_pauses',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('prefix', sa.String(), nullable=False),
    sa.Column('sent', sa.Integer(), nullable=False),
    sa.Column('verified', sa.Integer(), nullable=False),
    sa.Column('paused_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('released_by', sa.String(), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sms_prefix_pauses'))
    )
    op.create_index('uq_sms_prefix_pauses_open', 'sms_prefix_pauses', ['prefix'], unique=True, postgresql_where=sa.text('released_at IS NULL'))
    op.create_table('auth_factors',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('sealed', sa.String(), nullable=True),
    sa.Column('last_step', sa.BigInteger(), nullable=True),
    sa.Column('credential_id', sa.LargeBinary(), nullable=True),
    sa.Column('public_key', sa.LargeBinary(), nullable=True),
    sa.Column('sign_count', sa.BigInteger(), nullable=True),
    sa.Column('enrolled_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('counts_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('removed_by', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_auth_factors_customer_id_customers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_auth_factors'))
    )
    op.create_index(op.f('ix_auth_factors_customer_id'), 'auth_factors', ['customer_id'], unique=False)
    op.create_index('uq_auth_factors_credential', 'auth_factors', ['credential_id'], unique=True)
    op.create_table('customer_security',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sim_changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sms_distrusted_until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_customer_security_customer_id_customers')),
    sa.PrimaryKeyConstraint('customer_id', name=op.f('pk_customer_security'))
    )
    op.create_table('identity_links',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('purpose', sa.String(length=32), nullable=False),
    sa.Column('operation', sa.String(), nullable=True),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('session_hash', sa.String(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('challenge', sa.String(), nullable=True),
    sa.Column('sealed', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_identity_links_conversation_id_conversations')),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_identity_links_customer_id_customers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity_links')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_identity_links_token_hash'))
    )
    op.create_index(op.f('ix_identity_links_customer_id'), 'identity_links', ['customer_id'], unique=False)
    op.create_table('sim_signals',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_sim_signals_customer_id_customers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sim_signals'))
    )
    op.add_column('code_challenges', sa.Column('target', sa.String(), nullable=True))
    op.add_column('code_challenges', sa.Column('means', sa.String(length=32), server_default='sms', nullable=False))
    op.add_column('code_challenges', sa.Column('about', postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column('code_challenges', sa.Column('prefix', sa.String(), nullable=True))
    op.create_index('ix_code_challenges_conversation', 'code_challenges', ['conversation_id', 'sent_at'], unique=False)
    op.create_index('ix_code_challenges_customer', 'code_challenges', ['customer_id', 'sent_at'], unique=False)
    op.create_index('ix_code_challenges_prefix', 'code_challenges', ['prefix', 'sent_at'], unique=False)
    op.add_column('customer_changes', sa.Column('earlier_account_id', sa.Uuid(), nullable=True))
    op.add_column('customer_changes', sa.Column('strong', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.create_foreign_key(op.f('fk_customer_changes_earlier_account_id_payout_accounts'), 'customer_changes', 'payout_accounts', ['earlier_account_id'], ['id'])
    op.add_column('identity_sessions', sa.Column('strong_until', sa.DateTime(timezone=True), nullable=True))
    op.add_column('identity_sessions', sa.Column('about', postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column('identity_sessions', sa.Column('released_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('identity_sessions', 'released_at')
    op.drop_column('identity_sessions', 'about')
    op.drop_column('identity_sessions', 'strong_until')
    op.drop_constraint(op.f('fk_customer_changes_earlier_account_id_payout_accounts'), 'customer_changes', type_='foreignkey')
    op.drop_column('customer_changes', 'strong')
    op.drop_column('customer_changes', 'earlier_account_id')
    op.drop_index('ix_code_challenges_prefix', table_name='code_challenges')
    op.drop_index('ix_code_challenges_customer', table_name='code_challenges')
    op.drop_index('ix_code_challenges_conversation', table_name='code_challenges')
    op.drop_column('code_challenges', 'prefix')
    op.drop_column('code_challenges', 'about')
    op.drop_column('code_challenges', 'means')
    op.drop_column('code_challenges', 'target')
    op.drop_table('sim_signals')
    op.drop_index(op.f('ix_identity_links_customer_id'), table_name='identity_links')
    op.drop_table('identity_links')
    op.drop_table('customer_security')
    op.drop_index('uq_auth_factors_credential', table_name='auth_factors')
    op.drop_index(op.f('ix_auth_factors_customer_id'), table_name='auth_factors')
    op.drop_table('auth_factors')
    op.drop_index('uq_sms_prefix_pauses_open', table_name='sms_prefix_pauses', postgresql_where=sa.text('released_at IS NULL'))
    op.drop_table('sms_prefix_pauses')
