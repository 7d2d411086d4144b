"""The routes of the management API and the shapes they take and give, as its OpenAPI description has them."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from reference_parts.tables import table
from skipline.api.app import create_app

_OURS_ALONE = frozenset({"HTTPValidationError", "ValidationError"})
"""Shapes of the framework; our problem documents stand in their place."""

Json = Mapping[str, Any]


def routes_block() -> str:
    """Every route, by what it is about."""
    routes = [
        (one["tags"][0], method.upper(), path, one)
        for path, methods in _description()["paths"].items()
        for method, one in methods.items()
    ]
    parts = []
    for tag, group in groupby(routes, key=lambda route: route[0]):
        parts += [f"### {tag.capitalize()}", *(_route(method, path, one) for _, method, path, one in group)]
    return "\n\n".join(parts)


def shapes_block() -> str:
    """Every shape of a body, with its fields."""
    shapes = _description()["components"]["schemas"]
    return "\n\n".join(_shape(name, shapes[name]) for name in sorted(set(shapes) - _OURS_ALONE))


def _description() -> Json:
    return create_app(None).openapi()


def _route(method: str, path: str, one: Json) -> str:
    parts = [f"**`{method} {path}`**", one["description"]]
    queries = [parameter for parameter in one.get("parameters", ()) if parameter["in"] == "query"]
    if queries:
        rows = [(f"`{each['name']}`", _kind(each["schema"]), each.get("description", "")) for each in queries]
        parts.append(table(("query", "what it holds", "meaning"), rows))
    parts.append(" ".join(_bodies(one)))
    return "\n\n".join(part for part in parts if part)


def _bodies(one: Json) -> Iterator[str]:
    if "requestBody" in one:
        yield f"Send {_carried(one['requestBody'])}."
    for status, answer in one["responses"].items():
        if status.startswith("2"):
            yield f"Answers {status}{f' with {_carried(answer)}' if 'content' in answer else ''}."


def _carried(body: Json) -> str:
    """What a body is: JSON by its shape, anything else by its media type."""
    content = body["content"]
    return _kind(content["application/json"]["schema"]) if "application/json" in content else f"`{next(iter(content))}`"


def _shape(name: str, shape: Json) -> str:
    about = " ".join(shape.get("description", "").split())
    if "enum" in shape:
        return f"**{name}**: {about} {_kind(shape)}."
    needed = shape.get("required", ())
    rows = [
        (f"`{field}`", _kind(schema), "always" if field in needed else _default(schema))
        for field, schema in shape.get("properties", {}).items()
    ]
    return "\n\n".join([f"**{name}**: {about}", table(("field", "what it holds", "when left out"), rows)])


def _default(schema: Json) -> str:
    default = schema.get("default")
    return "empty" if default in ("", [], None) else f"`{default}`"


def _kind(schema: Json) -> str:
    if "$ref" in schema:
        return f"`{schema['$ref'].rsplit('/', 1)[1]}`"
    if "anyOf" in schema:
        kinds = [_kind(one) for one in schema["anyOf"] if one.get("type") != "null"]
        return " or ".join([*kinds, *(["null"] if len(kinds) < len(schema["anyOf"]) else [])])
    if "enum" in schema:
        return " ".join(f"`{one}`" for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    return _PLAIN.get((schema.get("type", ""), schema.get("format", "")), "any JSON")


_PLAIN = {
    ("string", ""): "text",
    ("string", "date-time"): "time (RFC 3339)",
    ("integer", ""): "whole number",
    ("number", ""): "number",
    ("boolean", ""): "true or false",
    ("object", ""): "map",
}
