"""Comparisons: which agreements and disagreements speak for one customer, and how loudly?

The evidence model of Fellegi and Sunter (1969): each comparison of two records falls into one of its
levels, the first whose condition holds. `m` is how often the level is met among records of one customer, `u`
how often among those of two; it adds log2(m / u) to the weight. The figures here are where a build starts
from, and of people in a country's worth of others: u is measured in the records themselves, in every build,
and m learnt where there is enough to learn from (see `match_weights`).

Conditions are SQL that both engines understand, over the columns of `normalised_records` and what is derived
of them once for each record (see `scoring`), all with `_l` and `_r`; `similar(a, b)` stands for the
similarity of Jaro and Winkler. That and `levenshtein` are asked of plain Latin letters only: of others one
engine counts the characters, the other their bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from shuke.languages import Text


@dataclass(frozen=True)
class Level:
    """One outcome of a comparison.

    `rare` names what the two have in common, whose share among all then stands for u. What is `fixed` is a
    rule rather than a frequency: nothing is measured and nothing learnt; but m of a case `of` another level,
    to which one customer comes as often, is learnt with that one's. All who agree on what is `keyed` share a
    key and are compared, so that u is counted in all pairs rather than in a sample.
    """

    name: str
    title: Text
    condition: str
    m: float
    u: float
    rare: str | None = None
    fixed: bool = False
    of: str = ""
    keyed: bool = False


@dataclass(frozen=True)
class Comparison:
    """What two records say of one thing; of no weight where one of them is silent (`silent`)."""

    name: str
    title: Text
    columns: tuple[str, ...]
    silent: str
    levels: tuple[Level, ...]

    @property
    def rare(self) -> bool:
        """Whether at one of its levels it counts how rare that is which two have in common."""
        return any(level.rare for level in self.levels)

    def learnt(self, figures: Mapping[str, tuple[float, float]]) -> "Comparison":
        """The same comparison with other m and u, by the level's name."""
        levels = (
            replace(level, m=figures[level.name][0], u=figures[level.name][1])
            if level.name in figures
            else level
            for level in self.levels
        )
        return replace(self, levels=tuple(levels))


_BOTH_IN_CHARACTERS = "(hanzi_l is not null and hanzi_r is not null)"
_ONE_ADDRESS = "coalesce(street_l = street_r and coalesce(house_l, '') = coalesce(house_r, ''), false)"
_ONE_HOME = f"({_ONE_ADDRESS} or phone_l = phone_r or email_l = email_r)"
_ONE_APART = (
    "(length(hanzi_l) between 3 and 4 and length(hanzi_l) = length(hanzi_r) and "
    + " + ".join(
        f"case when substr(hanzi_l, {n}, 1) = substr(hanzi_r, {n}, 1) then 0 else 1 end" for n in (1, 2, 3, 4)
    )
    + " = 1)"
)
# Mark and Mary, of whom one is a man and the other a woman, are no slip of one another.
_OTHER_SEX = "coalesce(gender_l <> gender_r and given_l <> given_r, false)"
_OTHER_NAME = (
    f"({_OTHER_SEX} or ({_BOTH_IN_CHARACTERS} and given_l <> given_r and not {_ONE_APART})"
    f" or (not {_BOTH_IN_CHARACTERS} and similar(given_l, given_r) < 0.8))"
    " and not coalesce(national_id_l = national_id_r, false)"
)
_ONE_PART_ALIKE = " or ".join(
    f"similar({one}_l, {other}_r) >= 0.88" for one in ("given", "family") for other in ("given", "family")
)
_ELSE = "1 = 1"

_NAME = Comparison(
    "name",
    Text("Name", "姓名"),
    ("name", "hanzi", "given", "family", "sound", "gender"),
    "sound_l is null or sound_r is null",
    (
        # A home has one family name, and father and son may share the given name too: only that one counts.
        Level("namesake", Text("the same, at one address", "同址同名"),
              f"name_l = name_r and family_l is not null and given_l is not null and {_ONE_ADDRESS}",
              0.62, 0.01, "given", fixed=True, of="same"),
        Level("same", Text("the same", "相同"),
              "name_l = name_r and family_l is not null", 0.62, 5e-5, "name"),
        Level("sound", Text("the same in another script or order", "异写或换序后相同"),
              f"sound_l = sound_r and family_l is not null and not {_BOTH_IN_CHARACTERS}",
              0.08, 6e-5, "sound"),
        Level("homophone", Text("other characters, spoken alike", "同音异字"),
              f"sound_l = sound_r and {_BOTH_IN_CHARACTERS}", 0.02, 2e-4, "sound"),
        Level("close", Text("a slip apart", "仅差一处笔误"),
              f"not {_BOTH_IN_CHARACTERS} and not {_OTHER_SEX}"
              " and length(sound_l) > 5 and length(sound_r) > 5 and ("
              "(family_l = family_r and similar(given_l, given_r) >= 0.88)"
              " or (given_l = given_r and similar(family_l, family_r) >= 0.88)"
              " or (similar(given_l, given_r) >= 0.9 and similar(family_l, family_r) >= 0.9)"
              " or (similar(given_l, family_r) >= 0.9 and similar(family_l, given_r) >= 0.9))", 0.16, 1e-4),
        Level("initial", Text("an initial for the given name", "名为首字母缩写"),
              "family_l = family_r and (length(given_l) = 1 or length(given_r) = 1)"
              " and substr(given_l, 1, 1) = substr(given_r, 1, 1)", 0.02, 4e-4, "family"),
        Level("part", Text("one tells only a part of it", "一方仅有部分姓名"),
              "(family_l is null or family_r is null or given_l is null or given_r is null) and ("
              "coalesce(given_l, family_l) in (given_r, family_r)"
              " or coalesce(given_r, family_r) in (given_l, family_l))", 0.03, 6e-3),
        # Families agree on so much that no sum of frequencies tells their members apart: a rule does.
        # Few pairs share a home: that is asked first.
        Level("twin", Text("another given name at one home, born on one day", "同住同日生而异名"),
              f"birth_l = birth_r and {_ONE_HOME} and {_OTHER_NAME}", 1e-11, 1.0, fixed=True),
        Level("household", Text("another given name at one home or phone", "同址、同号或同邮箱而异名"),
              f"{_ONE_HOME} and {_OTHER_NAME}", 1e-12, 1.0, fixed=True),
        # Brothers and sisters have one in common.
        Level("sibling", Text("one character of three differs, at one home", "同住或同号而三字中一字不同"),
              f"{_ONE_HOME} and given_l <> given_r and {_ONE_APART}", 0.01, 0.02, fixed=True, of="character"),
        Level("character", Text("one character of three differs", "三字中一字不同"),
              f"given_l <> given_r and {_ONE_APART}", 0.01, 1.5e-3),
        Level("given", Text("only the given name", "仅名相同"),
              "given_l = given_r", 0.03, 5e-3, "given"),
        Level("family", Text("only the family name", "仅姓相同"),
              "family_l = family_r", 0.02, 1.5e-2, "family"),
        Level("like", Text("a likeness", "略相似"),
              f"not {_BOTH_IN_CHARACTERS} and (similar(sound_l, sound_r) >= 0.85 or {_ONE_PART_ALIKE})",
              0.015, 5e-3),
        Level("else", Text("different", "不同"), _ELSE, 0.004, 0.95),
    ),
)  # fmt: skip

_BIRTH = Comparison(
    "birth_date",
    Text("Birth date", "出生日期"),
    ("birth",),
    "birth_l is null or birth_r is null",
    (
        Level("same", Text("the same", "相同"), "birth_l = birth_r", 0.87, 5e-5, "birth_date"),
        Level("slip", Text("one digit or day and month swapped", "一位数字之差或日月颠倒"),
              "levenshtein(birth_l, birth_r) = 1 or (substr(birth_l, 1, 4) = substr(birth_r, 1, 4)"
              " and substr(birth_l, 5, 2) = substr(birth_r, 7, 2)"
              " and substr(birth_l, 7, 2) = substr(birth_r, 5, 2))", 0.06, 1.2e-3),
        Level("near", Text("two digits differ", "两位数字之差"),
              "levenshtein(birth_l, birth_r) = 2", 0.02, 2e-2),
        Level("else", Text("different", "不同"), _ELSE, 0.01, 0.97),
    ),
)  # fmt: skip

_GENDER = Comparison(
    "gender",
    Text("Gender", "性别"),
    ("gender",),
    "gender_l is null or gender_r is null",
    (
        Level("same", Text("the same", "相同"), "gender_l = gender_r", 0.98, 0.5),
        Level("else", Text("different", "不同"), _ELSE, 0.02, 0.5),
    ),
)

_PHONE = Comparison(
    "phone",
    Text("Phone", "电话"),
    ("phone",),
    "phone_l is null or phone_r is null",
    (
        Level("same", Text("the same", "相同"), "phone_l = phone_r", 0.7, 2e-6, "phone", keyed=True),
        # Numbers of one place come in rows: only many records tell how seldom two are that near.
        Level(
            "slip",
            Text("one digit differs", "一位数字之差"),
            "levenshtein(phone_l, phone_r) = 1",
            0.04,
            5e-3,
        ),
        Level("else", Text("different", "不同"), _ELSE, 0.26, 0.99997),
    ),
)

# Of one provider the rest differs by as much as the whole, and is told sooner.
_NEAR = (
    "abs(length(email_l) - length(email_r)) <= 2 and case when host_l = host_r"
    " then levenshtein(mailbox_l, mailbox_r) else levenshtein(email_l, email_r) end <= 2"
)
_OF_A_NAME = "(of_a_name_l or of_a_name_r)"
_EMAIL = Comparison(
    "email",
    Text("E-mail", "电子邮箱"),
    ("email", "letters", "mailbox", "host", "of_a_name"),
    "email_l is null or email_r is null",
    (
        Level("same", Text("the same", "相同"), "email_l = email_r", 0.65, 2e-6, "email", keyed=True),
        # Addresses are made of a name and a number: two people of one name differ by number and sign.
        Level("number", Text("only digits and signs differ", "仅数字或符号不同"),
              "letters_l = letters_r and mailbox_l <> mailbox_r", 0.01, 0.2, fixed=True),
        # An address that is made of a name is like another one for as little as that, be it mistyped in one.
        Level("alike", Text("made of the name, one or two letters differ", "由姓名构成，一两个字母之差"),
              f"{_OF_A_NAME} and {_NEAR}", 0.1, 0.1, fixed=True),
        Level("slip", Text("one or two letters differ", "一两个字母之差"),
              f"not {_OF_A_NAME} and {_NEAR}", 0.08, 6e-6),  # so that each pair is measured once
        # And many of one name have it at another provider.
        Level("local", Text("the same before the @", "@ 前相同"),
              "length(mailbox_l) > 4 and mailbox_l = mailbox_r", 0.05, 0.01, fixed=True),
        Level("else", Text("different", "不同"), _ELSE, 0.2, 0.9999),
    ),
)  # fmt: skip

_NATIONAL_ID = Comparison(
    "national_id",
    Text("Identity number", "证件号码"),
    ("national_id",),
    "national_id_l is null or national_id_r is null",
    (
        Level("same", Text("the same", "相同"), "national_id_l = national_id_r", 0.85, 2e-6),
        Level("slip", Text("one or two characters differ", "一两位之差"),
              "length(national_id_l) >= 6 and (levenshtein(national_id_l, national_id_r) = 1"
              " or (length(national_id_l) = length(national_id_r)"
              " and levenshtein(national_id_l, national_id_r) = 2))",
              0.1, 5e-5),
        Level("else", Text("different", "不同"), _ELSE, 0.05, 0.9999),
    ),
)  # fmt: skip

_ADDRESS = Comparison(
    "address",
    Text("Address", "地址"),
    ("street", "house", "postcode", "district", "city", "region"),
    "coalesce(street_l, postcode_l, city_l, region_l) is null"
    " or coalesce(street_r, postcode_r, city_r, region_r) is null"
    " or (coalesce(street_l, street_r) is null and coalesce(postcode_l, postcode_r) is null"
    " and (city_l is null or city_r is null) and (region_l is null or region_r is null))",
    (
        Level("same", Text("the same", "相同"),
              "street_l = street_r and house_l = house_r and (postcode_l = postcode_r or city_l = city_r)",
              0.42, 2e-6, "home"),
        Level("house", Text("the same house", "同门牌"),
              "street_l = street_r and coalesce(house_l, '') = coalesce(house_r, '')", 0.06, 5e-6),
        Level("close", Text("a slip apart", "仅差一处笔误"),
              "similar(street_l, street_r) >= 0.88 and coalesce(house_l, '') = coalesce(house_r, '')"
              " and (coalesce(house_l, '') <> '' or city_l = city_r or postcode_l = postcode_r)",
              0.1, 1e-5),
        Level("street", Text("the same street", "同街道"), "street_l = street_r", 0.08, 2e-4),
        Level("postcode", Text("the same postcode", "同邮编"),
              "postcode_l = postcode_r", 0.06, 1e-3),
        Level("district", Text("the same district", "同区县"),
              "district_l = district_r and city_l = city_r", 0.06, 3e-3),
        Level("city", Text("the same town", "同城市"), "city_l = city_r", 0.1, 2e-2),
        Level("region", Text("the same province", "同省份"), "region_l = region_r", 0.05, 9e-2),
        Level("else", Text("elsewhere", "不同"), _ELSE, 0.07, 0.88),
    ),
)  # fmt: skip

PERSON = (_NAME, _BIRTH, _GENDER, _PHONE, _EMAIL, _NATIONAL_ID, _ADDRESS)

_ORGANISATION = Comparison(
    "organisation",
    Text("Name of the organisation", "单位名称"),
    ("organisation",),
    "organisation_l is null or organisation_r is null",
    (
        Level("same", Text("the same", "相同"),
              "organisation_l = organisation_r", 0.55, 1e-4, "organisation"),
        Level("close", Text("a slip apart", "仅差一处笔误"),
              "levenshtein(organisation_l, organisation_r) <= 2 and length(organisation_l) >= 8", 0.12, 1e-4),
        Level("inside", Text("one holds the other", "一方包含另一方"),
              "length(organisation_l) >= 4 and length(organisation_r) >= 4"
              " and (organisation_l like organisation_r || '%'"
              " or organisation_r like organisation_l || '%')",
              0.12, 6e-4),
        Level("like", Text("a likeness", "略相似"),
              "levenshtein(organisation_l, organisation_r)"
              " <= 0.25 * greatest(length(organisation_l), length(organisation_r))", 0.1, 1e-3),
        Level("else", Text("different", "不同"), _ELSE, 0.1, 0.996),
    ),
)  # fmt: skip

_TAX_ID = replace(_NATIONAL_ID, name="tax_id", title=Text("Tax number", "税号"))

# Switchboards come in rows of numbers, and a branch has its own place and not its own telephone.
_SWITCHBOARD = _PHONE
_SITE = _ADDRESS.learnt(
    {"postcode": (0.03, 2e-3), "city": (0.01, 5e-2), "region": (0.003, 1e-1), "else": (5e-4, 0.85)}
)

ORGANISATION = (_ORGANISATION, _SWITCHBOARD, _EMAIL, _TAX_ID, _SITE)

#: What people and organisations are compared by.
COMPARISONS = {"person": PERSON, "organisation": ORGANISATION}
