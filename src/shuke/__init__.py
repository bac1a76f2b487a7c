"""熟客 Shuke: the customer database that every company wishes it had.

import shuke

shop = shuke.init("shop", name="Mill Lane Tea", country="GB", currency="GBP", zone="Europe/London")
shuke.import_files(shop, "till", "exports/*.csv")
shuke.build(shop)
shuke.table(shop, "rfm")              a pandas frame
shuke.chart(shop, "retention")        its picture
shuke.customer(shop, "17850")         everything known of one customer
"""

import typing

if typing.TYPE_CHECKING:
    from shuke.notebook import (
        arrow,
        backtest,
        build,
        chart,
        customer,
        find,
        import_files,
        init,
        open_project,
        overview,
        recommend,
        segment,
        sql,
        table,
    )

__version__ = "0.1.0"

__all__ = [
    "arrow",
    "backtest",
    "build",
    "chart",
    "customer",
    "find",
    "import_files",
    "init",
    "open_project",
    "overview",
    "recommend",
    "segment",
    "sql",
    "table",
]


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


def __getattr__(name: str) -> typing.Any:
    if name not in __all__:
        raise AttributeError(f"module 'shuke' has no attribute {name!r}")
    from shuke import notebook  # engines and analyses, for which `import shuke` alone need not wait

    return getattr(notebook, name)
