"""What an OpenAPI document says, as a page tells it: each operation with its headers, fields and answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Schema = Mapping[str, Any]
KINDS: Final = {"string": "a text", "integer": "a whole number", "object": "an object", "array": "a list"}


@dataclass(frozen=True, slots=True)
class DoorField:
    """A header, a part of the path, or a field of a body: those of an object in it are named `object.field`."""

    name: str
    needed: bool
    about: str


@dataclass(frozen=True, slots=True)
class Operation:
    """`bodies` are the shapes of which a body has one, each with its fields."""

    method: str
    path: str
    summary: str
    given: tuple[DoorField, ...]
    bodies: tuple[tuple[DoorField, ...], ...]
    answers: tuple[tuple[str, str], ...]

    @property
    def anchor(self) -> str:
        """What leads to it on the page."""
        return f"{self.method}{self.path}".translate(str.maketrans("/{}", "---")).lower()


def operations_of(document: Schema) -> Iterator[Operation]:
    """Each operation, in the order of the document."""
    schemas = document.get("components", {}).get("schemas", {})
    for path, item in document["paths"].items():
        for method, said in item.items():
            body = said.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            yield Operation(
                method.upper(),
                path,
                said.get("summary", ""),
                tuple(_given(one) for one in said.get("parameters", ())),
                tuple(tuple(_fields(one, schemas)) for one in _shapes(body, schemas)) if body else (),
                tuple((status, one.get("description", "")) for status, one in sorted(said["responses"].items())),
            )


def _given(parameter: Schema) -> DoorField:
    about = parameter.get("description") or _about(parameter.get("schema", {}), {})
    name = f"{{{parameter['name']}}}" if parameter["in"] == "path" else parameter["name"]
    return DoorField(name, bool(parameter.get("required")), about)


def _shapes(schema: Schema, schemas: Schema) -> list[Schema]:
    return [_found(one, schemas) for one in schema.get("oneOf", [schema])]


def _found(schema: Schema, schemas: Schema) -> Schema:
    """The schema that is meant; of one that may also be null, the other."""
    if "$ref" in schema:
        found: Schema = schemas[schema["$ref"].rpartition("/")[2]]
        return found
    others = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    return _found(others[0], schemas) if len(others) == 1 else schema


def _fields(schema: Schema, schemas: Schema, within: str = "", *, needed: bool = True) -> Iterator[DoorField]:
    for name, part in schema.get("properties", {}).items():
        found, full = _found(part, schemas), f"{within}{name}"
        must = needed and name in schema.get("required", ())
        yield DoorField(full, must, _about(found, schemas))
        yield from _fields(found, schemas, f"{full}.", needed=must)


def _about(schema: Schema, schemas: Schema) -> str:
    """What a value may be, in words."""
    if "const" in schema:
        return f"always {schema['const']}"
    if "enum" in schema:
        return "one of " + ", ".join(str(one) for one in schema["enum"])
    if schema.get("type") == "array":
        return f"a list, each {_about(_found(schema['items'], schemas), schemas)}"
    said = [KINDS.get(schema.get("type", ""), "anything")]
    if "maxLength" in schema:
        said.append(f"at most {schema['maxLength']:,} signs")
    if "pattern" in schema:
        said.append(f"matching {schema['pattern']}")
    if schema.get("examples"):
        said.append("such as " + ", ".join(str(one) for one in schema["examples"]))
    if schema.get("description") and schema.get("type") != "object":
        said.append(schema["description"])
    return "; ".join(said)
