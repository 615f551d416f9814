"""Sealed statuses: ours to senders, those of receivers to us, and those overdue."""
