"""What senders ask about documents we received, and what becomes of it."""
