"""Keys: is every row of a written table the only one of its key?"""

from collections.abc import Sequence


def offending(rows: str, names: Sequence[str]) -> str:
    """SQL of every engine that counts the keys that come twice or lack a part; `names` are quoted.

    It is asked of each table of a build, and of a small one it would take longer to have Ibis write it.
    """
    key = ", ".join(names)
    lacking = "".join(f" OR {name} IS NULL" for name in names)
    return f"SELECT count(*) FROM (SELECT {key} FROM {rows} GROUP BY {key} HAVING count(*) > 1{lacking})"
