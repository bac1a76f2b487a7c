"""Grammar: of which words do people make their headers, beside the vocabulary's own names?"""

from collections.abc import Mapping

CURRENCIES = {
    "元": "CNY",
    "人民币": "CNY",
    "rmb": "CNY",
    "cny": "CNY",
    "¥": "CNY",
    "usd": "USD",
    "us$": "USD",
    "美元": "USD",
    "eur": "EUR",
    "€": "EUR",
    "欧元": "EUR",
    "gbp": "GBP",
    "£": "GBP",
    "英镑": "GBP",
    "hkd": "HKD",
    "港币": "HKD",
    "jpy": "JPY",
    "日元": "JPY",
    "aud": "AUD",
    "cad": "CAD",
    "sgd": "SGD",
    "twd": "TWD",
    "chf": "CHF",
    "inr": "INR",
}

#: Whose attribute a header names.
ENTITIES: Mapping[str, str] = {
    "customer": (
        "customer customers client buyer billing bill contact member guest purchaser cust "
        "address 客户 顾客 会员 买家 用户 购买人 购货人 联系人 客人"
    ),
    "recipient": (
        "shipping ship recipient delivery deliver consignee receiver shipto 收货人 收件人 "
        "收货 收件 提货人 配送"
    ),
    "product": (
        "product item sku article lineitem line goods variant material 商品 产品 货品 物料 存货 宝贝 货物"
    ),
    "store": "store shop branch outlet 门店 门市 店铺 店 分店 网点",
    "staff": "staff employee cashier salesperson salesrep rep 员工 营业员 导购 业务员 销售员 店员",
    "order": "order sale transaction receipt trade 订单 交易 销售 小票",
}
#: The attributes, as they are written behind the entity.
ATTRIBUTES: Mapping[str, str] = {
    "name": "name fullname names 姓名 名称 名字 名",
    "given": "firstname givenname forename",
    "family": "lastname surname familyname",
    "phone": (
        "phone mobile tel telephone cell cellphone phonenumber mobilenumber phoneno mobileno "
        "mobilephone 手机 电话 手机号 手机号码 联系电话 联络电话 联系手机 电话号码 联系方式 固定电话 "
        "座机 移动电话"
    ),
    "email": "email mail emailaddress 邮箱 电子邮箱 邮件 电子邮件",
    "address": (
        "address street address1 addressline1 streetaddress addr address12 地址 详细地址 街道 住址 街道地址"
    ),
    "address2": "address2 addressline2 street2",
    "city": "city town suburb 市 城市",
    "region": "state province region county provincename statecode provincecode 省 省份 州",
    "district": "district 区 区县 县",
    "country": "country countrycode nation 国家 国家地区",
    "postcode": "zip postcode zipcode postalcode zippostalcode 邮编 邮政编码",
    "company": "company organisation organization companyname 公司 公司名称 单位 单位名称",
    "number": "id no number code key ref reference 编号 编码 代码 号 号码 id号",
    "type": "type kind class 类型 类别 种类 性质",
    "category": "category group 分类 品类",
    "gender": "gender sex 性别",
    "birth": "birthday birthdate dob dateofbirth 生日 出生日期",
    "level": "level tier grade 等级 级别",
    "note": "note notes comment comments remark remarks memo 备注 留言",
    "brand": "brand vendor 品牌",
    "variant": "size colour color variant spec 规格 规格型号 型号 颜色 尺码 属性",
    "quantity": "quantity qty count 数量 件数",
    "price": "price unitprice 单价 价格 售价",
    "cost": "cost 成本 成本价",
    "amount": "amount total subtotal totalamount value 金额 总额 小计",
    "discount": "discount 优惠 折扣 优惠金额 折扣金额",
    "tax": "tax vat 税额 税费",
    "when": "date time at on datetime timestamp created createdat 时间 日期 创建时间 下单时间",
    "status": "status state 状态",
    "channel": "channel source platform 渠道 来源 平台",
}
#: What an attribute of an entity is in the vocabulary.
ATTRIBUTE_OF: Mapping[str, Mapping[str, str]] = {
    "customer": {
        "name": "people.name",
        "given": "people.given_name",
        "family": "people.family_name",
        "phone": "identifiers.phone",
        "email": "identifiers.email",
        "address": "people.address",
        "address2": "people.address_more",
        "city": "people.city",
        "region": "people.region",
        "district": "people.district",
        "country": "people.country",
        "postcode": "people.postcode",
        "company": "people.organisation",
        "number": "people.record_id",
        "type": "people.kind",
        "gender": "people.gender",
        "birth": "people.birth_date",
        "level": "memberships.tier",
        "note": "people.remark",
        "channel": "people.channel",
    },
    "recipient": {
        "name": "order_parties.recipient_name",
        "phone": "order_parties.recipient_phone",
        "city": "orders.city",
        "address": "order_parties.recipient_address",
        "region": "orders.region",
        "country": "orders.country",
        "postcode": "order_parties.recipient_postcode",
        "amount": "orders.shipping",
        "cost": "orders.shipping",
        "price": "orders.shipping",
    },
    "product": {
        "name": "products.name",
        "number": "products.product_id",
        "type": "products.category",
        "category": "products.category",
        "brand": "products.brand",
        "variant": "products.variant",
        "quantity": "order_items.quantity",
        "price": "order_items.price",
        "amount": "order_items.amount",
        "cost": "order_items.cost",
        "discount": "order_items.discount",
        "tax": "order_items.tax",
    },
    "store": {
        "name": "stores.store_id",
        "number": "stores.store_id",
        "type": "stores.kind",
        "city": "stores.city",
        "region": "stores.region",
        "country": "stores.country",
    },
    "staff": {"name": "staff.staff_id", "number": "staff.staff_id"},
    "order": {
        "number": "orders.order_no",
        "when": "orders.ordered_at",
        "amount": "orders.total",
        "status": "orders.status",
        "channel": "orders.channel",
        "discount": "orders.discount",
        "tax": "orders.tax",
    },
}
