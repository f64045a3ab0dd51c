"""The OpenAPI 3.1 document of /api/v1, made from what the endpoints declare: addresses from the URLconf, input and
answers from the schemas. It cannot say what the code does not."""

import inspect
import re
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from pydantic import TypeAdapter

from smmbot.api.answers import Listing, Media, Out, by_status, envelope, types_of
from smmbot.api.auth import UNSAFE
from smmbot.api.body import Schema
from smmbot.api.endpoint import Endpoint, Spec

PREFIX = "api/v1/"
_PARAM = re.compile(r"<(?:(\w+):)?(\w+)>")
_TYPES: dict[str, dict[str, Any]] = {
    # Larger numbers are no ids of ours: the URLconf does not match them.
    "int": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
    "uuid": {"type": "string", "format": "uuid"},
}
_ERRORS = {
    400: "The input is not right; `fields` says where.",
    401: "Not signed in, or the key is not known.",
    403: "The role may not do this, the CSRF token is missing, or a fresh login is needed.",
    404: "Missing, or another tenant's.",
    409: "The state does not allow it now, or the same work runs already.",
    413: "The body is too large.",
    415: "The body is not sent as application/json.",
    429: "Too many calls; see Retry-After.",
}
_ERROR_SCHEMA = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "fields"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "fields": {"type": "object", "additionalProperties": {"type": "string"}},
            },
        }
    },
}
_ERROR_CONTENT = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}


def operations() -> Iterator[tuple[str, Endpoint]]:
    """Every endpoint with its address as Django spells it: `api/v1/groups/<int:group_id>`."""
    for route, pattern in _patterns(get_resolver().url_patterns, ""):
        if route.startswith(PREFIX):
            for one in getattr(pattern.callback, "endpoints", ()):
                yield route, one


Refs = dict[tuple[Any, str], dict[str, Any]]


@cache
def document() -> dict[str, Any]:
    found = sorted(operations(), key=lambda pair: (pair[0], pair[1].spec.method))
    refs, definitions = _schemas([one.spec for _, one in found])
    paths: dict[str, Any] = {}
    for route, one in found:
        address = "/" + _PARAM.sub(r"{\2}", route)
        paths.setdefault(address, {})[one.spec.method.lower()] = _operation(route, one.spec, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "SMM Bot API",
            "version": "1",
            "description": "Everything the dashboard does, for scripts. Errors have one shape; lists have one paging.",
        },
        "paths": paths,
        "components": {
            "schemas": {"Error": _ERROR_SCHEMA, **definitions},
            "responses": {
                _name(status): {"description": text, "content": _ERROR_CONTENT}
                for status, text in _ERRORS.items()
            },
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key of Settings."},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "access"},
            },
        },
    }


def _schemas(specs: list[Spec]) -> tuple[Refs, dict[str, Any]]:
    """Each type's reference, and what the references lead to."""
    takes = {spec.body for spec in specs if spec.body}
    gives = {kind for spec in specs for kind in types_of(spec.out)}
    inputs = [(kind, "validation", TypeAdapter(kind)) for kind in sorted(takes, key=_type_name)]
    inputs += [(kind, "serialization", TypeAdapter(kind)) for kind in sorted(gives, key=_type_name)]
    refs, rest = TypeAdapter.json_schemas(inputs, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    return refs, rest.get("$defs", {})  # type: ignore[return-value]


def _type_name(kind: Any) -> str:
    return f"{kind.__name__} {kind.__module__}"


def _operation(route: str, spec: Spec, refs: Refs) -> dict[str, Any]:
    about = inspect.cleandoc(spec.handler.__doc__ or "")
    summary, _, description = about.partition("\n")
    operation: dict[str, Any] = {
        "operationId": f"{spec.tag}_{spec.handler.__name__}_{spec.method.lower()}",
        "summary": summary.rstrip("."),
        "tags": [spec.tag],
        "parameters": [_path_param(kind, name) for kind, name in _PARAM.findall(route)],
        "responses": _responses(spec, refs),
        "security": [] if spec.is_public else [{"key": []}, {"cookie": []}],
    }
    if description.strip():
        operation["description"] = description.strip()
    if spec.needs:
        operation["x-permission"] = spec.needs.value
    if spec.is_fresh:
        operation["x-fresh-login"] = True
    if spec.query:
        operation["parameters"] += _query_params(spec.query)
    if spec.body:
        ref = refs[spec.body, "validation"]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": ref}}}
    return operation


def _path_param(kind: str, name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": _TYPES.get(kind, {"type": "string"})}


def _query_params(schema: type[Schema]) -> list[dict[str, Any]]:
    described = schema.model_json_schema()
    required = set(described.get("required", ()))
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "schema": _inlined(field, described.get("$defs", {})),
            **({"description": field["description"]} if "description" in field else {}),
        }
        for name, field in described.get("properties", {}).items()
    ]


def _inlined(field: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A query's field without references, and without null: leaving a parameter out is how none is said."""
    if "$ref" in field:
        return dict(definitions[field["$ref"].rpartition("/")[2]])
    if "anyOf" in field:
        kinds = [_inlined(kind, definitions) for kind in field["anyOf"] if kind.get("type") != "null"]
        return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    return {name: value for name, value in field.items() if name != "title"}


def _responses(spec: Spec, refs: Refs) -> dict[str, Any]:
    outs = by_status(spec.out, spec.answers)
    told: dict[str, Any] = {
        str(status): {"description": "Done.", "content": _content(outs.get(status), refs)}
        for status in spec.answers
        if status < min(_ERRORS)
    }
    return told | {
        str(status): {"$ref": f"#/components/responses/{_name(status)}"} for status in _errors_of(spec)
    }


def _content(out: Out, refs: Refs) -> dict[str, Any]:
    if isinstance(out, Media):
        return {out.content_type: {"schema": {"type": "string"}}}
    if isinstance(out, Listing):
        schema = envelope(refs[out.item, "serialization"])
    else:
        schema = {"type": "object"} if out is None else refs[out, "serialization"]
    return {"application/json": {"schema": schema}}


def _errors_of(spec: Spec) -> Iterator[int]:
    for status in _ERRORS:
        if spec.is_public and status == 401 and spec.tag != "auth":
            continue
        if status == 413 and not spec.body:
            continue
        if status == 415 and not spec.body and not (spec.is_public and spec.method in UNSAFE):
            continue
        yield status


def _name(status: int) -> str:
    return HTTPStatus(status).name.title().replace("_", "")


def _patterns(patterns: list[Any], prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for one in patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns, route)
        else:
            yield route, one
