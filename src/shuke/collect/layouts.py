"""Layouts: how are the columns of this very file to be read?"""

from typing import TYPE_CHECKING

from shuke.collect import mapping
from shuke.collect.mapping import Layout


def choose(project, source, sheet, engine, choices):  # type: ignore
    known = mapping.load(choices.mapping or project.mappings / f"{source}.toml")
    found = mapping.find(known, sheet.columns)
    assert found
    return found
