"""RabbitMQ as the axis: where it is, a way out and a way in.

Each way belongs to one thread.  The connection is made by the first call that needs it,
and again by the first call after a failure.
"""

from edoc_connector.bus.address import RabbitAddress
from edoc_connector.bus.inward import RabbitConsumer
from edoc_connector.bus.outward import RabbitPublisher

__all__ = ["RabbitAddress", "RabbitConsumer", "RabbitPublisher"]
