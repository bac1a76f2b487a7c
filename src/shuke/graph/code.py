"""Code: is what a module does decided by the same lines as before?

A digest covers a module's file, the data files beside it, and every module of Shuke that it imports, and so
on: imports inside functions count like those above them, and a package that imports whatever lies in it
depends on all of that.
"""

import os
import re
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from platform import python_version_tuple

#: The folder of the package, and what its modules are called by.
_ROOT = Path(__file__).resolve().parents[1]
_PACKAGE = _ROOT.name

#: `from shuke.a import b, c`, over several lines too, and `import shuke.a`. Parsing takes a hundred times
#: longer.
_IMPORTS = re.compile(
    rf"^[ \t]*(?:from[ \t]+({_PACKAGE}(?:\.\w+)*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]+)"
    rf"|import[ \t]+({_PACKAGE}(?:\.\w+)*))",
    re.MULTILINE,
)
#: In which folder of a project the company's own analyses lie.
OWN = "analyses"

#: How a package says that it imports whatever lies in it.
_OF_ALL = re.compile(r"\biter_modules\(__path__\)")
_DISTRIBUTION = re.compile(r"[\w.-]+")


def digest(path: Path) -> str:
    """Of the module in a file, and of all of Shuke that it depends on."""
    own = path.resolve()
    return sha256("".join(_content(file) for file in sorted({own} | _closure(own))).encode()).hexdigest()


def whole() -> str:
    """Of all of Shuke."""
    files = (Path(folder, name) for folder, _, names in os.walk(_ROOT) for name in names)
    told = sorted(_content(file) for file in files if file.suffix != ".pyc")
    return sha256("".join(told).encode()).hexdigest()


@cache
def libraries() -> str:
    """A digest of the versions of Python and of what Shuke requires, that of all those in turn among them."""
    found: dict[str, str] = {"python": ".".join(python_version_tuple()[:2])}
    todo = [_PACKAGE]
    while todo:
        name = todo.pop()
        if name not in found:
            try:
                told = distribution(name).metadata  # it is read anew whenever it is asked for
            except PackageNotFoundError:  # of another platform
                found[name] = "-"
                continue
            found[name] = "" if name == _PACKAGE else told["Version"]
            wanted = told.get_all("Requires-Dist") or ()
            # Of Shuke's own extras one computes tables, too.
            needed = (each for each in wanted if name == _PACKAGE or "extra ==" not in each)
            todo += [one.group().lower() for each in needed if (one := _DISTRIBUTION.match(each))]
    return sha256(repr(sorted(found.items())).encode()).hexdigest()


def _closure(path: Path) -> set[Path]:
    found: set[Path] = set()
    todo = [path]
    while todo:
        for imported in _imported(todo.pop()):
            if imported not in found:
                found.add(imported)
                todo.append(imported)
    return found


def _imported(path: Path) -> tuple[Path, ...]:
    return _imported_as(path, *_state(path)) if path.suffix == ".py" else ()


@cache
def _imported_as(path: Path, _modified: int, _size: int) -> tuple[Path, ...]:
    """The modules that a file imports, with the packages that they stand in but for the whole."""
    text = path.read_text("utf-8")
    beside = sorted(path.parent.glob("*.py")) if _OF_ALL.search(text) else ()
    return tuple(
        dict.fromkeys([*beside, *(file for n in sorted(imported_names(text)) for file in _files(n))])
    )


def imported_names(text: str) -> set[str]:
    """What a text imports of Shuke, modules or not: `shuke.a` and `shuke.a.b` of `from shuke.a import b`."""
    found: set[str] = set()
    for package, names, module in _IMPORTS.findall(text):
        plain = re.sub(r"#[^\n]*", "", names).strip("() \t\n")
        listed = (name.split() for name in plain.split(","))
        found |= {module or package, *(f"{package}.{words[0]}" for words in listed if words)}
    return found


@cache
def _files(name: str) -> tuple[Path, ...]:
    """The files that importing a module reads, but for the package's own; none of what is no module."""
    found: list[Path] = []
    place = _ROOT
    for part in name.split(".")[1:]:
        place /= part
        if place.with_suffix(".py").is_file():
            found.append(place.with_suffix(".py"))
        elif (place / "__init__.py").is_file():
            found += [place / "__init__.py", *_data(place)]
    return tuple(found)


@cache
def _data(package: Path) -> tuple[Path, ...]:
    """What lies below the folder of a package and is no code."""
    passed = {".py", ".pyc", ".typed"}
    return tuple(path for path in sorted(package.rglob("*")) if path.is_file() and path.suffix not in passed)


def _content(path: Path) -> str:
    """The digest of a file and its place, which is what it is imported by."""
    return _digest(path, *_state(path))


def _state(path: Path) -> tuple[int, int]:
    """A company's own analyses change while a server or a notebook runs."""
    told = path.stat()
    return told.st_mtime_ns, told.st_size


@cache
def _digest(path: Path, _modified: int, _size: int) -> str:
    where = path.relative_to(_ROOT) if path.is_relative_to(_ROOT) else path.name
    return f"{where} {sha256(path.read_bytes()).hexdigest()}\n"
