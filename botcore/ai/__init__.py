"""The language model's place: it words what code has decided, never more.

Whatever goes wrong, the plain text is sent.
"""
