class EmbeddedServerError(Exception):
    """An embedded server cannot be had. Its text is one line for the person at the terminal: what happened,
    what to do, where the log is; manage.py prints it as it stands."""
