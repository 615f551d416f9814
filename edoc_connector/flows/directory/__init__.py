"""Who is who: lists are imported, bodies found, and mergers shown before they come."""
