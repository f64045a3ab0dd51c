"""CSV that is sent while it is made."""

from collections.abc import Iterator
from datetime import datetime

from django.http import StreamingHttpResponse

# So that spreadsheets read what follows as UTF-8.
BOM = "\ufeff"
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


def download(lines: Iterator[str], *, name: str, at: datetime) -> StreamingHttpResponse:
    """The answer that saves it as a file. at: in the reader's zone."""
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}-{at:%Y-%m-%d-%H%M}.csv"'
    answer["X-Accel-Buffering"] = "no"
    return answer
