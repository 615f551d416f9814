"""A ping to a body and its pong: the way there and back, proven without a document."""
