"""Addresses: what can be read at the doors, made from the routes themselves?"""

from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts


def readable(server: FastAPI, customer_id: str) -> list[str]:
    """Every address that can be read, with something that there is in each."""
    there = {"name": "rfm", "customer_id": customer_id, "file_format": "csv"}
    paths = (
        path.replace(":path", "").format(**{name: there.get(name, "1") for name in parameters})
        for path, parameters, methods in routes(server)
        if "GET" in methods
    )
    return [*paths, "/api/customers?q=Ann", "/api/identity/explain?a=till:T1&b=web:W1"]


def routes(server: FastAPI) -> Iterator[tuple[str, list[str], set[str]]]:
    """Path, the names of what stands in it, and methods of every route."""
    for route in iter_route_contexts(server.routes):
        yield route.path or "", list(route.param_convertors or {}), set(route.methods or ())
