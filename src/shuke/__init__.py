"""熟客 Shuke: the customer database that every company wishes it had."""

__version__ = "0.1.0"
