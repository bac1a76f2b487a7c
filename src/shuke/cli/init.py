"""Init: which company is this, and where does it do business?"""

import os
import sys
from pathlib import Path
from shlex import quote
from typing import Annotated, Any

import typer
from babel.core import get_global
from babel.numbers import get_territory_currencies

from shuke import app as projects
from shuke.cli import language, output
from shuke.languages import LANGUAGES, N_, _
from shuke.settings import FILE, Settings

app = typer.Typer()

#: Where most of a country's people are, in countries with several zones. For the others there is one answer.
MAIN_ZONES = {
    "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto", "CL": "America/Santiago", "CN": "Asia/Shanghai", "DE": "Europe/Berlin",
    "ES": "Europe/Madrid", "ID": "Asia/Jakarta", "KZ": "Asia/Almaty", "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur", "NZ": "Pacific/Auckland", "PT": "Europe/Lisbon", "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv", "US": "America/New_York", "UZ": "Asia/Tashkent",
}  # fmt: skip
CHINESE = ("CN", "TW", "HK", "MO", "SG")


@app.command()
def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help=_("A folder without a project; created if missing."))
    ],
    *,
    name: Annotated[str | None, typer.Option(help=_("The company."))] = None,
    country: Annotated[str | None, typer.Option(help=_("Two letters, such as CN or GB."))] = None,
    currency: Annotated[str | None, typer.Option(help=_("Three letters, such as CNY or GBP."))] = None,
    zone: Annotated[str | None, typer.Option(help=_("The time zone, such as Asia/Shanghai."))] = None,
    speaks: Annotated[str | None, typer.Option("--language", help=_("en or zh."))] = None,
) -> None:
    """Make a project. What is not given is asked on a terminal, and taken by default elsewhere."""
    given = {"name": name, "country": country, "currency": currency, "zone": zone, "language": speaks}
    settled: dict[str, Any] = {**_settle(folder, given)}
    project = projects.init(folder, Settings(**settled))
    output.note(_("{folder} is ready. Its settings are in {file}.").format(folder=project.root, file=FILE))
    output.note(_("Next: cd {folder} && shuke import SOURCE FILE").format(folder=quote(str(folder))))


def _settle(folder: Path, given: dict[str, str | None]) -> dict[str, str]:
    """Every setting: as given, as answered, or by default."""
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    settled: dict[str, str] = {}
    for key, value in given.items():
        proposed = value or _default(key, folder, settled)
        if value is None and terminal:
            proposed = str(typer.prompt(_(QUESTIONS[key]), default=proposed)).strip()
        elif value is None:
            output.note(_("{key} = {value} (by default)").format(key=key, value=proposed))
        settled[key] = proposed.upper() if key in ("country", "currency") else proposed
    return settled


QUESTIONS = {
    "name": N_("The company's name"),
    "country": N_("Its country, in two letters"),
    "currency": N_("The currency of its figures"),
    "zone": N_("The time zone in which its days begin"),
    "language": N_("The language of its files, en or zh"),
}


def _default(key: str, folder: Path, settled: dict[str, str]) -> str:
    country = settled.get("country", "").upper()
    if key == "name":
        return folder.resolve().name
    if key == "country":
        return _country()
    if key == "currency":
        return str(next(iter(get_territory_currencies(country)), Settings.currency))
    if key == "zone":
        zones = get_global("territory_zones").get(country, [Settings.zone])
        return MAIN_ZONES.get(country, str(zones[0]))
    return LANGUAGES[country in CHINESE]


def _country() -> str:
    """That of the machine's locale (en_GB.UTF-8), else that of its language."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    territory = next((name for name in names if name), "").partition(".")[0].partition("_")[2]
    if len(territory) == 2 and territory.isalpha():
        return territory.upper()
    return Settings.country if language(os.environ) == "zh" else "GB"
