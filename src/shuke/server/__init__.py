"""Console and API, composed into what answers at one address."""

from shuke.server.app import create_app

__all__ = ["create_app"]
