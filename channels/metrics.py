"""What an operator wants to see of the edge."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from prometheus_client import Counter

from backend.conversations.models import Channel
from channels.errors import Forged, Malformed

log = structlog.get_logger()
RECEIVED = Counter("anpei_webhook_received_total", "Verified messages from customers", ["channel", "kind", "new"])
REJECTED = Counter("anpei_webhook_rejected_total", "Webhook calls refused, nothing stored", ["channel", "reason"])
SENT = Counter("anpei_messages_sent_total", "Messages handed to a provider, by what it said", ["channel", "result"])
SEGMENTS = Counter("anpei_sms_segments_total", "SMS segments handed to the provider: what is paid for", ["coding"])


@contextmanager
def counted(channel: Channel) -> Iterator[None]:
    """Count a refusal by its reason and let it go on to the caller."""
    try:
        yield
    except (Forged, Malformed) as error:
        REJECTED.labels(channel.value, error.reason).inc()
        log.warning("webhook.refused", channel=channel.value, code=error.code, reason=error.reason)
        raise
