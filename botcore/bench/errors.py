class BenchError(Exception):
    """A figure could not be taken; the text says why and where to look."""
