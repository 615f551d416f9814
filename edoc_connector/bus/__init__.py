"""The axis, as AMQP."""
