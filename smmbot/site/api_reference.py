"""The OpenAPI document as a page for people: endpoints by area, their fields, who may call them, an example."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.conf import settings

from smmbot.api import openapi
from tenants.enums import Role
from tenants.permissions import ROLE_PERMISSIONS, Permission

_TITLES: Final = {
    "auth": "Signing in",
    "overview": "Overview",
    "account": "Account",
    "logs": "Message Logs",
    "numbers": "WhatsApp Numbers",
    "number_linking": "Linking a number",
    "number_sending": "Sending",
    "groups": "Groups",
    "customers": "Customers",
    "bot_settings": "Bot config",
    "message_templates": "Templates",
    "providers": "Providers",
    "staff": "Admin & Staff",
    "api_keys": "API keys",
    "sandbox_console": "Sandbox",
    "sandbox_phone": "Sandbox phone",
    "manual": "Help",
    "reference": "This reference",
}
_MEDIA: Final = {"text/csv": "a CSV file", "application/zip": "a ZIP file"}
_BODY: Final = ("POST", "PUT", "PATCH")


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    kind: str
    is_required: bool
    about: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back when all is well. kind: in words; fields: of the object, or of each row of a list."""

    status: str
    kind: str
    fields: Sequence[Field]


@dataclass(frozen=True, slots=True)
class Entry:
    """One endpoint. who: in words; anchor: unique on the page."""

    method: str
    path: str
    anchor: str
    summary: str
    about: str
    who: str
    is_fresh: bool
    path_fields: Sequence[Field]
    query_fields: Sequence[Field]
    body_fields: Sequence[Field]
    answers: Sequence[Answer]
    curl: str

    @property
    def has_fields(self) -> bool:
        return bool(self.path_fields or self.query_fields or self.body_fields)


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    entries: Sequence[Entry]


@cache
def sections() -> Sequence[Section]:
    document = openapi.document()
    schemas = document["components"]["schemas"]
    found: dict[str, list[Entry]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            found.setdefault(operation["tags"][0], []).append(_entry(path, method, operation, schemas))
    order = [tag for tag in _TITLES if tag in found]
    order += sorted(tag for tag in found if tag not in _TITLES and tag != "reference")
    order.sort(key=lambda tag: tag == "reference")
    return tuple(Section(tag, title_of(tag), tuple(found[tag])) for tag in order)


def title_of(tag: str) -> str:
    return _TITLES.get(tag) or tag.replace("_", " ").capitalize()


def _entry(path: str, method: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> Entry:
    params = operation.get("parameters", ())
    body = operation.get("requestBody")
    schema = _resolved(body["content"]["application/json"]["schema"], schemas) if body else {}
    return Entry(
        method=method.upper(),
        path=path,
        anchor=operation["operationId"],
        summary=operation["summary"],
        about=operation.get("description", ""),
        who=_who(operation),
        is_fresh=operation.get("x-fresh-login", False),
        path_fields=[_param(one) for one in params if one["in"] == "path"],
        query_fields=[_param(one) for one in params if one["in"] == "query"],
        body_fields=list(_fields(schema, schemas)),
        answers=[
            _answer(status, told["content"], schemas)
            for status, told in operation["responses"].items()
            if "content" in told
        ],
        curl=_curl(path, method.upper(), operation, schema, schemas),
    )


def _who(operation: Mapping[str, Any]) -> str:
    if not operation["security"]:
        return "Everybody"
    permission = operation.get("x-permission")
    if permission is None:
        return "Everybody in the team"
    return ", ".join(role.label for role in Role if Permission(permission) in ROLE_PERMISSIONS[role])


def _param(one: Mapping[str, Any]) -> Field:
    return Field(one["name"], _kind(one["schema"], {}), one["required"], one.get("description", ""))


def _fields(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[Field]:
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        yield Field(name, _kind(field, schemas), name in required, field.get("description", ""))


def _answer(status: str, content: Mapping[str, Any], schemas: Mapping[str, Any]) -> Answer:
    kind, told = next(iter(content.items()))
    if kind != "application/json":
        return Answer(status, _MEDIA.get(kind, kind), ())
    schema = _resolved(told["schema"], schemas)
    rows = schema.get("properties", {}).get("results")
    if rows and "total_is_exact" in schema["properties"]:
        return Answer(
            status, "a list, each of its results", list(_fields(_resolved(rows["items"], schemas), schemas))
        )
    fields = list(_fields(schema, schemas))
    return Answer(status, "an object" if fields else "an empty object", fields)


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in schema:
        found: Mapping[str, Any] = schemas.get(schema["$ref"].rpartition("/")[2], {})
        return found
    return schema


def _kind(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    """The type in words: `text`, `whole number`, `list of text`, `open | resolved`."""
    schema = _resolved(schema, schemas)
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if kinds := schema.get("anyOf") or schema.get("oneOf"):
        said = dict.fromkeys(_kind(one, schemas) for one in kinds)
        return " or ".join(name for name in said if name != "null") or "anything"
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}), schemas)}"
    names: dict[str, str] = {
        "string": "text",
        "integer": "whole number",
        "number": "number",
        "boolean": "true or false",
    }
    kind = str(schema.get("type", ""))
    if schema.get("format") in ("date", "date-time"):
        return "date" if schema["format"] == "date" else "date and time"
    return names.get(kind, kind or "anything")


def _curl(
    path: str,
    method: str,
    operation: Mapping[str, Any],
    schema: Mapping[str, Any],
    schemas: Mapping[str, Any],
) -> str:
    for one in operation.get("parameters", ()):
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", _in_path(one))
    url = f"{settings.PUBLIC_URL.rstrip('/')}{path}"
    lines = ["curl" + (f" -X {method}" if method != "GET" else "") + f" {url}"]
    if operation["security"]:
        lines.append('-H "Authorization: Bearer $KEY"')
    if method in _BODY and schema:
        body = {name: _example(field, schemas) for name, field in schema.get("properties", {}).items()}
        required = schema.get("required") or list(body)
        shown = {name: value for name, value in body.items() if name in required}
        lines += ['-H "Content-Type: application/json"', f"-d '{json.dumps(shown, ensure_ascii=False)}'"]
    elif method in _BODY:
        lines += ['-H "Content-Type: application/json"', "-d '{}'"]
    return " \\\n  ".join(lines)


def _in_path(one: Mapping[str, Any]) -> str:
    kind = one["schema"]
    if kind.get("type") == "integer":
        return "1247"
    return "00000000-0000-4000-8000-000000000000" if kind.get("format") == "uuid" else "welcome_message"


def _example(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    schema = _resolved(schema, schemas)
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if kinds := schema.get("anyOf") or schema.get("oneOf"):
        return _example(next((one for one in kinds if one.get("type") != "null"), {}), schemas)
    kind = schema.get("type")
    if kind == "array":
        return [_example(schema.get("items", {}), schemas)]
    if kind == "object":
        return {name: _example(one, schemas) for name, one in schema.get("properties", {}).items()}
    if kind == "integer":
        return max(1, schema.get("minimum", 1))
    return {"boolean": True, "number": 1}.get(str(kind), "…")
