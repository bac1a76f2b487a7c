"""Are the words of the demo company whole?"""

from shuke.demo import words


def test_every_character_of_a_name_has_its_pinyin():
    for names in (words.SURNAMES, words.GIVEN_MEN, words.GIVEN_WOMEN):
        for name in words.pairs(names):
            assert name["en"].isascii()
            assert not name["zh"].isascii()


def test_each_simplified_character_has_one_traditional_one():
    scripts = words.SCRIPTS.split()
    assert all(len(pair) == 2 and pair[0] != pair[1] for pair in scripts)
    assert len({pair[0] for pair in scripts}) == len(scripts)


def test_larger_cities_come_more_often():
    cities = [city["city"] for city in words.cities()]
    assert cities.count({"zh": "上海市", "en": "Shanghai"}) > cities.count({"zh": "昆明市", "en": "Kunming"})


def test_no_mail_can_ever_reach_anybody():
    assert all(domain.endswith((".example", "example.com", "example.org")) for domain in words.MAIL_DOMAINS)
