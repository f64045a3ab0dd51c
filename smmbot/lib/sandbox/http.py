"""Requests and answers of the sandbox servers, as little WSGI as they need."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@dataclass(frozen=True)
class SandboxRequest:
    method: str
    path: str
    query: dict[str, str]
    body: bytes
    environ: "WSGIEnvironment" = field(repr=False)

    @classmethod
    def read(cls, environ: "WSGIEnvironment") -> "SandboxRequest":
        length = int(environ.get("CONTENT_LENGTH") or 0)
        return cls(
            method=str(environ["REQUEST_METHOD"]),
            path=str(environ.get("PATH_INFO") or "/").encode("iso-8859-1").decode(errors="replace"),
            query=dict(parse_qsl(environ.get("QUERY_STRING", ""))),
            body=environ["wsgi.input"].read(length) if length else b"",
            environ=environ,
        )

    def header(self, name: str) -> str:
        return str(self.environ.get("HTTP_" + name.upper().replace("-", "_"), ""))

    @cached_property
    def json(self) -> Any:
        """The body as JSON; None when it is not."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @cached_property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class SandboxResponse:
    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()

    def send(self, start_response: "StartResponse") -> Iterable[bytes]:
        start_response(
            f"{self.status} {HTTPStatus(self.status).phrase}",
            [
                ("Content-Type", self.content_type),
                ("Content-Length", str(len(self.body))),
                *self.headers,
            ],
        )
        return [self.body]


def json_response(data: Any, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> SandboxResponse:
    return SandboxResponse(status, json.dumps(data, ensure_ascii=False).encode(), headers=headers)


def html_response(html: str, status: int = 200) -> SandboxResponse:
    return SandboxResponse(status, html.encode(), "text/html; charset=utf-8")
