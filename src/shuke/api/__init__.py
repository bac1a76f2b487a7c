"""The HTTP API, for programs; the console stands on the same server."""

from shuke.api.server import create_app

__all__ = ["create_app"]
