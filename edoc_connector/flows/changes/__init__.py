"""What we ask about documents we sent: recall, update, replacement."""
