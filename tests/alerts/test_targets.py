"""Do people read whom or what a plan is for, and not how it is written in a table?"""

import pytest

from shuke.alerts.targets import in_words
from shuke.languages import speaking


@pytest.mark.parametrize(
    ("subject", "english", "chinese"),
    [
        ("cost_centre:Staff training", "Cost centre Staff training", "成本中心 Staff training"),
        ("store:S01 product:TEA", "Store S01 · Product TEA", "门店 S01 · 商品 TEA"),
        ("region:Kent: the coast", "Region Kent: the coast", "地区 Kent: the coast"),
        ("company", "Company", "全公司"),
        ("C0003058C1DE96A970D07", "C0003058C1DE96A970D07", "C0003058C1DE96A970D07"),
    ],
)
def test_a_subject_is_said_in_words(subject: str, english: str, chinese: str) -> None:
    with speaking("en"):
        assert in_words(subject) == english
    with speaking("zh"):
        assert in_words(subject) == chinese
