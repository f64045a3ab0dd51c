"""A Celery task's message as it lies in a Redis queue, written in microseconds instead of a millisecond.

Celery and kombu write the first message of a task themselves, over kombu's in-memory transport, whose envelope is
that of its Redis transport; from then on only what differs is filled in: ids and arguments. Publish signals are not
sent.
"""

import base64
import json
import uuid
from collections.abc import Sequence
from typing import Any

from celery import Celery
from kombu.connection import Connection

_ID, _TAG, _ARGS, _BODY = (f"{{{name}}}" for name in ("task-id", "delivery-tag", "args", "body"))


class Envelope:
    """For one task and queue. Arguments: numbers alone."""

    def __init__(self, app: Celery, *, task_name: str, queue: str) -> None:
        message = _written_by_kombu(app, task_name, queue)
        _, kwargs, embed = json.loads(base64.b64decode(message["body"]))
        self._rest_of_body = f", {json.dumps(kwargs)}, {json.dumps(embed)}]"
        message["body"] = _BODY
        message["headers"]["argsrepr"] = _ARGS
        message["properties"]["delivery_tag"] = _TAG
        # Where each thing goes, in the order of the text.
        self._parts = _cut(json.dumps(message), (_ID, _TAG, _ARGS, _BODY))

    def write(self, args: Sequence[int]) -> str:
        body = f"[{json.dumps(args)}{self._rest_of_body}"
        values = {
            _ID: str(uuid.uuid4()),
            _TAG: str(uuid.uuid4()),
            _ARGS: repr(tuple(args)),
            _BODY: base64.b64encode(body.encode()).decode(),
        }
        return "".join([values.get(part, part) for part in self._parts])


def _written_by_kombu(app: Celery, task_name: str, queue: str) -> dict[str, Any]:
    memory = Connection("memory://")  # type: ignore[no-untyped-call]
    with memory as connection, app.amqp.Producer(connection) as producer:
        task = app.amqp.as_task_v2(_ID, task_name, args=())
        app.amqp.send_task_message(producer, task_name, task, queue=queue)
        message: dict[str, Any] = connection.default_channel._get(queue)
        return message


def _cut(text: str, marks: Sequence[str]) -> list[str]:
    parts = [text]
    for mark in marks:
        cut: list[str] = []
        for part in parts:
            for at, piece in enumerate([part] if part in marks else part.split(mark)):
                cut += [mark, piece] if at else [piece]
        parts = cut
    return parts
