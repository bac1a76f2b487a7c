"""Town: who lives in it, what do its three shops write down of them, and who is who in truth?"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

from tests.towns.names import composed, given, surname

SPELT = {
    "王": "wang", "李": "li", "张": "zhang", "刘": "liu", "陈": "chen", "杨": "yang", "黄": "huang", "赵": "zhao",
    "吴": "wu", "周": "zhou", "徐": "xu", "孙": "sun", "马": "ma", "朱": "zhu", "胡": "hu", "郭": "guo", "何": "he",
    "林": "lin", "高": "gao", "罗": "luo", "郑": "zheng", "梁": "liang", "谢": "xie", "宋": "song", "唐": "tang",
    "许": "xu", "韩": "han", "冯": "feng", "邓": "deng", "曹": "cao", "彭": "peng", "曾": "zeng", "肖": "xiao",
    "田": "tian",
}  # fmt: skip
MAILS = {"zh": ("163.com", "qq.com", "126.com"), "en": ("gmail.com", "hotmail.co.uk", "outlook.com")}


@dataclass(frozen=True)
class Person:
    family: str
    given: str
    sex: str
    born: date
    house: int
    phone: str
    email: str

    def name(self, language: str) -> str:
        return self.family + self.given if language == "zh" else f"{self.given} {self.family}"


def inhabitants(dice: Random, language: str, many: int) -> list[Person]:
    """Families of one to five in the houses of one street; phones from two blocks, one in forty used before."""
    people: list[Person] = []
    mails: dict[str, int] = {}
    numbers = iter(dice.sample(range(100_000), min(2 * many, 100_000)))
    house = 0
    while len(people) < many:
        house += 1
        family = surname(dice, language)
        for place in range(min(dice.choice((1, 1, 2, 2, 3, 4, 5)), many - len(people))):
            sex = dice.choice("MF")
            born = date(1945 + 25 * (place > 1), 1, 1) + timedelta(days=dice.randrange(35 * 365))
            used = people and dice.random() < 1 / 40
            phone = dice.choice(people).phone if used else _phone(dice, language, next(numbers))
            married = language == "zh" and place == 1
            own = surname(dice, language) if married else family
            name = given(dice, language, sex)
            people.append(
                Person(own, name, sex, born, house, phone, _email(dice, language, own, name, mails))
            )
    return people


def _phone(dice: Random, language: str, number: int) -> str:
    block = dice.choice(("13957", "18868") if language == "zh" else ("07700", "07911"))
    return f"{block}{number:06d}"


def _email(dice: Random, language: str, family: str, name: str, taken: dict[str, int]) -> str:
    """As providers make them: the name, and a number where it is taken."""
    local = (
        SPELT[family] + str(dice.randrange(1970, 2005)) if language == "zh" else f"{name}.{family}".lower()
    )
    domain = dice.choice(MAILS[language])
    taken[local + domain] = taken.get(local + domain, 0) + 1
    again = taken[local + domain]
    return f"{local}{again if again > 1 else ''}@{domain}"


def write(folder: Path, language: str, many: int, seed: int) -> dict[str, int]:
    """Three files into a folder; returns source:number -> which person it is."""
    dice = Random(seed)
    people = inhabitants(dice, language, many)
    truth: dict[str, int] = {}
    for source, chance in (("till", 0.6), ("web", 0.5), ("cards", 0.8)):
        with (folder / f"{source}.csv").open("w", encoding="utf-8", newline="") as file:
            rows = list(_records(dice, people, source, chance, language))
            dice.shuffle(rows)
            writer = csv.writer(file)
            writer.writerow(HEADINGS[source][language])
            for number, (who, cells) in enumerate(rows, start=1001):
                writer.writerow([number, *cells])
                truth[f"{source}:{number}"] = who
    return truth


HEADINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "till": {"en": ("customer id", "name", "mobile"), "zh": ("客户编号", "姓名", "手机号")},
    "web": {
        "en": ("customer id", "name", "email", "mobile", "address", "city"),
        "zh": ("客户编号", "姓名", "电子邮箱", "手机号", "地址", "城市"),
    },
    "cards": {
        "en": ("customer id", "name", "gender", "date of birth", "mobile"),
        "zh": ("客户编号", "姓名", "性别", "出生日期", "手机号"),
    },
}  # fmt: skip


def _records(
    dice: Random, people: list[Person], source: str, chance: float, language: str
) -> Iterator[tuple[int, list[str]]]:
    """Each person once, one in twenty-five twice, and one field in fifty mistyped or, of phones, left out."""
    for who, person in enumerate(people):
        if dice.random() < chance:
            times = 2 if dice.random() < 0.04 else 1
            for again in range(times):
                known = (
                    replace(person, email=f"a.{person.email}") if again and dice.random() < 0.3 else person
                )
                yield who, _cells(dice, known, source, language)


def _cells(dice: Random, person: Person, source: str, language: str) -> list[str]:
    street = f"文三路{person.house}号" if language == "zh" else f"{person.house} Mill Lane"
    town = "杭州市" if language == "zh" else "York"
    name, phone = _slip(dice, person.name(language), language), _slip(dice, person.phone, "digits")
    phone = "" if dice.random() < 0.02 else phone
    if source == "till":
        return [name, phone]
    if source == "web":
        return [name, _slip(dice, person.email, "en"), phone, _slip(dice, street, "digits"), town]
    sex = {"M": "男", "F": "女"}[person.sex] if language == "zh" else person.sex
    return [name, sex, _slip(dice, person.born.isoformat(), "digits"), phone]


def _slip(dice: Random, text: str, letters: str) -> str:
    """One field in fifty with one character mistyped; of Chinese names the last."""
    if dice.random() >= 0.02:
        return text
    if letters == "zh":
        return text[:-1] + dice.choice("丽莉力立利伟玮炜敏民静婧")
    places = [
        n for n, letter in enumerate(text) if (letter.isdigit() if letters == "digits" else letter.isalpha())
    ]
    place = dice.choice(places[1:] or places)
    other = dice.choice("0123456789" if letters == "digits" else "abcdefghijklmnopqrstuvwxyz")
    return text[:place] + other + text[place + 1 :]


def register(path: Path, language: str, many: int, twice: int, seed: int) -> dict[str, int]:
    """A list of names and birth dates alone, some people in it twice, one field in ten of these mistyped."""
    dice = Random(seed)
    people = [(surname(dice, language), composed(dice, language), _day(dice)) for _ in range(many)]
    rows = [(who, family, name, born.isoformat()) for who, (family, name, born) in enumerate(people)]
    rows += [(who, *_mistyped(dice, people[who], language)) for who in dice.sample(range(many), twice)]
    dice.shuffle(rows)
    headings = ("编号", "姓名", "出生日期") if language == "zh" else ("record id", "name", "birth date")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        for number, (_, family, name, born) in enumerate(rows, start=1):
            told = family + name if language == "zh" else f"{name} {family}"
            writer.writerow([number, told, born])
    return {f"list:{number}": who for number, (who, *_) in enumerate(rows, start=1)}


def _day(dice: Random) -> date:
    return date(1930, 1, 1) + timedelta(days=dice.randrange(80 * 365))


def _mistyped(dice: Random, person: tuple[str, str, date], language: str) -> tuple[str, str, str]:
    family, name, born = person
    told = [family, name, born.isoformat()]
    if dice.random() < 0.1:
        told[1] = (
            name[:-1] + dice.choice("丽莉力立利伟玮炜敏民") if language == "zh" else _swapped(dice, name)
        )
    if dice.random() < 0.1:
        digit = dice.choice((3, 6, 9))
        moved = told[2][:digit] + str((int(told[2][digit]) + 1) % 10) + told[2][digit + 1 :]
        told[2] = moved if _is_day(moved) else told[2]
    return told[0], told[1], told[2]


def _swapped(dice: Random, name: str) -> str:
    place = dice.randrange(1, len(name) - 1) if len(name) > 2 else 0
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :] if place else name


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
