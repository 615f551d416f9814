"""Signatures inside attached PDFs, checked by pyHanko in a process of its own."""
