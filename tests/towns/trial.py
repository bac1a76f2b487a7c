"""Trial: how well does who is who do on a town, imported and built as anybody would?"""

from pathlib import Path

from shuke.collect.ingestion import ingest
from tests.cases.desk import NOW, Desk
from tests.towns import town
from tests.towns.grading import Grade, graded

CURRENCIES = {"CN": "CNY", "GB": "GBP"}


def of_town(folder: Path, language: str, many: int, seed: int) -> Grade:
    """A town whose till, web shop and cards are imported."""
    return _tried(folder, language, town.write(folder, language, many, seed), ("till", "web", "cards"))


def of_register(folder: Path, language: str, seed: int) -> Grade:
    """Ten thousand names with birth dates, a thousand of them of people named before."""
    truth = town.register(folder / "list.csv", language, 9_000, 1_000, seed)
    return _tried(folder, language, truth, ("list",))


def _tried(folder: Path, language: str, truth: dict[str, int], sources: tuple[str, ...]) -> Grade:
    country = "CN" if language == "zh" else "GB"
    desk = Desk(folder)
    desk.at(country, CURRENCIES[country])
    for source in sources:
        ingest(desk.project, source, [folder / f"{source}.csv"], now=NOW)
    return graded({row["record"]: row["customer_id"] for row in desk.table("identities")}, truth)
