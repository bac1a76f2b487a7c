"""Goods: what does the demo company sell, and what goes with what?"""

from dataclasses import dataclass

#: after each category its products: Chinese | English | list price in yuan | number of its companion there
RANGE = """
# 食品/茶叶 Food/Tea
龙井绿茶 | Longjing green tea | 168 | 5
铁观音 | Tieguanyin oolong | 138 | 6
普洱茶饼 | Pu'er tea cake | 228 | 7
茉莉花茶 | Jasmine tea | 68 |
玻璃茶壶 | Glass teapot | 129 |
紫砂茶杯 | Clay tea cup | 59 |
茶刀 | Tea pick | 25 |
# 食品/咖啡 Food/Coffee
意式咖啡豆 | Espresso beans | 98 | 4
云南咖啡豆 | Yunnan beans | 88 | 4
挂耳咖啡 | Drip bags | 59 |
滤纸 | Filter papers | 19 |
手冲壶 | Gooseneck kettle | 199 |
燕麦奶 | Oat milk | 25 |
# 食品/粮油调味 Food/Pantry
东北大米 | Northeast rice | 69 |
挂面 | Dried noodles | 15 | 5
速冻水饺 | Frozen dumplings | 32 | 4
香醋 | Zhenjiang vinegar | 12 |
辣椒酱 | Chilli sauce | 16 |
花生油 | Peanut oil | 89 |
火锅底料 | Hotpot base | 22 | 8
芝麻酱 | Sesame paste | 18 |
# 食品/零食 Food/Snacks
坚果礼盒 | Nut gift box | 158 |
牛肉干 | Beef jerky | 49 |
海苔 | Seaweed crisps | 16 |
薯片 | Potato crisps | 12 | 5
可乐 | Cola | 6 |
黑巧克力 | Dark chocolate | 39 |
# 母婴/婴儿护理 Baby/Care
纸尿裤 | Nappies | 119 | 2
婴儿湿巾 | Baby wipes | 29 |
婴儿奶粉 | Infant formula | 329 | 4
奶瓶 | Feeding bottle | 79 |
婴儿润肤露 | Baby lotion | 65 |
爬行垫 | Play mat | 259 |
# 家居/床品 Home/Bedding
记忆枕 | Memory pillow | 189 | 2
枕套 | Pillowcase | 45 |
四件套 | Bedding set | 399 |
羽绒被 | Down quilt | 1299 | 5
被套 | Quilt cover | 169 |
毛毯 | Wool blanket | 359 |
# 家居/厨房 Home/Kitchen
炒锅 | Wok | 259 | 2
锅铲 | Spatula | 35 |
砧板 | Chopping board | 79 | 4
菜刀 | Kitchen knife | 149 |
保温杯 | Thermos cup | 99 |
饭盒 | Lunch box | 69 |
# 美妆/护肤 Beauty/Skin care
洗面奶 | Face wash | 79 | 2
保湿面霜 | Moisturiser | 169 |
面膜 | Sheet masks | 99 |
防晒霜 | Sun cream | 119 | 5
晒后修护 | After-sun gel | 69 |
口红 | Lipstick | 229 | 7
卸妆油 | Make-up remover | 109 |
# 个护/洗护 Personal care/Bathroom
电动牙刷 | Electric toothbrush | 299 | 2
牙刷头 | Brush heads | 89 |
牙膏 | Toothpaste | 19 |
剃须刀 | Razor | 129 | 5
剃须泡沫 | Shaving foam | 35 |
洗发水 | Shampoo | 49 | 7
护发素 | Conditioner | 45 |
# 数码/配件 Electronics/Accessories
手机壳 | Phone case | 59 | 2
钢化膜 | Screen protector | 29 |
无线耳机 | Wireless earbuds | 499 | 4
耳机套 | Earbud case | 39 |
充电宝 | Power bank | 159 | 6
数据线 | Charging cable | 35 |
# 运动/跑步 Sports/Running
跑鞋 | Running shoes | 569 | 2
运动袜 | Running socks | 39 |
瑜伽垫 | Yoga mat | 129 | 4
瑜伽砖 | Yoga block | 35 |
运动水壶 | Sports bottle | 69 |
羽毛球拍 | Badminton racket | 339 | 7
羽毛球 | Shuttlecocks | 75 |
# 宠物/猫狗 Pets/Cats and dogs
猫粮 | Cat food | 139 | 2
猫砂 | Cat litter | 49 |
狗粮 | Dog food | 179 | 4
狗零食 | Dog treats | 39 |
逗猫棒 | Cat teaser | 15 |
牵引绳 | Dog lead | 55 |
# 母婴/儿童用品 Baby/Children
儿童牙刷 | Children's toothbrush | 29 | 2
儿童牙膏 | Children's toothpaste | 25 |
绘本 | Picture book | 49 |
积木 | Building blocks | 199 |
儿童书包 | School bag | 169 | 6
文具盒 | Pencil case | 39 |
"""

#: on sale only since so many days before the company's last one, each in one form: category of which it
#: is one | Chinese | English | list price in yuan | days | stars that its buyers give it
LAUNCHES = """
1 | 白茶礼盒 | White tea gift box | 198 | 60 | 4.5
2 | 冷萃咖啡液 | Cold brew concentrate | 79 | 110 | 4.4
3 | 低钠酱油 | Low-salt soy sauce | 28 | 160 | 2.2
4 | 冻干水果 | Freeze-dried fruit | 45 | 210 | 4.6
6 | 凉感夏被 | Cooling summer quilt | 299 | 260 | 2.4
12 | 智能饮水机 | Pet water fountain | 189 | 310 | 4.3
7 | 空气炸锅 | Air fryer | 399 | 400 | 4.5
8 | 早C晚A精华 | Day and night serum | 259 | 455 | 2.3
9 | 冲牙器 | Water flosser | 269 | 510 | 4.4
10 | 磁吸充电宝 | Magnetic power bank | 219 | 565 | 4.2
11 | 速干跑步短袖 | Quick-dry running top | 149 | 620 | 2.5
5 | 婴儿监护器 | Baby monitor | 459 | 675 | 4.6
"""

#: how many months the things serve that do not simply run out
LIFE = {
    "Glass teapot": 36, "Clay tea cup": 48, "Gooseneck kettle": 48, "Feeding bottle": 6, "Play mat": 24,
    "Memory pillow": 24, "Pillowcase": 24, "Bedding set": 36, "Down quilt": 60, "Quilt cover": 36,
    "Wool blanket": 60, "Wok": 48, "Spatula": 24, "Chopping board": 24, "Kitchen knife": 60,
    "Thermos cup": 24, "Lunch box": 24, "Electric toothbrush": 36, "Brush heads": 3, "Razor": 18,
    "Phone case": 12, "Screen protector": 9, "Wireless earbuds": 30, "Power bank": 30,
    "Charging cable": 12, "Running shoes": 9, "Running socks": 9, "Yoga mat": 18, "Sports bottle": 18,
    "Badminton racket": 24, "Dog lead": 24, "Children's toothbrush": 3, "School bag": 18,
    "Cooling summer quilt": 36, "Pet water fountain": 24, "Air fryer": 48, "Water flosser": 36,
    "Magnetic power bank": 30, "Quick-dry running top": 12, "Baby monitor": 36,
}  # fmt: skip

BRANDS = ("Regular", "Maison Lin", "青禾 Qinghe", "Northbank", "日常 Daily")

#: every product comes in these; the price follows
VARIANTS = [
    ("标准装", "standard", 100),
    ("小份装", "small", 62),
    ("家庭装", "family size", 185),
    ("升级款", "deluxe", 240),
]


@dataclass(frozen=True, kw_only=True)
class Product:
    """One thing on sale; `companion` is what half of its buyers take with it.

    `life` is in months, `launched` in days before the company's last one; null: before its records begin.
    """

    number: int
    shelf: int
    category_zh: str
    category_en: str
    name_zh: str
    name_en: str
    cents: int
    variant: int
    companion: int | None
    life: int | None = None
    launched: int | None = None
    stars: float = 4.0

    @property
    def sku(self) -> str:
        return f"RG{self.shelf:02d}{self.number:04d}"

    @property
    def brand(self) -> str:
        return BRANDS[(self.shelf + self.number // len(VARIANTS)) % len(BRANDS)]


def products() -> list[Product]:
    """All products in order of their numbers; a companion is of the same variant."""
    made: list[Product] = []
    for shelf, block in enumerate(RANGE.strip().removeprefix("# ").split("\n# "), start=1):
        heading, *lines = block.splitlines()
        first = len(made) + 1
        for line in lines:
            made += _variants(line, shelf=shelf, heading=heading, first=first, number=len(made) + 1)
    headings = {product.shelf: (product.category_zh, product.category_en) for product in made}
    launches = enumerate(LAUNCHES.strip().splitlines(), start=len(made) + 1)
    return made + [_launch(line, headings, number=number) for number, line in launches]


def categories() -> list[dict[str, str]]:
    """The categories in order of their shelves."""
    distinct = {p.shelf: {"zh": p.category_zh, "en": p.category_en} for p in products()}
    return [distinct[shelf] for shelf in sorted(distinct)]


def _variants(line: str, *, shelf: int, heading: str, first: int, number: int) -> list[Product]:
    zh, en, yuan, companion = (part.strip() for part in line.split("|"))
    category_zh, _, category_en = heading.partition(" ")
    return [
        Product(
            number=number + v,
            shelf=shelf,
            category_zh=category_zh,
            category_en=category_en,
            name_zh=f"{zh} {variant_zh}",
            name_en=f"{en}, {variant_en}",
            cents=int(yuan) * percent - 10,
            variant=v,
            companion=first + (int(companion) - 1) * len(VARIANTS) + v if companion else None,
            life=LIFE.get(en),
        )
        for v, (variant_zh, variant_en, percent) in enumerate(VARIANTS)
    ]


def _launch(line: str, headings: dict[int, tuple[str, str]], *, number: int) -> Product:
    shelf, zh, en, yuan, days, stars = (part.strip() for part in line.split("|"))
    category_zh, category_en = headings[int(shelf)]
    return Product(
        number=number,
        shelf=int(shelf),
        category_zh=category_zh,
        category_en=category_en,
        name_zh=zh,
        name_en=en,
        cents=int(yuan) * 100 - 10,
        variant=len(VARIANTS),
        companion=None,
        life=LIFE.get(en),
        launched=int(days),
        stars=float(stars),
    )
