"""Fingerprint: what are the rows of a table a function of, in one line?

As Dagster tells code versions from data versions, and SQLMesh a model's own digest from its parents':

recipe         the code that a table depends on, the libraries, its declaration, the answers that somebody
               decided, and the recipes of the tables that it reads
fingerprint    all of that, the day, what was found and the fingerprints of what it reads, landed files among
               them, and the family of engines that computed it

Two tables of one fingerprint hold the same rows. What a table only remembers by is not counted: `kept_…`,
from which it goes on where that comes to the same; what it said itself in earlier builds, as long as these
follow one another; and tables that tell no more than what is new. What was learnt keeps, for as long as it
stays, the fingerprint of what it was learnt from (see `learnt`).
"""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from shuke.graph import code, landed, learnt
from shuke.graph.inputs import Inputs
from shuke.graph.landed import Landed
from shuke.graph.names import HISTORY, LANDED, LAST_BUILD, NEW, PREVIOUS, base_table, canonical, is_delta
from shuke.store.builds import LearntFrom, Manifest, TableRecord
from shuke.tables import Canonical, Derived
from shuke.tables import declared as tables_declared

#: Digits enough that no two tables of a project ever share them by chance.
_DIGITS = 32
_DIGITS_OF_PAST = 16


@dataclass(frozen=True, kw_only=True)
class Fingerprints:
    """The recipes and fingerprints of the tables of one run."""

    tables: Mapping[str, Derived]
    inputs: Inputs
    family: str  # of engines, which write the same rows alike
    previous: Manifest | None = None
    looked_at: dict[str, str] = field(default_factory=dict)  # tables of the previous build -> fingerprints
    _recipes: dict[str, str] = field(default_factory=dict, repr=False)
    _found: dict[str, str] = field(default_factory=dict, repr=False)

    def recipe(self, name: str) -> str:
        """That of a derived table; raises `KeyError` where none has the name."""
        if name not in self._recipes:
            step = self.tables[name]
            above = sorted({n for n in step.reads if n in self.tables})
            self._recipes[name] = _digest(self._own(step), *map(self.recipe, above))
        return self._recipes[name]

    def of(self, name: str) -> str:
        """That of a table, landed or derived, as a function that is not about identity reads it."""
        if name not in self._found:
            landed_ = canonical(name)
            self._found[name] = self._landed(landed_, whole=False) if landed_ else self._of(self.tables[name])
        return self._found[name]

    def learnt_from(self, name: str) -> LearntFrom | None:
        """What a table says that learns: what it was learnt from, in this build or in the one before."""
        step = self.tables.get(name)
        if step is None or not step.learns:
            return None
        stays = self._that_stays(step)
        return stays.learnt if stays else learnt.learnt_from(step, self.tables, self.inputs, self.family)

    def _of(self, step: Derived) -> str:
        stays = self._that_stays(step)
        return stays.fingerprint if stays else self._of_inputs(step)

    def _that_stays(self, step: Derived) -> TableRecord | None:
        """The table of the build before, where what was learnt for it still holds."""
        stood = self.previous.tables.get(step.name) if self.previous and step.learns else None
        if stood is None or stood.recipe != self.recipe(step.name):
            return None
        return stood if learnt.holds(stood, step, self.tables, self.inputs, self.family) else None

    def _of_inputs(self, step: Derived) -> str:
        read = (self._read(step, name) for name in step.reads)
        plain = _digest(
            self._own(step), self.family, repr(sorted(self.inputs.found(step).items())), *filter(None, read)
        )
        return self._carrying_over(step, plain) if step.carries_over else plain

    def _carrying_over(self, step: Derived, plain: str) -> str:
        """That of a table with a past: the previous build's if all else is the same, or else one after it."""
        stood = self.previous.tables.get(step.name) if self.previous else None
        if stood and stood.fingerprint.startswith(plain):
            return stood.fingerprint
        return f"{plain}-{_digest(stood.fingerprint if stood else '')[:_DIGITS_OF_PAST]}"

    def _read(self, step: Derived, name: str) -> str:
        """What a table that is read adds; nothing where it is only remembered by."""
        if name.startswith(PREVIOUS) or name in step.carries_over or self._is_delta(name):
            return ""
        declared = canonical(name)
        if declared and name.startswith((LANDED, HISTORY, NEW)):
            # All that is said, for what is new of it depends on when one last looked.
            return self._landed(declared, whole=step.is_identity)
        if name.startswith(LAST_BUILD):
            stood = self.previous.tables.get(base_table(name)) if self.previous else None
            self.looked_at[base_table(name)] = stood.fingerprint if stood else ""
            return f"{name} {self.looked_at[base_table(name)]}"
        return self.of(name)

    def _is_delta(self, name: str) -> bool:
        return name in self.tables and is_delta(self.tables[name])

    def landed(self, declared: Canonical, seen: Landed, *, whole: bool) -> str:
        """That of a landed table, of what is seen of it."""
        told = seen.fingerprint(declared, whole=whole)
        return _digest(self._reading, code.libraries(), repr(declared.schema), self.family, told)

    def _landed(self, declared: Canonical, *, whole: bool) -> str:
        key = f"{declared.name} {whole}"
        if key not in self._found:
            self._found[key] = self.landed(declared, self.inputs.landed, whole=whole)
        return self._found[key]

    @cached_property
    def _reading(self) -> str:
        """The digest of how landed rows are read, and tables written."""
        return _digest(*(code.digest(Path(file)) for file in (landed.__file__, tables_declared.__file__)))

    def _own(self, step: Derived) -> str:
        """What is the same of a table whatever has landed."""
        # A function that another one completes, as that of a rule, is what it is by its own lines.
        written = code.digest(Path(inspect.unwrap(step.function).__code__.co_filename))
        answers = repr(sorted(self.inputs.decided(step).items()))
        return _digest(
            self._reading,
            written,
            code.libraries(),
            step.name,
            repr(step.key),
            repr(step.schema),
            answers,
            step.definition,
        )


def _digest(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()[:_DIGITS]
