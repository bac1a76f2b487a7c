"""Exports: which columns does each system write, under which names and in which form?

A query a file. Headers and forms differ from system to system as they do in life; the rows stand in
the order in which the system counted them.
"""

PRODUCTS = """
SELECT sku AS "SKU", name.zh AS "商品名称", name.en AS "Product Name",
       replace(category.en, '/', ' > ') AS "Category",
       category.zh AS "类目", yuan(cents) AS "List Price", yuan(cost) AS "Cost", 'CNY' AS "Currency",
       brand AS "Brand", life AS "Life months",
       strftime(coalesce(last_day() - launched::INTEGER, first_day() - 200 - (number * 37 % 2000)::INTEGER),
                '%Y-%m-%d') AS "Launched"
FROM products ORDER BY number
"""

STORES = """
SELECT code AS "Store Code", 'Regular & Co. ' || city.en AS "Store Name",
       '熟客示范百货' || rtrim(city.zh, '市') || '店' AS "门店名称",
       city.en AS "City", province.en AS "Region", country AS "Country", phone AS "Phone",
       square_metres AS "Area m2"
FROM stores ORDER BY number
"""

#: the rows of the members' sheet as text, with what stands above and below them
MEMBERS = """
SELECT * EXCLUDE (place) FROM (
    SELECT 0 AS place, '熟客示范百货 会员名册' AS a, NULL AS b, NULL AS c, NULL AS d, NULL AS e, NULL AS f,
           NULL AS g, NULL AS h, NULL AS i, NULL AS j
    WHERE dirt().sheet_frames > 0
    UNION ALL SELECT 1, '会员卡号', '姓名', '性别', '手机号', '出生日期', '城市', '地址', '入会日期', '积分',
                     '邮箱'
    UNION ALL SELECT 1 + row_number() OVER (ORDER BY joined, card), card, name, gender, phone, birthday,
                     city, address,
                     strftime(joined, '%Y-%m-%d'), points::VARCHAR, email FROM cards
    UNION ALL SELECT 1000000000, '合计', NULL, NULL, NULL, NULL, NULL, NULL, NULL, sum(points)::VARCHAR, NULL
    FROM cards
    HAVING dirt().sheet_frames > 0
) ORDER BY place
"""

_RECEIPTS = """
WITH receipts AS (
    SELECT stores.code || '-' || lpad(lines.number::VARCHAR, 8, '0') AS receipt,
           strftime(time, '%d/%m/%Y %H:%M:%S') AS at_till,
           stores.code AS store, sku, products.name.en AS product, quantity, yuan(price) AS price,
           yuan(discount) AS discount,
           yuan(price * quantity - discount) AS amount,
           CASE WHEN NOT anonymous THEN card_number(person, second) END AS card,
           words().payments[1 + abs(id) * 7919 % len(words().payments)] AS payment,
           stores.code || '-' || lpad(originals.number::VARCHAR, 8, '0') AS original,
           'Staff ' || store || abs(id) % 4 AS cashier, lines.number, line
    FROM lines JOIN products ON products.number = lines.product JOIN stores ON stores.number = lines.store
    LEFT JOIN originals USING (id)
    WHERE channel = 'till' AND {period}
)
"""

#: the older export of the till
TILL_BEFORE = (
    _RECEIPTS.format(period="time < overlap_ends()")
    + """
SELECT receipt AS "Receipt No", at_till AS "Date", store AS "Store", sku AS "SKU", product AS "Product",
       quantity AS "Qty",
       price AS "Unit Price", discount AS "Discount", amount AS "Amount", card AS "Member Card",
       payment AS "Payment",
       original AS "Original Receipt"
FROM receipts ORDER BY number, line
"""
)

#: the newer one, after an update of the till: it begins before the older one ends, and names the cashier
TILL_AFTER = (
    _RECEIPTS.format(period="time >= overlap_begins()")
    + """
SELECT store AS "Store", at_till AS "Date", receipt AS "Receipt No", card AS "Member Card",
       product AS "Product", sku AS "SKU",
       price AS "Unit Price", quantity AS "Qty", discount AS "Discount", amount AS "Amount",
       cashier AS "Cashier",
       payment AS "Payment", original AS "Original Receipt"
FROM receipts ORDER BY number, line
"""
)

#: only the first line of an order carries what belongs to the order, as Shopify writes it
WEBSHOP = """
WITH placed AS (
    SELECT lines.*, accounts.* EXCLUDE (person, second), country,
           sum(price * quantity - discount) OVER (PARTITION BY lines.number)::BIGINT AS subtotal,
           CASE WHEN subtotal BETWEEN 1 AND 19899 THEN 1200 ELSE 0 END AS shipping,
           time + to_minutes(1 + abs(lines.id) % 20) AS paid, originals.number AS original,
           lived_at(time, moved_on, old_address, address) AS place,
           people.city AS city, people.province AS province
    FROM lines JOIN accounts USING (person, second) JOIN people ON people.id = person
    LEFT JOIN originals ON originals.id = lines.id
    WHERE channel = 'webshop'
)
SELECT '#' || 1000 + placed.number AS "Name", email AS "Email",
       CASE WHEN line > 1 THEN NULL WHEN quantity < 0 THEN 'refunded' ELSE 'paid' END AS "Financial Status",
       CASE WHEN line = 1 THEN strftime(paid, '%Y-%m-%d %H:%M:%S +0800') END AS "Paid at",
       CASE WHEN line = 1 THEN 'CNY' END AS "Currency",
       CASE WHEN line = 1 THEN yuan(subtotal) END AS "Subtotal",
       CASE WHEN line = 1 THEN yuan(shipping) END AS "Shipping",
       CASE WHEN line = 1 THEN yuan(subtotal + shipping) END AS "Total",
       strftime(time, '%Y-%m-%d %H:%M:%S +0800') AS "Created at",
       quantity AS "Lineitem quantity", products.name.en AS "Lineitem name", yuan(price) AS "Lineitem price",
       sku AS "Lineitem sku", yuan(discount) AS "Lineitem discount",
       CASE WHEN line = 1 THEN placed.name END AS "Billing Name",
       CASE WHEN line = 1 THEN placed.name END AS "Shipping Name",
       CASE WHEN line > 1 THEN NULL WHEN in_english THEN place.en ELSE place.zh END AS "Shipping Address1",
       CASE WHEN line = 1 THEN city.en END AS "Shipping City",
       CASE WHEN line = 1 THEN province.en END AS "Shipping Province",
       CASE WHEN line = 1 THEN country END AS "Shipping Country",
       CASE WHEN line = 1 THEN phone END AS "Shipping Phone",
       CASE WHEN line = 1 THEN phone END AS "Phone",
       '#' || 1000 + original AS "Refund of"
FROM placed JOIN products ON products.number = placed.product
ORDER BY placed.number, line
"""

TAOBAO = """
SELECT format('="{:d}"', 2839000000000000000 + lines.number * 10007) AS "订单编号", nick AS "买家会员名",
       buyers.account AS "买家支付宝账号",
       buyers.name AS "收货人姓名",
       people.province.zh || ' ' || people.city.zh || ' '
       || lived_at(time, moved_on, old_address, address).zh AS "收货地址",
       buyers.phone AS "联系手机", '交易成功' AS "订单状态", sku AS "商家编码",
       products.name.zh AS "宝贝标题",
       format('¥{:,}.{:02d}', price // 100, price % 100) AS "单价", quantity AS "购买数量",
       yuan(discount) AS "优惠金额",
       yuan(price * quantity - discount) AS "买家实际支付金额",
       strftime(time, '%Y-%m-%d %H:%M:%S') AS "订单创建时间",
       strftime(time + to_minutes(2), '%Y-%m-%d %H:%M:%S') AS "订单付款时间",
       '熟客示范百货旗舰店' AS "店铺名称"
FROM lines JOIN products ON products.number = lines.product JOIN buyers USING (person)
JOIN people ON people.id = person
WHERE channel = 'taobao'
ORDER BY lines.number, line
"""

INVOICES = """
SELECT invoices.number AS "Invoice No", customer AS "Customer No", organisations.name AS "Customer Name",
       strftime(issued, '%Y-%m-%d') AS "Issue Date", strftime(due, '%Y-%m-%d') AS "Due Date",
       yuan(cents) AS "Amount", 'CNY' AS "Currency"
FROM invoices JOIN organisations ON organisations.id = organisation ORDER BY serial
"""

PAYMENTS = """
SELECT number AS "Payment No", invoice AS "Invoice No", customer AS "Customer No",
       strftime(paid, '%Y-%m-%d') AS "Payment Date",
       yuan(cents) AS "Amount", 'CNY' AS "Currency", method AS "Method"
FROM payments ORDER BY serial
"""

CREDIT_LIMITS = """
SELECT number AS "Customer No", name AS "Customer Name", tax_number AS "Tax Number", email AS "E-mail",
       yuan(cents) AS "Credit Limit", 'CNY' AS "Currency", strftime(first_day(), '%Y-%m-%d') AS "Valid From"
FROM credit_limits ORDER BY id
"""

CONTRACTS = """
SELECT contracts.number AS "合同编号", customer AS "客户编号", contracts.name AS "客户名称",
       phone AS "手机号", email AS "邮箱", sku AS "商品编码",
       CASE WHEN person IS NULL THEN '企业配送' ELSE '每月订阅' END AS "合同类型",
       strftime(starts, '%Y-%m-%d') AS "开始日期", strftime(ends, '%Y-%m-%d') AS "结束日期",
       strftime(renewed, '%Y-%m-%d') AS "续约日期", strftime(cancelled, '%Y-%m-%d') AS "终止日期",
       yuan(contracts.cents) AS "月费", 'CNY' AS "币种"
FROM contracts JOIN products ON products.number = product ORDER BY serial
"""

PLANS = """
SELECT strftime(month, '%Y-%m-%d') AS "Plan Month", code AS "Store", yuan(cents) AS "Sales Target"
FROM plans ORDER BY month, code
"""

BUDGETS = """
SELECT strftime(month, '%Y-%m-%d') AS "Budget Month", centre AS "Cost Centre", yuan(cents) AS "Budget Amount"
FROM budgets ORDER BY month, centre
"""

EXPENSES = """
SELECT number AS "Expense Number", strftime(spent_on, '%Y-%m-%d') AS "Expense Date", centre AS "Cost Centre",
       yuan(cents) AS "Expense Amount", 'CNY' AS "Currency"
FROM costs WHERE spent_on <= last_day() ORDER BY serial
"""

COUPONS = """
SELECT coupon AS "Coupon Code", card AS "Member Card", campaign AS "Campaign",
       strftime(issued, '%Y-%m-%d') AS "Coupon Issued", strftime(expires, '%Y-%m-%d') AS "Coupon Expires",
       strftime(redeemed, '%Y-%m-%d %H:%M:%S') AS "Redemption Date", "order" AS "Order No",
       yuan(cents) AS "Coupon Value", 'CNY' AS "Currency"
FROM coupons ORDER BY issued, coupon
"""

MAILINGS = """
SELECT mailing AS "Campaign", name AS "Campaign name", 'letter' AS "Channel",
       strftime(sent_on, '%Y-%m-%d') AS "Starts", yuan(cents) AS "Campaign cost", held_out AS "Share held out"
FROM mailings ORDER BY nth
"""

LETTERS = """
SELECT format('L{:07d}', number) AS "Touch", mailing AS "Campaign", card AS "Member Card",
       CASE WHEN NOT alone THEN strftime(sent_on, '%Y-%m-%d 09:00:00') END AS "Sent at",
       CASE WHEN alone THEN 'control' ELSE 'treated' END AS "Group",
       CASE WHEN NOT alone AND arrives THEN strftime(sent_on + 1, '%Y-%m-%d 12:00:00') END AS "Delivered at"
FROM letters JOIN cards USING (person) WHERE NOT second ORDER BY number
"""

EVENTS = """
SELECT event AS event_id, events.name AS event,
       strftime(time, '%Y-%m-%dT%H:%M:%S+08:00') AS event_time, email, device AS device_id,
       session AS session_id, sku AS product_id, searched AS search_term, page AS page_url
FROM events LEFT JOIN products ON products.number = product ORDER BY serial
"""

RATINGS = """
SELECT rating AS "Rating ID", 'Product rating' AS "Survey",
       strftime(rated, '%Y-%m-%d %H:%M:%S') AS "Submitted at", email AS "E-mail", sku AS "SKU",
       'How many stars? 您给几颗星？' AS "Question", score AS "Stars", comment AS "Review"
FROM ratings JOIN products ON products.number = product ORDER BY serial
"""

CARE = """
SELECT reply AS "Reply ID", 'Service survey' AS "Survey", strftime(rated_on, '%Y-%m-%d') AS "Submitted at",
       email AS "E-mail", question AS "Question", score AS "Score"
FROM (SELECT *, unnest(getvariable('care_questions')) AS question, unnest(scores) AS score,
             generate_subscripts(scores, 1) AS nth FROM care)
ORDER BY serial, nth
"""

SALES_CALLS = """
SELECT number AS "Call ID", strftime(time, '%Y-%m-%d %H:%M:%S') AS "Call time", phone AS "Phone",
       'outbound' AS "Direction", channel AS "Channel", department AS "Department",
       format('S{:02d}', agent) AS "Agent", outcome AS "Outcome"
FROM approaches ORDER BY serial
"""

OPPORTUNITIES = """
SELECT opportunities.number AS "Opportunity No", customer AS "Customer No",
       format('S{:02d}', seller) AS "Sales Rep",
       sku AS "Product Code", stage AS "Stage", yuan(opportunities.cents) AS "Opportunity Value",
       'CNY' AS "Currency", strftime(opened, '%Y-%m-%d') AS "Created Date",
       strftime(expected_close, '%Y-%m-%d') AS "Expected Close", strftime(closed, '%Y-%m-%d') AS "Closed Date"
FROM opportunities JOIN products ON products.number = nth_product ORDER BY serial
"""

HOME_SERVICE = """
SELECT number AS "Expense Number", strftime(visited, '%Y-%m-%d') AS "Expense Date",
       'After-sales service' AS "Cost Centre", card AS "Member Card", yuan(cost) AS "Expense Amount",
       'CNY' AS "Currency"
FROM jobs ORDER BY serial
"""

OUTSIDE = """
SELECT indicator AS "Indicator", province AS "Region", strftime(period, '%Y-%m-%d') AS "Period",
       CASE unit WHEN 'CNY' THEN yuan(value) ELSE value::VARCHAR END AS "Value", unit AS "Unit"
FROM outside ORDER BY indicator, province NULLS FIRST, period
"""

CALL_CENTRE = """
SELECT call AS call_id, strftime(time, '%Y-%m-%dT%H:%M:%S+08:00') AS time, phone AS caller,
       'inbound' AS direction,
       topic, text, status, format('A{:02d}', agent) AS agent
FROM calls ORDER BY number
"""

SURVEY = """
SELECT response AS "Response ID",
       CASE WHEN misdated THEN strftime(day, '%Y-02-30') ELSE strftime(day, '%Y-%m-%d') END AS "Submitted",
       email AS "E-mail", phone AS "Phone",
       'How likely are you to recommend us? 您有多大可能推荐我们？' AS "Question",
       score AS "Score", comment AS "Comment", bought_elsewhere AS "Bought elsewhere",
       plans AS "Plans to buy",
       within_months AS "Within months"
FROM responses ORDER BY number
"""

PARTNERS = """
SELECT number AS "序号", CASE WHEN person IS NULL THEN '企业' ELSE '个人' END AS "类型", company AS "公司名",
       contact AS "联系人",
       phone AS "电话", email AS "邮箱", tax_number AS "统一社会信用代码"
FROM partners ORDER BY number
"""

#: a line of the card in each column
EXHIBITION = """
SELECT 'UID:' || uid, 'N:' || family_name || ';' || given_name || ';;;', 'FN:' || name,
       'TEL;TYPE=CELL:' || phone,
       'EMAIL;TYPE=INTERNET:' || email, 'ADR;TYPE=HOME:;;;' || city || ';;;',
       strftime(met_on, 'REV:%Y-%m-%dT10:00:00Z'),
       'NOTE:' || interest
FROM visitors ORDER BY person
"""
