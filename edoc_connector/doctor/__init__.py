"""Looks for what has cost others documents, and says how each thing is put right."""
