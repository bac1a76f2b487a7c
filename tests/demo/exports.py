"""The demo company's files, read without Shuke: what does a plain reader find in them?"""

import csv
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from python_calamine import CalamineWorkbook

from shuke.demo import Company


@cache
def rows(company: Company, name: str, *, encoding: str = "utf-8") -> list[dict[str, str]]:
    """The rows of a CSV file, by header."""
    with path(company, name).open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=";" if name == "partner_list.csv" else ","))


@cache
def members(company: Company) -> list[list[str]]:
    """All rows of the members' sheet, whatever they are."""
    workbook = CalamineWorkbook.from_path(str(path(company, "members.xlsx")))
    return [[str(cell) for cell in row] for row in workbook.get_sheet_by_index(0).to_python()]


@cache
def truth(company: Company, name: str) -> list[dict[str, Any]]:
    return list(pq.read_table(company.truth / f"{name}.parquet").to_pylist())


def path(company: Company, name: str) -> Path:
    return next(file.path for file in company.files if file.path.name == name)
