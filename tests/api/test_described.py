"""Does every route answer as the description of the API says, whatever it is asked?

Made from the description itself, so that a new route is tried without being listed.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi._compat import ModelField
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import iter_route_contexts
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from shuke.access.roles import Role
from shuke.builds import pipeline
from shuke.graph.catalogue import derived
from shuke.graph.names import LANDED
from shuke.tables import CANONICAL, Type
from tests.api.conftest import Caller

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
]  # fmt: skip

#: Of a route that asks nothing there is little to try.
TRIES, TRIES_OF_NOTHING = 3, 1

#: Too long for Python, or for eight bytes; no number; too large for an interval; outside the calendar once
#: the zone is counted; the end of a text; a way out; no digit; nothing; long; what means something elsewhere.
HOSTILE = (
    "9" * 4400, "9" * 30, "sNaN", "1e308", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "\0",
    "../../etc/passwd", "²", "", "x" * 6000, "a:eq:'\"%💩",
)  # fmt: skip
NUMBERS_AND_TIMES = HOSTILE[:6]
#: What no address can hold, but JSON can.
HALF = "\ud800"

DERIVED = derived()
HOLDING = ("purchases", "customers", f"{LANDED}people", f"{LANDED}exchange_rates", "rfm")


@pytest.fixture(autouse=True)
def nothing_is_built(monkeypatch: pytest.MonkeyPatch):
    """Builds are begun by the dozen here, and each would keep the machine for seconds."""
    monkeypatch.setattr(pipeline, "build", lambda *_, **__: None)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MARKETER, Role.VIEWER])
def test_every_answer_is_one_that_is_described(calling: Caller, role: Role):
    client = calling(role)
    described = schemathesis.openapi.from_dict(client.get("/api/openapi.json").json())
    described.app = client.app
    failed: list[str] = []
    for result in described.get_all_operations():
        assert isinstance(result, Ok)
        for mode in GenerationMode:
            failed += tried(result.ok(), mode, dict(client.headers))
    assert not failed, "\n\n".join(failed)


def test_every_answer_that_is_no_refusal_is_described_to_its_last_field(anybody: TestClient):
    described = anybody.get("/api/openapi.json").json()
    for path, method, operation in operations(described):
        told = {code: each for code, each in operation["responses"].items() if code.startswith("2")}
        assert told, (method, path)
        for answer in told.values():
            schema = answer["content"]["application/json"]["schema"]
            assert schema.keys() & {"properties", "items", "anyOf", "additionalProperties", "$ref"}, path


def tried(operation: APIOperation, mode: GenerationMode, headers: dict[str, str]) -> list[str]:
    """What is wrong with the answers to some calls of a kind."""
    asks = operation.body or operation.query or operation.path_parameters
    if not asks and mode is GenerationMode.NEGATIVE:
        return []
    found: list[str] = []

    @settings(
        max_examples=TRIES if asks else TRIES_OF_NOTHING,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
        database=None,
        derandomize=True,
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        try:
            case.validate_response(case.call(headers=headers), checks=CHECKS)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told with all others
            found.append(f"{operation.label}: {error!r}"[:2000])

    ask()
    return found


def test_every_number_that_an_address_names_has_its_bounds(anybody: TestClient):
    """Also of the pages, which are not in the description."""
    app = anybody.app
    assert isinstance(app, FastAPI)
    numbers = {
        f"{route.path}: {field.name}": f"{field.field_info.annotation} {field.field_info.metadata}"
        for route in iter_route_contexts(app.routes)
        for field in params(getattr(route, "dependant", None))
        if "int" in str(field.field_info.annotation)
    }
    assert len(numbers) > 20
    assert [where for where, told in numbers.items() if "Le(" not in told] == []


def params(dependant: Dependant | None) -> list[ModelField]:
    """What an endpoint, and what it depends on, reads of the address."""
    return get_flat_params(dependant) if dependant else []


@pytest.mark.parametrize("hostile", [*HOSTILE, HALF], ids=range(len(HOSTILE) + 1))
def test_nothing_that_a_program_may_say_breaks_the_server(calling: Caller, admin: TestClient, hostile: str):
    described = admin.get("/api/openapi.json").json()
    for path, method, operation in operations(described):
        for call in calls(described, path, operation, hostile):
            answer = admin.request(method, **call)
            assert answer.status_code < 500, (method, call, answer.text)
            assert str(answer.status_code) in operation["responses"] or "/" in hostile, (method, call)


@pytest.fixture(scope="module")
def admin(calling: Caller) -> TestClient:
    return calling(Role.ADMIN)


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def calls(
    described: dict[str, Any], path: str, operation: dict[str, Any], hostile: str
) -> Iterator[dict[str, Any]]:
    """One call for each place at which a value can be written, with that value there."""
    asked = operation.get("parameters", [])
    usual = {one["name"]: "1" for one in asked if one["in"] == "path"}
    needed = {one["name"]: "1" for one in asked if one["in"] == "query" and one.get("required")}
    body = example(described, body_of(operation))
    sent = {"json": body} if "json" in str(operation.get("requestBody")) else {}
    if hostile != HALF:
        for one in asked:
            inside = usual | ({one["name"]: quote(hostile, safe="")} if one["in"] == "path" else {})
            query = needed | ({one["name"]: hostile} if one["in"] == "query" else {})
            yield {"url": path.format(**inside), "params": query, **sent}
    for name in body if sent else ():
        for value in (hostile, [{"name": hostile, "at": hostile}] if name == "events" else [hostile]):
            text = json.dumps({**body, name: value})
            headers = {"Content-Type": "application/json"}
            yield {"url": path.format(**usual), "params": needed, "content": text, "headers": headers}


def body_of(operation: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    schema: dict[str, Any] = content.get("application/json", {}).get("schema", {})
    return schema


def example(described: dict[str, Any], schema: dict[str, Any]) -> Any:
    """The least that a schema takes."""
    if "$ref" in schema:
        return example(described, described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    if "anyOf" in schema:
        return example(described, schema["anyOf"][0])
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {name: example(described, one) for name, one in schema.get("properties", {}).items()}
        case "array":
            return [example(described, schema["items"])]
        case "integer":
            return schema.get("minimum", 1)
        case _:
            return "2026-01-01" if schema.get("format") else "x"


@pytest.mark.parametrize("kind", list(Type))
def test_no_value_that_a_column_is_compared_with_breaks_the_server(admin: TestClient, kind: Type):
    """As a condition of an address, in a table that has a column of that kind."""
    found = [(table, c.name) for table in HOLDING for c in declared(table) if c.type is kind]
    if not found:
        pytest.skip("no table of this shop has one")
    table, column = found[0]
    for hostile in NUMBERS_AND_TIMES:
        asked = [f"{column}:ge:{hostile}", f"{column}:in:{hostile}|{hostile}"]
        answer = admin.get(f"/api/tables/{table}", params={"filter": asked, "limit": 1})
        assert answer.status_code in (200, 400), (table, column, hostile, answer.text)


@pytest.mark.parametrize("hostile", NUMBERS_AND_TIMES, ids=range(len(NUMBERS_AND_TIMES)))
def test_no_answer_to_a_question_of_a_table_breaks_the_server(admin: TestClient, hostile: str):
    for parameter in DERIVED["lapsing"].parameters:
        answer = admin.get("/api/tables/lapsing", params={parameter: hostile, "limit": 1})
        assert answer.status_code in (200, 400), (parameter, answer.text)


def declared(table: str):
    return CANONICAL[table.removeprefix(LANDED)] if table.startswith(LANDED) else DERIVED[table].written
