"""Words: of which names, places and sentences is the demo company made?

All lists are our own. Those of names begin with the most common; people are drawn from their front.
"""

#: character and pinyin of Chinese surnames
SURNAMES = """
王 wang 李 li 张 zhang 刘 liu 陈 chen 杨 yang 黄 huang 赵 zhao 吴 wu 周 zhou 徐 xu 孙 sun 马 ma 朱 zhu
胡 hu 郭 guo 何 he 林 lin 高 gao 罗 luo 郑 zheng 梁 liang 谢 xie 宋 song 唐 tang 许 xu 韩 han 邓 deng
冯 feng 曹 cao 彭 peng 曾 zeng 肖 xiao 田 tian 董 dong 潘 pan 袁 yuan 蔡 cai 蒋 jiang 余 yu 于 yu
杜 du 叶 ye 程 cheng 魏 wei 苏 su 吕 lv 丁 ding 任 ren 卢 lu 姚 yao 沈 shen 钟 zhong 姜 jiang 崔 cui
谭 tan 陆 lu 范 fan 汪 wang 廖 liao 石 shi 金 jin 韦 wei 贾 jia 夏 xia 付 fu 方 fang 邹 zou 熊 xiong
白 bai 孟 meng 秦 qin 邱 qiu 侯 hou 江 jiang 尹 yin 薛 xue 阎 yan 段 duan 雷 lei 龙 long 黎 li 史 shi
陶 tao 贺 he 顾 gu 龚 gong 邵 shao 万 wan 覃 qin 武 wu 钱 qian 戴 dai 莫 mo 孔 kong 汤 tang 欧阳 ouyang
司马 sima 诸葛 zhuge 上官 shangguan
"""

#: character and pinyin used in given names of men, and of women
GIVEN_MEN = """
伟 wei 强 qiang 磊 lei 军 jun 勇 yong 杰 jie 涛 tao 明 ming 超 chao 刚 gang 平 ping 辉 hui 鹏 peng
华 hua 飞 fei 鑫 xin 波 bo 斌 bin 宇 yu 浩 hao 凯 kai 健 jian 俊 jun 帆 fan 建 jian 国 guo 志 zhi
文 wen 博 bo 子 zi 轩 xuan 泽 ze 晨 chen 东 dong 海 hai 龙 long 峰 feng 毅 yi 亮 liang 林 lin 成 cheng
康 kang 宁 ning 庆 qing 洋 yang 阳 yang 振 zhen 荣 rong 新 xin 天 tian 家 jia 豪 hao 瑞 rui 嘉 jia
"""
GIVEN_WOMEN = """
芳 fang 娜 na 敏 min 静 jing 丽 li 艳 yan 娟 juan 霞 xia 燕 yan 玲 ling 桂 gui 秀 xiu 英 ying 红 hong
梅 mei 莉 li 婷 ting 雪 xue 慧 hui 颖 ying 琳 lin 倩 qian 洁 jie 欣 xin 怡 yi 萍 ping 佳 jia 雨 yu
萱 xuan 涵 han 梦 meng 瑶 yao 琪 qi 晓 xiao 思 si 雅 ya 诗 shi 月 yue 云 yun 兰 lan 春 chun 美 mei
凤 feng 莹 ying 蕾 lei 丹 dan 悦 yue 彤 tong 薇 wei 妍 yan 菲 fei 晴 qing 宁 ning 文 wen 子 zi 嘉 jia
"""

#: characters of the names above, simplified and traditional
SCRIPTS = """
张張 刘劉 陈陳 杨楊 黄黃 赵趙 吴吳 孙孫 马馬 罗羅 郑鄭 谢謝 许許 韩韓 邓鄧 冯馮 蒋蔣 叶葉 苏蘇 吕呂 卢盧 钟鍾 谭譚 陆陸 韦韋 贾賈 邹鄒 阎閻
龙龍 贺賀 顾顧 龚龔 万萬 钱錢 汤湯 欧歐 伟偉 强強 军軍 涛濤 刚剛 辉輝 鹏鵬 华華 飞飛 凯凱 国國 泽澤 东東 峰峯 阳陽 庆慶 荣榮 静靜 丽麗 艳艷
红紅 颖穎 洁潔 梦夢 瑶瑤 晓曉 诗詩 云雲 兰蘭 凤鳳 莹瑩 诸諸 宁寧 悦悅 轩軒 杰傑
"""

ENGLISH_FAMILY = """
Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson Evans Walker
White Roberts Green Hall Wood Harris Clarke Jackson Turner Hill Cooper Ward Morris Moore Baker King
Lee Allen Young Scott Watson Bennett Gray Kelly Murphy Carter Fisher Mason Palmer Hughes Foster Reid
O'Brien O'Neill Schmidt Müller García Rossi Dubois Novak Tan Lim Nguyen Kim Tanaka Sato Fernández
"""
ENGLISH_MEN = """
James John David Michael Andrew Daniel Thomas Robert Peter Mark Paul Matthew William Richard Simon
Adam Ben Chris George Henry Jack Kevin Luke Martin Nick Oliver Patrick Sam Stephen Tim Alexander Leo
"""
ENGLISH_WOMEN = """
Emma Sarah Laura Rebecca Hannah Rachel Charlotte Emily Jessica Lucy Anna Kate Claire Helen Alice
Grace Julia Karen Lisa Maria Nicole Olivia Paula Ruth Sophie Susan Victoria Zoe Elizabeth Fiona Chloé
"""

#: country | province | province in English | city | city in English | weight | districts with their English
CITIES = """
CN|北京市|Beijing|北京市|Beijing|9|朝阳区 Chaoyang 海淀区 Haidian 东城区 Dongcheng 丰台区 Fengtai 通州区 Tongzhou
CN|上海市|Shanghai|上海市|Shanghai|10|浦东新区 Pudong 徐汇区 Xuhui 静安区 Jing'an 杨浦区 Yangpu 闵行区 Minhang
CN|广东省|Guangdong|广州市|Guangzhou|7|天河区 Tianhe 越秀区 Yuexiu 海珠区 Haizhu 番禺区 Panyu
CN|广东省|Guangdong|深圳市|Shenzhen|8|福田区 Futian 南山区 Nanshan 罗湖区 Luohu 宝安区 Bao'an
CN|浙江省|Zhejiang|杭州市|Hangzhou|6|西湖区 Xihu 上城区 Shangcheng 滨江区 Binjiang 余杭区 Yuhang
CN|江苏省|Jiangsu|南京市|Nanjing|5|玄武区 Xuanwu 鼓楼区 Gulou 江宁区 Jiangning 秦淮区 Qinhuai
CN|江苏省|Jiangsu|苏州市|Suzhou|4|姑苏区 Gusu 吴中区 Wuzhong 虎丘区 Huqiu
CN|四川省|Sichuan|成都市|Chengdu|6|锦江区 Jinjiang 武侯区 Wuhou 青羊区 Qingyang 成华区 Chenghua
CN|重庆市|Chongqing|重庆市|Chongqing|4|渝中区 Yuzhong 江北区 Jiangbei 沙坪坝区 Shapingba
CN|湖北省|Hubei|武汉市|Wuhan|4|武昌区 Wuchang 江汉区 Jianghan 洪山区 Hongshan
CN|陕西省|Shaanxi|西安市|Xi'an|4|雁塔区 Yanta 碑林区 Beilin 未央区 Weiyang
CN|山东省|Shandong|青岛市|Qingdao|3|市南区 Shinan 崂山区 Laoshan 黄岛区 Huangdao
CN|山东省|Shandong|济南市|Jinan|2|历下区 Lixia 市中区 Shizhong
CN|天津市|Tianjin|天津市|Tianjin|3|和平区 Heping 南开区 Nankai 河西区 Hexi
CN|辽宁省|Liaoning|沈阳市|Shenyang|2|沈河区 Shenhe 和平区 Heping 铁西区 Tiexi
CN|黑龙江省|Heilongjiang|哈尔滨市|Harbin|2|南岗区 Nangang 道里区 Daoli
CN|福建省|Fujian|厦门市|Xiamen|2|思明区 Siming 湖里区 Huli
CN|湖南省|Hunan|长沙市|Changsha|3|岳麓区 Yuelu 芙蓉区 Furong 雨花区 Yuhua
CN|河南省|Henan|郑州市|Zhengzhou|3|金水区 Jinshui 中原区 Zhongyuan 二七区 Erqi
CN|云南省|Yunnan|昆明市|Kunming|2|五华区 Wuhua 盘龙区 Panlong 官渡区 Guandu
CN|安徽省|Anhui|合肥市|Hefei|2|蜀山区 Shushan 包河区 Baohe
HK|香港|Hong Kong|香港|Hong Kong|2|湾仔区 Wan_Chai 沙田区 Sha_Tin 油尖旺区 Yau_Tsim_Mong
SG|新加坡|Singapore|新加坡|Singapore|1|武吉知马 Bukit_Timah 淡滨尼 Tampines
GB|英格兰|England|伦敦|London|1|卡姆登 Camden 伊斯灵顿 Islington
"""

STREETS = """
中山路 Zhongshan 人民路 Renmin 解放路 Jiefang 建设路 Jianshe 和平路 Heping 文化路 Wenhua 新华路 Xinhua
长江路 Changjiang 黄河路 Huanghe 胜利路 Shengli 学院路 Xueyuan 青年路 Qingnian 花园路 Huayuan
北京路 Beijing 南京路 Nanjing 幸福路 Xingfu 公园路 Gongyuan 滨河路 Binhe 迎宾路 Yingbin 友谊路 Youyi
"""

MOBILE_PREFIXES = "138 139 135 136 137 150 151 158 159 182 187 188 130 131 155 186 133 189 180 177".split()

#: no mail ever leaves for these: the domains are reserved (RFC 2606)
MAIL_DOMAINS = ["qq.example", "163.example", "126.example", "mail.example", "example.com", "example.org"]

#: what organisations are called: core with its pinyin, trade with its English, legal form with its English
FIRM_CORES = """
恒信 Hengxin 华瑞 Huarui 金辉 Jinhui 天成 Tiancheng 鼎盛 Dingsheng 博远 Boyuan 宏达 Hongda 锦程 Jincheng
东方 Dongfang 安泰 Antai 鑫源 Xinyuan 佳和 Jiahe 新月 Xinyue 海纳 Haina 百川 Baichuan 启明 Qiming
"""
FIRM_TRADES = """
贸易 Trading 科技 Technology 餐饮管理 Catering 酒店管理 Hotels 文化传媒 Media 物业管理 Property
教育咨询 Education 健康管理 Health 供应链 Supply_Chain 装饰工程 Interiors
"""

COMPETITORS = ["盒区房超市", "万家优选", "Corner Mart", "好邻居便利", "BrightBasket"]

PAYMENTS = ["WeChat Pay", "WeChat Pay", "Alipay", "Alipay", "Card", "Cash"]


def pairs(words: str) -> list[dict[str, str]]:
    """pairs("王 wang 李 li")  [{"zh": "王", "en": "wang"}, {"zh": "李", "en": "li"}]"""
    flat = words.split()
    return [{"zh": zh, "en": en.replace("_", " ")} for zh, en in zip(flat[::2], flat[1::2], strict=True)]


def cities() -> list[dict[str, object]]:
    """The cities, each as often as its weight, so that a fair draw gives the larger ones more people."""
    return [_city(line) for line in CITIES.strip().splitlines() for _ in range(int(line.split("|")[5]))]


def _city(line: str) -> dict[str, object]:
    country, province, province_en, city, city_en, _, districts = line.split("|")
    return {
        "country": country,
        "province": {"zh": province, "en": province_en},
        "city": {"zh": city, "en": city_en},
        "districts": pairs(districts),
    }
