"""CSV that is sent while it is made."""

# Spreadsheets read a cell that begins so as a formula.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


class Lines:
    """What a csv.writer writes into; `take` hands over what has come since."""

    def __init__(self) -> None:
        self._written: list[str] = []

    def write(self, line: str) -> None:
        self._written.append(line)

    def take(self) -> str:
        text, self._written = "".join(self._written), []
        return text


def harmless(text: str) -> str:
    """The text as a cell that no spreadsheet computes."""
    return f"'{text}" if text.startswith(_FORMULAS) else text
