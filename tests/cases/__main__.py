"""Print what becomes of every case."""

import sys

from tests.cases import files, people, software  # noqa: F401 - they name the cases
from tests.cases.desk import ALL, CASES, outcome


def main(wanted: list[str]) -> int:
    """One line a case; the status is 1 where any is wrong."""
    if not CASES.is_dir():
        print("There are no cases beside this checkout.")
        return 0
    found = {}
    for name in ALL:
        if not wanted or any(name.startswith(word) for word in wanted):
            found[name] = outcome(name)
            print(f"{name:36} {found[name]}", flush=True)
    counts = [sum(told.startswith(word) for told in found.values()) for word in ("right", "asked", "wrong")]
    print("{} right, {} asked, {} wrong".format(*counts))
    return int(counts[-1] > 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
