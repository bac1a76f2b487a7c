"""Quoting: how do names and texts stand in SQL so that nothing in them is read as SQL?"""


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
