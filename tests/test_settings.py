import re
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest

from shuke import settings
from shuke.errors import UnknownProject, WrongSettings
from shuke.settings import Settings
from tests.mistaken import mistaken


def written(folder: Path, text: str) -> Path:
    (folder / "shuke.toml").write_text(text, "utf-8")
    return folder


def test_what_is_saved_is_loaded_again(tmp_path):
    told = Settings(
        name='Lee & "Sons" 茶行', country="GB", currency="GBP", zone="Europe/London", language="en"
    )
    text = settings.written(told)
    assert settings.load(written(tmp_path, text)) == told
    assert "# where days and months begin" in text


def test_all_that_is_decided_is_kept(tmp_path):
    told = Settings(
        name="Shop", database="postgresql://db/shop", memory="1GB", builds_kept=3,
        tables={"lapsing": {"grace": 1.5, "min_gaps": 4}, "purchases": {"shipping": ["post", "运费"]}},
    )  # fmt: skip
    assert settings.load(written(tmp_path, settings.written(told))) == told


def test_only_a_name_is_needed(tmp_path):
    assert settings.load(written(tmp_path, 'name = "Shop"')) == Settings(name="Shop")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('name = "Shop"\ncurrency = "XXY"', "currency = 'XXY' cannot be used. Accepted, for example: CNY"),
        ('name = "Shop"\nzone = "Mars/Base"', "zone = 'Mars/Base'"),
        ('name = "Shop"\nzone = "../../etc/passwd"', "zone = "),
        ('name = "Shop"\ncountry = "England"', "country = 'England'"),
        ('name = "Shop"\nlanguage = "fr"', "language = 'fr'"),
        ('name = "Shop"\nbuilds_kept = 0', "builds_kept = 0"),
        ('name = "Shop"\nrequire_encryption = "yes"', "require_encryption = 'yes'"),
        ('name = "Shop"\nbuilds_kept = "seven"', "builds_kept = 'seven'"),
        ('name = "Shop"\nmemory = "much"', "memory = 'much'"),
        ('name = "Shop"\n[tables]\nlapsing = 2.0', "[tables.lapsing] grace = 2.0"),
        ('name = "Shop"\ncurency = "CNY"', "curency"),
        ('currency = "CNY"', "does not give the company's name"),
        ("name = ", "is not valid TOML"),
    ],
)
def test_what_cannot_be_is_refused_with_what_could(tmp_path, text, complaint):
    with pytest.raises(WrongSettings, match=re.escape(complaint)):
        settings.load(written(tmp_path, text))


def test_whatever_stands_anywhere_in_the_settings_is_used_or_refused(tmp_path):
    whole = Settings(
        name="Shop", database="postgresql://db/shop", analyses=("rfm",), tables={"lapsing": {"grace": 1.5}}
    )
    said = tomllib.loads(settings.written(whole)) | {"memory": "1GB", "zone": "x" * 999}
    for text in mistaken(said):
        with suppress(WrongSettings):
            used = settings.load(written(tmp_path, text))
            assert used.digest and settings.written(used)


def test_where_nothing_is_there_is_no_project(tmp_path):
    with pytest.raises(UnknownProject, match="shuke init"):
        settings.load(tmp_path)


def test_the_digest_is_of_what_rows_depend_on_and_of_nothing_else(tmp_path):
    plain = Settings(name="Shop")
    assert Settings(name="Other", engine="local[2]", memory="1GB", builds_kept=3).digest == plain.digest
    told = {"lapsing": {"grace": 1.0, "lost": 2.0}, "rfm": {}}
    turned = {"rfm": {}, "lapsing": {"lost": 2.0, "grace": 1.0}}
    digests = {
        s.digest for s in (plain, Settings(name="Shop", tables=told), Settings(name="Shop", currency="EUR"))
    }
    few = Settings(name="Shop", analyses=("rfm",)).digest
    assert len(digests | {few}) == 4
    assert Settings(name="Shop", tables=told).digest == Settings(name="Shop", tables=turned).digest


def test_analyses_are_named_in_a_list(tmp_path):
    text = settings.written(Settings(name="Shop", analyses=("rfm", "retention")))
    assert settings.load(written(tmp_path, text)).analyses == ("rfm", "retention")
    assert Settings(name="Shop").analyses is None
    for wrong in ("rfm", 3, ["rfm", 3]):
        with pytest.raises(WrongSettings, match=r"analyses = .* cannot be used.*\[\"rfm\", \"retention\"\]"):
            Settings(name="Shop", analyses=wrong)  # type: ignore[arg-type]
