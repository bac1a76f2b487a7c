"""By what is a customer found, by whom, and in which order?"""

import pytest

from shuke import app
from shuke.app import Project
from shuke.builds import pipeline
from shuke.views.find import find
from shuke.views.viewer import Viewer
from tests import shop
from tests.few_tables import FEW, only
from tests.landing import land

PEOPLE = {
    "F1": "張偉", "F2": "Zhao Lei", "F3": "欧阳娜娜", "F4": "Jürgen Müller", "F5": "ANN FOX",
    "F6": "O'Neil, Shaun", "F7": "单小红", "F8": "吕布", "F9": "José García-Pérez", "F10": "张伟民",
    "F11": "Mueller GmbH",
}  # fmt: skip


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """People whose names are written in many ways; each has a phone that ends in 5 and their number."""
    project = app.init(tmp_path_factory.mktemp("crowd") / "shop", shop.SETTINGS)
    numbers = {who: f"+44 7700 90{int(who[1:]) + 5000:04}" for who in PEOPLE}
    people = [
        {"record_id": who, "organisation" if who == "F11" else "name": name} for who, name in PEOPLE.items()
    ]
    phones = [{"record_id": who, "kind": "phone", "value": number} for who, number in numbers.items()]
    emails = [{"record_id": "F5", "kind": "email", "value": "ANN.FOX@Example.com"}]
    land(project, "club", people=people, identifiers=phones + emails)
    with only(*FEW, "search_names"):
        pipeline.build(project, now=shop.NOW, as_of=shop.AS_OF)
    return project


def found(project: Project, text: str, viewer: Viewer) -> list[str]:
    """The names and organisations of those found, in their order."""
    return [row["name"] or row["organisation"] for row in find(project, text, viewer=viewer)]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("张伟", {"張偉", "张伟民"}), ("張偉", {"張偉", "张伟民"}), ("张 伟", {"張偉", "张伟民"}),
        ("zhangwei", {"張偉", "张伟民"}), ("Zhang  WEI", {"張偉", "张伟民"}),
        ("wei zhang", {"張偉"}),
        ("zw", {"張偉", "张伟民"}), ("ZWM", {"张伟民"}), ("赵磊", {"Zhao Lei"}), ("趙磊", {"Zhao Lei"}),
        ("zl", {"Zhao Lei"}), ("娜娜", {"欧阳娜娜"}),
        ("oynn", {"欧阳娜娜"}), ("ouyang", {"欧阳娜娜"}), ("shan xiaohong", {"单小红"}), ("sxh", {"单小红"}),
        ("lü bu", {"吕布"}), ("lvbu", {"吕布"}), ("lubu", {"吕布"}),
        ("müller", {"Jürgen Müller", "Mueller GmbH"}), ("MUELLER", {"Jürgen Müller", "Mueller GmbH"}),
        ("Muller", {"Jürgen Müller", "Mueller GmbH"}), ("ann fox", {"ANN FOX"}), ("Fox, Ann", {"ANN FOX"}),
        ("fox", {"ANN FOX"}), ("af", {"ANN FOX"}), ("oneil", {"O'Neil, Shaun"}),
        ("shaun o'neil", {"O'Neil, Shaun"}),
        ("jose perez", {"José García-Pérez"}), ("GARCIA", {"José García-Pérez"}),
        ("ann.fox@EXAMPLE.com", {"ANN FOX"}), ("f5", {"ANN FOX"}), ("CLUB:F5", {"ANN FOX"}),
        ("5004", {"Jürgen Müller"}), ("07700 905004", {"Jürgen Müller"}), ("0 5004", {"Jürgen Müller"}),
        ("900 500 4", set()), ("90-5004", {"Jürgen Müller"}), ("004", set()), ("|", set()), ("zzz", set()),
        ("hang", set()),
    ],
)  # fmt: skip
def test_people_are_found_in_any_script_and_spelling_and_by_a_part_of_their_phone(crowd, owner, text, who):
    assert set(found(crowd, text, owner)) == who


def test_whose_name_it_is_comes_first(crowd: Project, owner: Viewer):
    assert found(crowd, "zhangwei", owner) == found(crowd, "zw", owner) == ["張偉", "张伟民"]
    assert found(crowd, "bu", owner)[0] == "吕布"


@pytest.mark.parametrize(
    "text", ["张伟", "zhangwei", "zw", "5004", "77009", "fox", "ann.fox@example.com", "F5"]
)
def test_nothing_masked_can_be_searched_by(crowd: Project, stranger: Viewer, text: str):
    assert found(crowd, text, stranger) == []


def test_an_organisation_is_found_by_whoever_may_see_it(crowd: Project, stranger: Viewer):
    assert found(crowd, "mueller", stranger) == ["Mueller GmbH"]
