from datetime import datetime
from typing import Annotated, Any

from smmbot.api.answers import TypedDict, one_of
from tenants.enums import JobState


class JobOut(TypedDict):
    """total: None until it is counted."""

    id: int
    kind: str
    state: Annotated[str, one_of(JobState)]
    total: int | None
    done: int
    result: dict[str, Any]
    error: str
    created_at: datetime
    finished_at: datetime | None
