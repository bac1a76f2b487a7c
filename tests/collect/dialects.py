"""What twelve systems write over the columns of their exports, with made-up rows.

Each line is a header, what it means (`|` between readings that are equally right; `+` joins two targets of
one column), and three values.
"""

from tests.collect.dialects_further import parsed
from tests.collect.retail import RETAIL

TAOBAO = """
订单编号 | orders.order_no | 2839001234567890123 | 2839001234567890124 | 2839001234567890125
买家会员名 | people.record_id | 小雨点_88 | tb1234567 | 快乐的猫
买家支付宝账号 | identifiers.contact | 138****1234 | a***@126.com | 139****0000
支付单号 | further | 2024030522001 | 2024030522002 | 2024030622003
买家应付货款 | order_items.amount / further | 199.00 | 59.90 | 1299.00
买家应付邮费 | orders.shipping | 0.00 | 10.00 | 0.00
买家支付积分 | further | 0 | 0 | 100
总金额 | orders.total / further | 199.00 | 69.90 | 1299.00
返点积分 | further | 0 | 0 | 0
买家实际支付金额 | orders.total / order_items.amount | 189.00 | 69.90 | 0.00
买家实际支付积分 | further | 0 | 0 | 0
订单状态 | orders.status | 交易成功 | 卖家已发货，等待买家确认 | 交易关闭
买家留言 | further / people.remark | | 请尽快发货 |
收货人姓名 | order_parties.recipient_name | 张三 | 李小四 | 王五
收货地址 | order_parties.recipient_address | 浙江省 杭州市 文三路 1 号 | 上海 上海市 漕溪路 | 北京市 海淀区
运送方式 | further | 快递 | 快递 | 快递
联系电话 | order_parties.recipient_phone / identifiers.phone | '0571-88886666 | | '
联系手机 | order_parties.recipient_phone / identifiers.phone | '13812345678 | '13912345678 | '13700001111
订单创建时间 | orders.ordered_at | 2024-03-05 10:22:05 | 2024-03-05 11:02:45 | 2024-03-06 09:00:01
订单付款时间 | further | 2024-03-05 10:23:05 | 2024-03-05 11:03:00 |
宝贝标题 | products.name | 春季新款连衣裙 | 儿童保温杯 500ml | 空气净化器
宝贝种类 | further / products.category | 1 | 1 | 2
物流单号 | further | No:YT1234567890 | No:SF100200300 |
物流公司 | further | 圆通速递 | 顺丰速运 |
订单备注 | further | | 'VIP |
宝贝总数量 | order_items.quantity | 1 | 1 | 2
店铺Id | stores.store_id / further | 0 | 0 | 0
店铺名称 | stores.store_id | 晴天小铺 | 晴天小铺 | 晴天小铺
订单关闭原因 | further | 订单未关闭 | 订单未关闭 | 买家未付款
卖家服务费 | further | 0元 | 0元 | 0元
发票抬头 | further / people.organisation | | 杭州某某有限公司 |
是否手机订单 | further | 手机订单 | 手机订单 |
"""

JINGDONG = """
订单号 | orders.order_no | 291234567890 | 291234567891 | 291234567892
商品ID | products.product_id / further | 100012345678 | 100012345679 | 100012345680
商品名称 | products.name | 无线鼠标 黑色 | 机械键盘 87 键 | 显示器支架
订购数量 | order_items.quantity | 1 | 2 | 1
支付方式 | orders.payment | 在线支付 | 货到付款 | 在线支付
下单时间 | orders.ordered_at | 2024-03-05 10:22:05 | 2024-03-05 11:02:45 | 2024-03-06 09:00:01
京东价 | order_items.price | 59.00 | 299.00 | 129.00
订单金额 | orders.total / further | 59.00 | 598.00 | 129.00
结算金额 | orders.total / further | 59.00 | 578.00 | 129.00
余额支付 | further | 0.00 | 0.00 | 0.00
应付金额 | orders.total / further | 59.00 | 578.00 | 129.00
订单状态 | orders.status | 完成 | 等待出库 | (锁定)
订单类型 | orders.deed | SOP | SOP | SOP
下单帐号 | people.record_id / identifiers.user_id | jd_4f5a6b | 老王188 | jd_77aa
客户姓名 | people.name | 赵一 | 钱二 | 孙三
客户地址 | people.address | 广东深圳市南山区 | 江苏南京市鼓楼区 | 四川成都市武侯区
联系电话 | identifiers.phone | 138****1234 | 13912345678 | 13700001111
订单备注 | further | | 周末送货 |
发票类型 | further | 电子发票 | 不开发票 | 电子发票
发票抬头 | further / people.organisation | 个人 | | 个人
商家备注 | further | | | 补发
运费金额 | orders.shipping | 0.00 | 6.00 | 0.00
付款确认时间 | further | 2024-03-05 10:23:05 | | 2024-03-06 09:01:00
货号 | products.product_id | MS-001 | KB-087 | ST-002
订单完成时间 | further | 2024-03-08 10:00:00 | | 2024-03-09 12:00:00
仓库名称 | stores.store_id / further | 华东仓 | 华东仓 | 华南仓
"""

YOUZAN = """
订单号 | orders.order_no | E20240305102205012345 | E20240305110245067890 | E20240306090001011111
订单类型 | orders.deed | 普通订单 | 拼团订单 | 普通订单
订单状态 | orders.status | 已完成 | 待发货 | 已关闭
订单创建时间 | orders.ordered_at | 2024-03-05 10:22:05 | 2024-03-05 11:02:45 | 2024-03-06 09:00:01
买家付款时间 | further | 2024-03-05 10:23:05 | 2024-03-05 11:03:00 |
交易成功时间 | further | 2024-03-09 10:23:05 | |
商品名称 | products.name | 手工曲奇 | 玫瑰花茶 | 手工曲奇
规格编码 | products.product_id | QQ-250 | HC-100 | QQ-250
商品规格 | products.variant | 250g | 100g | 250g
商品编码 | products.product_id / further | P001 | P002 | P001
商品数量 | order_items.quantity | 2 | 1 | 1
商品单价 | order_items.price | 39.90 | 58.00 | 39.90
商品优惠后价格 | further / order_items.price | 35.90 | 58.00 | 39.90
商品实际成交金额 | order_items.amount | 71.80 | 58.00 | 39.90
店铺优惠合计 | further / orders.discount | 8.00 | 0.00 | 0.00
运费 | orders.shipping | 0.00 | 8.00 | 8.00
订单实付金额 | orders.total | 71.80 | 66.00 | 47.90
支付方式 | orders.payment | 微信支付 | 微信支付 | 储值卡
收货人/提货人 | order_parties.recipient_name | 周一 | 吴二 | 郑三
收货人手机号/提货人手机号 | order_parties.recipient_phone | 13812345678 | 13912345678 | 13700001111
收货人省份 | orders.region | 浙江省 | 上海市 | 北京市
收货人城市 | orders.city | 杭州市 | 上海市 | 北京市
收货人地区 | further | 西湖区 | 徐汇区 | 海淀区
详细收货地址/提货地址 | order_parties.recipient_address | 文三路 1 号 | 漕溪路 2 号 | 中关村大街 3 号
买家备注 | further / people.remark | | 少糖 |
商家备注 | further | | |
归属店铺 | stores.store_id | 甜甜小店 | 甜甜小店 | 甜甜小店
买家昵称 | people.record_id / people.name | 糖糖 | Leo | 小郑
买家手机号 | identifiers.phone | 13812345678 | 13912345678 | 13700001111
"""

KINGDEE = """
单据编号 | orders.order_no | XSCKD000123 | XSCKD000124 | XSCKD000125
日期 | orders.ordered_at | 2024/3/5 | 2024/3/5 | 2024/3/6
客户编码 | people.record_id | CUST0001 | CUST0002 | CUST0003
客户 | people.name / people.organisation | 杭州某某贸易有限公司 | 上海甲乙商行 | 北京丙丁科技有限公司
销售组织 | further | 总公司 | 总公司 | 总公司
销售部门 | further / staff.department | 华东区 | 华东区 | 华北区
销售员 | staff.staff_id | 陈经理 | 陈经理 | 林主管
物料编码 | products.product_id | 01.02.0003 | 01.02.0004 | 01.02.0005
物料名称 | products.name | 不锈钢螺栓 | 铜垫圈 | 轴承
规格型号 | products.variant | M8*30 | Φ10 | 6204
库存单位 | further | 个 | 个 | 套
实发数量 | order_items.quantity | 1,000 | 500 | 20
单价 | order_items.price / further | 0.50 | 0.12 | 35.00
含税单价 | order_items.price / further | 0.565 | 0.1356 | 39.55
税率(%) | further | 13 | 13 | 13
税额 | order_items.tax | 65.00 | 7.80 | 91.00
金额 | order_items.amount / further | 500.00 | 60.00 | 700.00
价税合计 | order_items.amount / further | 565.00 | 67.80 | 791.00
折扣额 | order_items.discount | 0 | 0 | 10.00
结算币别 | orders.currency | 人民币 | 人民币 | 人民币
单据状态 | orders.status | 已审核 | 已审核 | 审核中
仓库 | stores.store_id / further | 成品仓 | 成品仓 | 二号仓
备注 | further | | |
"""

YONYOU = """
单据号 | orders.order_no | 0000012345 | 0000012346 | 0000012347
单据日期 | orders.ordered_at | 2024-03-05 | 2024-03-05 | 2024-03-06
销售类型 | orders.deed | 普通销售 | 普通销售 | 退货
客户编码 | people.record_id | 0101 | 0102 | 0201
客户名称 | people.name | 杭州某某贸易有限公司 | 上海甲乙商行 | 北京丙丁科技有限公司
部门 | further | 销售一部 | 销售一部 | 销售二部
业务员 | staff.staff_id | 陈晨 | 陈晨 | 林林
存货编码 | products.product_id | 010001 | 010002 | 020001
存货名称 | products.name | 圆珠笔 | 笔记本 | 文件夹
规格型号 | products.variant | 0.5mm | A5 | 三层
主计量单位 | further | 支 | 本 | 个
数量 | order_items.quantity | 100.00 | 20.00 | -5.00
含税单价 | order_items.price | 1.50 | 8.00 | 25.00
无税金额 | further / order_items.amount | 132.74 | 141.59 | -110.62
税额 | order_items.tax | 17.26 | 18.41 | -14.38
价税合计 | order_items.amount | 150.00 | 160.00 | -125.00
税率（%） | further | 13.00 | 13.00 | 13.00
币种 | orders.currency | 人民币 | 人民币 | 人民币
汇率 | further | 1 | 1 | 1
仓库名称 | stores.store_id / further | 成品库 | 成品库 | 成品库
制单人 | further | demo | demo | demo
备注 | further | | |
"""

SHOPIFY = """
Name | orders.order_no | #1001 | #1001 | #1002
Email | identifiers.email | ann@example.com | | bob@example.com
Financial Status | orders.status | paid | | refunded
Paid at | further | 2024-03-05 10:22:05 -0500 | | 2024-03-06 09:00:01 -0500
Fulfillment Status | further | fulfilled | | unfulfilled
Fulfilled at | further | 2024-03-07 10:22:05 -0500 | |
Accepts Marketing | marketing.email | yes | | no
Currency | orders.currency | USD | | USD
Subtotal | further | 45.00 | | 20.00
Shipping | orders.shipping | 5.00 | | 0.00
Taxes | orders.tax | 4.50 | | 2.00
Total | orders.total | 54.50 | | 22.00
Discount Code | orders.coupon | SPRING10 | |
Discount Amount | orders.discount | 5.00 | | 0.00
Shipping Method | further | Standard | | Pick up
Created at | orders.ordered_at | 2024-03-05 10:22:01 -0500 | 2024-03-05 10:22:01 -0500 |
Lineitem quantity | order_items.quantity | 1 | 2 | 1
Lineitem name | products.name | Green Mug - Large | Tea Towel | Green Mug - Small
Lineitem price | order_items.price | 25.00 | 10.00 | 20.00
Lineitem compare at price | further / products.list_price | 30.00 | |
Lineitem sku | products.product_id | MUG-L | TOWEL | MUG-S
Lineitem requires shipping | further | true | true | true
Lineitem taxable | further | true | true | true
Lineitem fulfillment status | order_items.status / further | fulfilled | fulfilled | pending
Billing Name | people.name | Ann Example | | Bob Example
Billing Street | people.address / further | 1 Main St | | 2 High St
Billing Address1 | people.address / further | 1 Main St | | 2 High St
Billing Address2 | people.address_more | Apt 2 | |
Billing Company | people.organisation | | | Example Ltd
Billing City | people.city | New York | | Boston
Billing Zip | people.postcode | '10001 | | '02108
Billing Province | people.region | NY | | MA
Billing Country | people.country | US | | US
Billing Phone | identifiers.phone | +1 555-010-1234 | |
Shipping Name | order_parties.recipient_name | Ann Example | | Carl Example
Shipping Street | order_parties.recipient_address / further | 1 Main St | | 3 Low St
Shipping Address1 | order_parties.recipient_address / further | 1 Main St | | 3 Low St
Shipping City | orders.city | New York | | Salem
Shipping Zip | order_parties.recipient_postcode | '10001 | | '01970
Shipping Province | orders.region | NY | | MA
Shipping Country | orders.country | US | | US
Shipping Phone | order_parties.recipient_phone | +1 555-010-1234 | |
Notes | further | | |
Note Attributes | further | | |
Cancelled at | further | | | 2024-03-08 09:00:00 -0500
Payment Method | orders.payment | shopify_payments | | manual
Payment Reference | further | c1234.1 | | c1235.1
Refunded Amount | orders.refunded | 0.00 | | 22.00
Vendor | products.brand | Example Goods | Example Goods | Example Goods
Outstanding Balance | further | 0.00 | | 0.00
Employee | staff.staff_id | | |
Location | stores.store_id | | |
Device ID | further | | |
Id | further | 4501234567890 | | 4501234567891
Tags | further | vip | |
Risk Level | further | Low | | Low
Source | orders.channel | web | | pos
Tax 1 Name | further | NY State 8% | |
Tax 1 Value | further | 4.50 | |
Phone | identifiers.phone | | |
"""

WOOCOMMERCE = """
Order Number | orders.order_no | 3001 | 3001 | 3002
Order Status | orders.status | Completed | Completed | Processing
Order Date | orders.ordered_at | 2024-03-05 10:22 | 2024-03-05 10:22 | 2024-03-06 09:00
Customer Note | further / people.remark | | | Ring twice
First Name (Billing) | people.given_name | Ann | Ann | Bob
Last Name (Billing) | people.family_name | Example | Example | Sample
Company (Billing) | people.organisation | | | Sample Ltd
Address 1&2 (Billing) | people.address | 1 Main St | 1 Main St | 2 High St
City (Billing) | people.city | New York | New York | Boston
State Code (Billing) | people.region | NY | NY | MA
Postcode (Billing) | people.postcode | 10001 | 10001 | 02108
Country Code (Billing) | people.country | US | US | US
Email (Billing) | identifiers.email | ann@example.com | ann@example.com | bob@example.com
Phone (Billing) | identifiers.phone | 555-010-1234 | 555-010-1234 | 555-010-9876
First Name (Shipping) | order_parties.recipient_name / further | Ann | Ann | Bob
Last Name (Shipping) | further / order_parties.recipient_name | Example | Example | Sample
Address 1&2 (Shipping) | order_parties.recipient_address | 1 Main St | 1 Main St | 2 High St
City (Shipping) | orders.city | New York | New York | Boston
State Code (Shipping) | orders.region | NY | NY | MA
Postcode (Shipping) | order_parties.recipient_postcode | 10001 | 10001 | 02108
Country Code (Shipping) | orders.country | US | US | US
Payment Method Title | orders.payment | Credit card | Credit card | PayPal
Cart Discount Amount | orders.discount | 0 | 0 | 5.00
Order Subtotal Amount | further | 45.00 | 45.00 | 20.00
Shipping Method Title | further | Flat rate | Flat rate | Free shipping
Order Shipping Amount | orders.shipping | 5.00 | 5.00 | 0
Order Refund Amount | orders.refunded | 0 | 0 | 0
Order Total Amount | orders.total | 50.00 | 50.00 | 15.00
Order Total Tax Amount | orders.tax | 4.00 | 4.00 | 1.20
SKU | products.product_id | MUG-L | TOWEL | MUG-S
Item # | further / order_items.line_id / products.product_id | 1 | 2 | 1
Item Name | products.name | Green Mug | Tea Towel | Small Mug
Quantity (- Refund) | order_items.quantity | 1 | 2 | 1
Item Cost | order_items.price | 25.00 | 10.00 | 20.00
Coupon Code | orders.coupon | | | SPRING10
Discount Amount | order_items.discount / further | 0 | 0 | 5.00
Discount Amount Tax | further | 0 | 0 | 0
"""

ODOO = """
Order Reference | orders.order_no | S00021 | | S00022
Order Date | orders.ordered_at | 2024-03-05 10:22:05 | | 2024-03-06 09:00:01
Customer | people.record_id+people.name / people.name | Azure Exteriors | | Deco Supplies
Customer/Email | identifiers.email | azure@example.com | | deco@example.com
Customer/Phone | identifiers.phone | (555)-010-1234 | | (555)-010-9876
Salesperson | staff.staff_id | Mitchell Sample | | Marc Sample
Sales Team | further / staff.department | Europe | | America
Company | further / people.organisation | My Company (San Francisco) | | My Company (San Francisco)
Order Lines/Product | products.name | [FURN_01] Desk | [FURN_02] Chair | [FURN_01] Desk
Order Lines/Quantity | order_items.quantity | 3.0 | 5.0 | 1.0
Order Lines/Unit Price | order_items.price | 450.0 | 70.0 | 450.0
Order Lines/Discount (%) | further | 0.0 | 10.0 | 0.0
Order Lines/Subtotal | order_items.amount | 1350.0 | 315.0 | 450.0
Untaxed Amount | further | 1665.0 | | 450.0
Taxes | orders.tax | 249.75 | | 67.5
Total | orders.total | 1914.75 | | 517.5
Status | orders.status | Sales Order | | Quotation
Invoice Status | further | Fully Invoiced | | Nothing to Invoice
Currency | orders.currency | USD | | USD
"""

SALESFORCE = """
Contact ID | people.record_id | 0035g00000AAAAA | 0035g00000AAAAB | 0035g00000AAAAC
Salutation | people.gender / further | Ms. | Mr. | Dr.
First Name | people.given_name | Ann | Bob | Cy
Last Name | people.family_name | Example | Sample | Specimen
Title | people.job | CFO | Buyer | Head of Research
Account Name | people.organisation | Acme Fixtures | Globex Trading | Initech Tools
Account ID | further / identifiers.user_id | 0015g00000AAAAA | 0015g00000AAAAB | 0015g00000AAAAC
Mailing Street | people.address | 1 Main St | 2 High St | 3 Low St
Mailing City | people.city | New York | Boston | Salem
Mailing State/Province | people.region | NY | MA | MA
Mailing Zip/Postal Code | people.postcode | 10001 | 02108 | 01970
Mailing Country | people.country | US | US | US
Phone | identifiers.phone | (555) 010-1234 | (555) 010-9876 | (555) 010-1111
Mobile | identifiers.phone | (555) 011-1234 | | (555) 011-1111
Fax | identifiers.fax | (555) 010-1235 | |
Email | identifiers.email | ann@example.com | bob@example.com | cy@example.com
Account Owner | people.account_manager | Dana Seller | Dana Seller | Eve Seller
Lead Source | people.channel | Web | Trade Show | Web
Birthdate | people.birth_date | 1980-03-05 | 1975-12-31 | 1990-01-01
Department | further | Finance | Purchasing | Research
Description | people.remark / further | | Met at the fair |
Created Date | people.since | 2024-03-05 | 2024-03-06 | 2024-03-07
Last Modified Date | record.collected_at / further | 2024-04-05 | 2024-04-06 | 2024-04-07
Do Not Call | further | 0 | 1 | 0
"""

STRIPE = """
id | orders.order_no / payments.payment_no | ch_3Oq1aaaaaaaaaaaa | ch_3Oq1aaaaaaaaaaab | ch_3Oq1aaaaaaaaaaac
Created date (UTC) | orders.ordered_at / payments.paid_at | 2024-03-05 10:22:05 | 2024-03-05 11:02:45 |
Amount | orders.total / payments.amount | 54.50 | 22.00 | 10.00
Amount Refunded | orders.refunded / payments.refunded | 0.00 | 22.00 | 0.00
Currency | orders.currency | usd | usd | eur
Captured | further | true | true | true
Converted Amount | further | 54.50 | 22.00 | 10.87
Converted Amount Refunded | further | 0.00 | 22.00 | 0.00
Converted Currency | further | usd | usd | usd
Decline Reason | further | | |
Description | further | Subscription update | Invoice 123 | Charge
Fee | further | 1.88 | 0.94 | 0.62
Refunded date (UTC) | further | | 2024-03-07 10:00:00 |
Statement Descriptor | further | EXAMPLE | EXAMPLE | EXAMPLE
Status | orders.status / payments.status | Paid | Refunded | Paid
Seller Message | further | Payment complete. | Payment complete. | Payment complete.
Taxes On Fee | further | 0.00 | 0.00 | 0.00
Card ID | further | pm_1Oaaaaaaaaaaaaaa | pm_1Oaaaaaaaaaaaaab | pm_1Oaaaaaaaaaaaaac
Customer ID | people.record_id | cus_PaaaaaaaaaaaaA | cus_PaaaaaaaaaaaaB | cus_PaaaaaaaaaaaaC
Customer Description | further | | |
Customer Email | identifiers.email | ann@example.com | bob@example.com | cy@example.com
Invoice ID | invoices.invoice_no / further | in_1Oaaaaaaaaaaaaaa | |
Transfer | further | | |
"""

SQUARE = """
Date | orders.ordered_at | 2024-03-05 | 2024-03-05 | 2024-03-06
Time | record.time | 10:22:05 | 11:02:45 | 09:00:01
Time Zone | further | Eastern Time (US & Canada) | Eastern Time (US & Canada) | Eastern Time (US & Canada)
Category | products.category | Coffee | Bakery | Coffee
Item | products.name | Latte | Croissant | Espresso
Qty | order_items.quantity | 1.0 | 2.0 | 1.0
Price Point Name | products.variant | Large | Regular | Double
SKU | products.product_id | LAT-L | CRO | ESP-D
Modifiers Applied | further | Oat milk | |
Gross Sales | further / orders.total | $4.50 | $7.00 | $3.00
Discounts | order_items.discount | $0.00 | ($0.70) | $0.00
Net Sales | order_items.amount | $4.50 | $6.30 | $3.00
Tax | order_items.tax | $0.36 | $0.50 | $0.24
Transaction ID | orders.order_no | aBcD1234 | aBcD1234 | eFgH5678
Payment ID | further | pAy1 | pAy1 | pAy2
Device Name | stores.store_id / further | Register 1 | Register 1 | Register 2
Notes | further | | |
Details | further | https://example.com/1 | https://example.com/1 | https://example.com/2
Event Type | orders.deed | Payment | Payment | Refund
Location | stores.store_id | Main Street | Main Street | Harbour
Dining Option | further | For Here | To Go | For Here
Customer ID | people.record_id | CUST1 | CUST1 |
Customer Name | people.name | Ann Example | Ann Example |
Customer Reference ID | further / people.record_id | | |
Unit | further | ea | ea | ea
Count | further | 1 | 2 | 1
Itemization Type | further / products.kind | Physical Good | Physical Good | Physical Good
Employee | staff.staff_id | Dana | Dana | Eve
Channel | orders.channel | Main Street | Main Street | Harbour
Card Brand | orders.payment / further | Visa | Visa | MasterCard
PAN Suffix | further | 1234 | 1234 | 5678
"""

TILL = """
Receipt No. | orders.order_no | 10001 | 10001 | 10002
Date | orders.ordered_at | 25/03/2024 | 25/03/2024 | 26/03/2024
Time | record.time | 10:22 | 10:22 | 11:05
Till | stores.store_id | T1 | T1 | T2
Cashier | staff.staff_id | Dana | Dana | Eve
Item Code | products.product_id | 5012345 | 5012346 | 5012347
Description | products.name | Milk 2L | Brown Bread | Eggs x12
Department | products.category | Dairy | Bakery | Dairy
Qty | order_items.quantity | 2 | 1 | 1
Unit Price | order_items.price | 1.55 | 1.20 | 2.85
Discount | order_items.discount | 0.00 | 0.20 | 0.00
Total | order_items.amount | 3.10 | 1.00 | 2.85
VAT | order_items.tax / further | 0.00 | 0.00 | 0.00
Tender | orders.payment | Card | Card | Cash
Member Card | identifiers.member_no | 6001234567 | 6001234567 |
"""

DIALECTS = {
    "taobao": TAOBAO, "jingdong": JINGDONG, "youzan": YOUZAN, "kingdee": KINGDEE, "yonyou": YONYOU,
    "shopify": SHOPIFY, "woocommerce": WOOCOMMERCE, "odoo": ODOO, "salesforce": SALESFORCE, "stripe": STRIPE,
    "square": SQUARE, "till": TILL, "retail": RETAIL,
}  # fmt: skip


def read(dialect: str) -> tuple[dict[str, set[frozenset[str]]], dict[str, list[str]]]:
    """What each column means, and its values."""
    return parsed(DIALECTS[dialect])
