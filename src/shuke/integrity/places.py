"""Places: where does a repair put what is damaged, so that nothing is deleted that somebody may want?"""

from itertools import count
from pathlib import Path

from shuke.app import Project
from shuke.store import disk


def set_aside(project: Project, path: Path) -> None:
    """Move a file or folder to data/damaged, under a name that nothing has there."""
    kept = disk.private(project.data / "damaged")
    name = "-".join(path.relative_to(project.data).parts)
    free = next(n for n in count(1) if not (kept / f"{n}-{name}").exists())
    path.rename(kept / f"{free}-{name}")
