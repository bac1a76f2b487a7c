"""How well does who is who do on towns of these sizes? A size of 0 is a list of names and birth dates.

    python -m tests.towns 200 2000 --seeds 7101-7110

The seeds are for grading only; see docs/identity.md for what was looked at.
"""

import argparse
import tempfile
from pathlib import Path

from tests.towns.grading import Grade
from tests.towns.trial import of_register, of_town


def tried(language: str, many: int, seed: int) -> Grade:
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        return of_town(at, language, many, seed) if many else of_register(at, language, seed)


def main(sizes: list[int], seeds: range) -> None:
    print(f"{'of seeds ' + str(seeds[0]) + ' to ' + str(seeds[-1]):32} mean  least")
    for language in ("zh", "en"):
        for many in sizes:
            grades = [tried(language, many, seed) for seed in seeds]
            for measure in ("precision", "recall", "f1"):
                found = [getattr(grade, measure) for grade in grades]
                title = f"{language}, {f'town of {many:,}' if many else 'names and dates'}: {measure}"
                print(f"{title:30} {sum(found) / len(found):6.4f} {min(found):6.4f}", flush=True)


def _seeds(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


asked = argparse.ArgumentParser()
asked.add_argument("sizes", nargs="*", type=int, default=[200, 2_000, 0])
asked.add_argument("--seeds", type=_seeds, default=_seeds("77"))
main(**vars(asked.parse_args()))
