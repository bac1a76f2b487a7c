"""熟客 Shuke: the customer database that every company wishes it had."""

from shuke.version import __version__

__all__ = ["__version__"]
