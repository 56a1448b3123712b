"""What is no record of customers and policies.

Invalid
└── NotRecords       a whole file can't be read: its form is another
"""

from backend.kit.errors import Invalid


class NotRecords(Invalid):
    code = "not_records"
