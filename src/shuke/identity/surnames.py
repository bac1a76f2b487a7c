"""Surnames: with which characters does a Chinese name begin, and how are these read?"""

from functools import cache

from shuke.text.characters import HAN_IN_USE, spelled

#: The commonest first, as the registers of the Ministry of Public Security count them; so that of two words
#: which can both be one, as in Wei Zhang, the commoner is taken.
COMMON = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁"
    "任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严"
    "莫孔向常汤"
)

#: Those of the Hundred Family Surnames and of later registers that are left.
RARER = (
    "褚卫尤施华戚喻柏水窦章云葛奚郎鲁昌苗凤花俞柳酆鲍费廉岑倪滕殷毕邬安乐时傅皮卞齐康伍元卜平和穆萧湛"
    "祁禹狄米贝明臧计伏成谈茅庞纪舒屈项祝阮蓝闵席季麻强路娄危童颜梅盛刁骆樊凌霍虞支柯昝管经房裘缪干解"
    "应宗宣贲郁单杭洪包诸左吉钮嵇邢滑裴荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井富巫乌焦巴弓牧隗山谷车宓"
    "蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖符景詹束幸司韶郜蓟薄印宿怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍"
    "双闻莘党翟贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容古易"
    "慎戈庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空母沙乜养"
    "鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公仉督岳帅缑亢况郈有琴佟年爱阳伯南墨哈谯笪言福区朴敬揭楚商牟"
    "佘丘闪苟原涂楼揣啜战来冼展官"
)

#: Of two characters.
COMPOUND = tuple(
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 "
    "太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 令狐 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 "
    "公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 百里 呼延 东郭 南门 羊舌 微生 西门 第五 纳兰 完颜 "
    "叶赫 耶律".split()
)

#: Read otherwise than the characters alone.
_READ = dict(
    pair.split(":")
    for pair in (
        "单:shan 曾:zeng 仇:qiu 解:xie 查:zha 覃:qin 翟:zhai 区:ou 朴:piao 盖:ge 任:ren 华:hua 宁:ning "
        "缪:miao 纪:ji 尹:yin 乐:yue 隗:wei 祭:zhai 冼:xian 种:chong 逄:pang 黑:he 员:yun 佘:she 车:che "
        "能:nai 阚:kan 卜:bu 石:shi 贾:jia 柏:bai 臧:zang 那:na 洗:xian 会:gui 繁:po 折:she 晁:chao 召:shao "
        "郇:xun 殷:yin 尉迟:yuchi 万俟:moqi 长孙:zhangsun 澹台:tantai 令狐:linghu 乐正:yuezheng 鲜于:xianyu "
        "子车:ziju 宰父:zaifu 夏侯:xiahou 亓官:qiguan 拓跋:tuoba 轩辕:xuanyuan 单于:chanyu 皇甫:huangfu "
        "重:chong"
    ).split()
)


def read(surname: str) -> str:
    """A Chinese surname as pinyin: 单 shan, 尉迟 yuchi, 张 zhang."""
    return _READ.get(surname) or spelled(surname)


@cache
def romanised() -> tuple[str, ...]:
    """Surnames as pinyin, the commonest first."""
    return tuple(dict.fromkeys(read(surname) for surname in (*COMMON, *RARER, *COMPOUND)))


@cache
def compounds() -> tuple[str, ...]:
    """Surnames of two characters as pinyin."""
    return tuple(read(surname) for surname in COMPOUND)


@cache
def syllables() -> tuple[str, ...]:
    """Of what a name in pinyin is made, the longest first; a single letter is more likely an initial."""
    heard = {spelled(char) for char in HAN_IN_USE} | {"lv", "nv", "lyu", "nyu"}
    return tuple(
        sorted((s for s in heard if len(s) > 1 and set(s) & set("aeiouv")), key=lambda s: (-len(s), s))
    )
