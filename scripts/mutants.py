"""Mutants: which tests notice when the code is broken on purpose?

    python -m scripts.mutants [WORD...]     all mutations, or those whose file or description has a word in it

Each of `scripts/mutations.py` is made in a copy of the checkout, and the tests that it names are run there.
One that no test notices, or that keeps tests from being run at all, survives: exit status 1.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from scripts.mutations import MUTATIONS, Mutation

ROOT = Path(__file__).resolve().parent.parent

#: What pytest's exit status says: some failed; anything but 0 and 1 is no verdict.
_FAILED = 1


#: What DuckDB's run of a test does not notice Spark's would after half a minute.
_WITHOUT = ("-k", "not spark")


@dataclass(frozen=True)
class Verdict:
    """What became of a mutation."""

    status: int
    noticed: tuple[str, ...]  # tests that failed

    @property
    def is_dead(self) -> bool:
        return self.status == _FAILED and bool(self.noticed)


def main() -> None:
    words = sys.argv[1:]
    asked = [m for m in MUTATIONS if not words or any(w in m.file or w in m.what for w in words)]
    with tempfile.TemporaryDirectory(prefix="shuke-mutants-") as folder:
        copy = _copied(Path(folder) / "shuke")
        verdicts = {mutation: _tried(copy, mutation) for mutation in asked}
    survivors = [mutation for mutation, verdict in verdicts.items() if not verdict.is_dead]
    print(f"{len(asked) - len(survivors)} of {len(asked)} were noticed.")
    sys.exit(bool(survivors) or not asked)


def _copied(target: Path) -> Path:
    """The checkout as it stands, what git does not know left out."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(
        listed, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines():
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


def _tried(copy: Path, mutation: Mutation) -> Verdict:
    path = copy / "src" / "shuke" / mutation.file
    whole = path.read_text("utf-8")
    path.write_text(whole.replace(mutation.old, mutation.new), "utf-8")
    try:
        verdict = _verdict(copy, mutation)
    finally:
        path.write_text(whole, "utf-8")
    _tell(mutation, verdict)
    return verdict


def _verdict(copy: Path, mutation: Mutation) -> Verdict:
    options = ["-q", "--tb=no", "-p", "no:cacheprovider", *_WITHOUT]
    said = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *mutation.tests],
        cwd=copy, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    return Verdict(said.returncode, tuple(re.findall(r"^FAILED (\S+)", said.stdout, re.MULTILINE)))


def _tell(mutation: Mutation, verdict: Verdict) -> None:
    fate = "noticed" if verdict.is_dead else "SURVIVED"
    print(f"{fate:9} {mutation.file}: {mutation.what}")
    for test in verdict.noticed[:3]:
        print(f"          by {test}")
    if len(verdict.noticed) > 3:
        print(f"          and {len(verdict.noticed) - 3} more")
    if not verdict.is_dead and verdict.status > _FAILED:
        print(f"          pytest ended with status {verdict.status}: the tests did not run")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
