"""What systems of further languages and trades write over the columns of their exports, with made-up rows.

The form is that of `dialects`: header, what it means, three values.
"""

FURTHER = {
    "jtl": """
Auftragsnummer | orders.order_no | AU202403-1001 | AU202403-1001 | AU202403-1002
Externe Auftragsnummer | further / orders.order_no | 302-55 | 302-55 |
Auftragsdatum | orders.ordered_at | 05.03.2024 10:22 | 05.03.2024 10:22 | 26.03.2024 09:00
Kundennummer | people.record_id | 10023 | 10023 | 10024
Anrede | people.gender | Frau | Frau | Herr
Vorname | people.given_name | Anna | Anna | Bernd
Nachname | people.family_name | Beispiel | Beispiel | Muster
Firma | people.organisation | | | Muster GmbH
Straße | people.address | Hauptstr. 1 | Hauptstr. 1 | Am Markt 2
PLZ | people.postcode | 01067 | 01067 | 50667
Ort | people.city+orders.city / people.city | Dresden | Dresden | Köln
Land | people.country+orders.country / people.country | DE | DE | DE
E-Mail | identifiers.email | anna@example.de | anna@example.de | bernd@example.de
Artikelnummer | products.product_id | T-100 | B-200 | T-100
Artikelname | products.name | Teekanne blau | Becher rot | Teekanne blau
Menge | order_items.quantity | 1 | 2 | 1
Einzelpreis | order_items.price | 19,90 | 4,50 | 19,90
Rabatt | order_items.discount / order_items.discount_rate / further | 0,00 | 0,50 | 0,00
MwSt-Satz | further / order_items.tax_rate | 19 | 19 | 19
Zahlungsart | orders.payment | PayPal | PayPal | Rechnung
Versandart | further | DHL | DHL | DHL
Währung | orders.currency | EUR | EUR | EUR
Plattform | orders.channel | eBay | eBay | Shop
""",
    "lexware": """
Belegnr. | orders.order_no | RE-1001 | RE-1001 | RE-1002
Belegdatum | orders.ordered_at | 05.03.2024 | 05.03.2024 | 26.03.2024
Kunden-Nr. | people.record_id | 10001 | 10001 | 10002
Kundenname | people.name | Muster GmbH | Muster GmbH | Anna Beispiel
Pos. | further / order_items.line_id | 1 | 2 | 1
Artikel-Nr. | products.product_id | 4711 | 4712 | 4711
Bezeichnung | products.name | Schraube M8 | Mutter M8 | Schraube M8
Warengruppe | products.category | Eisen | Eisen | Eisen
Anzahl | order_items.quantity | 100 | 20 | 50
Einheit | further | Stk | Stk | Stk
E-Preis | order_items.price | 0,15 | 0,05 | 0,15
Gesamtpreis | order_items.amount / orders.total | 15,00 | 1,00 | 7,50
Vertreter | staff.staff_id | Kurz | Kurz | Lang
""",
    "shopware_customers": """
Kundennummer | people.record_id | 10023 | 10024 | 10025
Anrede | people.gender | Frau | Herr | Frau
Vorname | people.given_name | Anna | Bernd | Clara
Nachname | people.family_name | Beispiel | Muster | Probe
E-Mail-Adresse | identifiers.email | a@example.de | b@example.de | c@example.de
Telefonnummer | identifiers.phone | 0351 123456 | 0221 98765 | 030 5551234
Geburtsdatum | people.birth_date | 31.05.1986 | 11.07.1974 | 01.01.1990
Straße und Hausnummer | people.address | Hauptstr. 1 | Am Markt 2 | Weg 3
Postleitzahl | people.postcode | 01067 | 50667 | 10115
Stadt | people.city | Dresden | Köln | Berlin
Bundesland | people.region | Sachsen | NRW | Berlin
Kundengruppe | memberships.tier | Endkunden | Händler | Endkunden
Registriert am | people.since | 05.03.2020 | 06.03.2021 | 27.03.2022
Newsletter | marketing.email | ja | nein | ja
""",
    "german_bank": """
Buchungstag | payments.paid_at | 05.03.2024 | 26.03.2024 | 27.03.2024
Valutadatum | further / payments.paid_at | 05.03.2024 | 26.03.2024 | 27.03.2024
Buchungstext | further | Gutschrift | Lastschrift | Gutschrift
Verwendungszweck | further | RE-1001 | Miete | RE-1002
Begünstigter/Zahlungspflichtiger | people.name | Anna Beispiel | Haus GmbH | Bernd Muster
Betrag | payments.amount | 119,00 | -850,00 | 59,50
Währung | orders.currency | EUR | EUR | EUR
Saldo nach Buchung | further | 1119,00 | 269,00 | 328,50
""",
    "prestashop": """
Référence | products.product_id | TH-1 | TA-2 | TH-1
N° de commande | orders.order_no | 1001 | 1001 | 1002
Date de commande | orders.ordered_at | 05/03/2024 10:22 | 05/03/2024 10:22 | 26/03/2024 09:00
Nom du client | people.name | Anne Exemple | Anne Exemple | Bruno Modèle
Adresse e-mail | identifiers.email | anne@example.fr | anne@example.fr | bruno@example.fr
Téléphone | identifiers.phone | 01 23 45 67 89 | 01 23 45 67 89 | 06 12 34 56 78
Adresse de livraison | order_parties.recipient_address | 1 rue Haute | 1 rue Haute | 2 rue Basse
Code postal | people.postcode / order_parties.recipient_postcode | 75001 | 75001 | 69001
Ville | people.city+orders.city / people.city / orders.city | Paris | Paris | Lyon
Pays | people.country+orders.country / orders.country / people.country | France | France | France
Produit | products.name | Théière | Tasse | Théière
Quantité | order_items.quantity | 1 | 2 | 1
Prix unitaire | order_items.price | 19,90 | 4,50 | 19,90
Total TTC | orders.total / order_items.amount | 28,90 | 28,90 | 19,90
Frais de port | orders.shipping | 5,00 | 5,00 | 0,00
Mode de paiement | orders.payment | Carte | Carte | Chèque
État de la commande | orders.status | Livré | Livré | Remboursé
""",
    "french_till": """
Ticket | orders.order_no | 501 | 501 | 502
Date | orders.ordered_at | 05/03/2024 | 05/03/2024 | 26/03/2024
Heure | record.time | 10:22 | 10:22 | 11:05
Magasin | stores.store_id | Lyon 2 | Lyon 2 | Lyon 2
Vendeur | staff.staff_id | Claire | Claire | David
Code article | products.product_id | A1 | A2 | A1
Désignation | products.name | Pain | Brioche | Pain
Famille | products.category | Boulangerie | Boulangerie | Boulangerie
Qté | order_items.quantity | 2 | 1 | 3
P.U. TTC | order_items.price | 1,20 | 3,40 | 1,20
Remise | order_items.discount | 0,00 | 0,40 | 0,00
Montant TTC | order_items.amount / orders.total | 2,40 | 3,00 | 3,60
Carte fidélité | identifiers.member_no | 60012345 | 60012345 |
""",
    "french_customers": """
Code client | people.record_id | C001 | C002 | C003
Civilité | people.gender | Mme | M. | Mme
Nom | people.family_name | Exemple | Modèle | Type
Prénom | people.given_name | Anne | Bruno | Chloé
Société | people.organisation | | Modèle SARL |
Date de naissance | people.birth_date | 31/05/1986 | 11/07/1974 | 01/01/1990
Adresse | people.address | 1 rue Haute | 2 rue Basse | 3 quai Nord
Complément d'adresse | people.address_more | Bât. A | | 3e étage
CP | people.postcode | 75001 | 69001 | 13001
Ville | people.city | Paris | Lyon | Marseille
Portable | identifiers.phone | 06 12 34 56 78 | 06 23 45 67 89 | 07 11 22 33 44
Courriel | identifiers.email | anne@example.fr | bruno@example.fr | chloe@example.fr
Date d'inscription | people.since | 05/03/2020 | 16/03/2021 | 27/03/2022
Commercial | people.account_manager / staff.staff_id | Claire | David | Claire
Remarques | people.remark | | préfère le soir |
""",
    "spanish_shop": """
Nº pedido | orders.order_no | 1001 | 1001 | 1002
Fecha de compra | orders.ordered_at | 05/03/2024 | 05/03/2024 | 26/03/2024
Cliente | people.name / people.record_id+people.name | Ana Ejemplo | Ana Ejemplo | Blas Muestra
Correo electrónico | identifiers.email | ana@example.es | ana@example.es | blas@example.es
Móvil | identifiers.phone | 612 345 678 | 612 345 678 | 698 765 432
Referencia | products.product_id | TE-1 | TA-2 | TE-1
Artículo | products.name | Tetera azul | Taza roja | Tetera azul
Talla | products.variant | M | L | M
Unidades | order_items.quantity | 1 | 2 | 1
Precio unitario | order_items.price | 19,90 | 4,50 | 19,90
Dto. | order_items.discount / order_items.discount_rate / further | 0,00 | 0,50 | 0,00
Importe | order_items.amount | 19,90 | 8,50 | 19,90
Gastos de envío | orders.shipping | 5,00 | 5,00 | 0,00
Forma de pago | orders.payment | Tarjeta | Tarjeta | Bizum
Estado | orders.status | Entregado | Entregado | Devuelto
Tienda | stores.store_id | Madrid | Madrid | Online
""",
    "mercado_libre": """
# de venta | orders.order_no | 2000001 | 2000002 | 2000003
Fecha de venta | orders.ordered_at | 2024-03-05 10:22 | 2024-03-06 11:00 | 2024-03-26 09:00
Estado | orders.status | Entregado | Cancelada | En camino
Unidades | order_items.quantity | 1 | 2 | 1
Ingresos por productos (MXN) | order_items.amount | 199.00 | 90.00 | 199.00
Total (MXN) | orders.total / order_items.amount | 170.00 | 0.00 | 180.00
SKU | products.product_id | TE-1 | TA-2 | TE-1
Título de la publicación | products.name | Tetera azul | Taza roja | Tetera azul
Variante | products.variant | Azul | Rojo | Azul
Precio unitario de venta de la publicación (MXN) | order_items.price | 199.00 | 45.00 | 199.00
Comprador | people.name | Ana Ejemplo | Blas Muestra | Eva Prueba
Domicilio | people.address / order_parties.recipient_address | Calle 1 | Calle 2 | Calle 3
Municipio | people.city+orders.city / people.city / orders.city | Toluca | León | Mérida
Código postal | people.postcode / order_parties.recipient_postcode | 50000 | 37000 | 97000
""",
    "nuvemshop": """
Número do Pedido | orders.order_no | 101 | 101 | 102
E-mail | identifiers.email | ana@example.com.br | ana@example.com.br | bia@example.com.br
Data | orders.ordered_at | 05/03/2024 10:22 | 05/03/2024 10:22 | 26/03/2024 09:00
Status do Pedido | orders.status | Aberto | Aberto | Cancelado
Moeda | orders.currency | BRL | BRL | BRL
Desconto | order_items.discount / orders.discount | 0.00 | 0.00 | 5.00
Valor do Frete | orders.shipping | 15.00 | 15.00 | 0.00
Total | orders.total | 74.90 | 74.90 | 54.90
Nome do comprador | people.name | Ana Exemplo | Ana Exemplo | Bia Modelo
CPF / CNPJ | identifiers.tax_id / identifiers.national_id | 111.222.333-44 | 111.222.333-44 | 555.666.777-88
Telefone | identifiers.phone / order_parties.recipient_phone | 11999990000 | 11999990000 | 21988887777
Nome para a entrega | order_parties.recipient_name | Ana Exemplo | Ana Exemplo | Caio Amigo
Endereço | people.address / order_parties.recipient_address | Rua Um | Rua Um | Rua Dois
Bairro | people.district / further | Centro | Centro | Sul
Cidade | people.city / orders.city | São Paulo | São Paulo | Rio de Janeiro
CEP | people.postcode / order_parties.recipient_postcode | 01000-000 | 01000-000 | 20000-000
Forma de Pagamento | orders.payment | Pix | Pix | Cartão
Cupom de Desconto | orders.coupon | | | VOLTA5
Nome do Produto | products.name | Bule azul | Xícara | Bule azul
Valor do Produto | order_items.price | 49.90 | 10.00 | 59.90
Quantidade Comprada | order_items.quantity | 1 | 1 | 1
SKU | products.product_id | BU-1 | XI-2 | BU-1
""",
    "portuguese_customers": """
Código do cliente | people.record_id | 1 | 2 | 3
Nome completo | people.name | Ana Exemplo | Bia Modelo | Caio Amigo
Data de nascimento | people.birth_date | 31/05/1986 | 11/07/1974 | 01/01/1990
Telemóvel | identifiers.phone | 912345678 | 923456789 | 934567890
Correio eletrónico | identifiers.email | ana@example.pt | bia@example.pt | caio@example.pt
Morada | people.address | Rua Alta 1 | Rua Baixa 2 | Praça 3
Código postal | people.postcode | 1000-001 | 4000-002 | 3000-003
Localidade | people.city | Lisboa | Porto | Coimbra
Sexo | people.gender | F | F | M
Pontos | memberships.balance | 120 | 30 | 0
""",
    "rakuten": """
注文番号 | orders.order_no | 123456-20240305-0001 | 123456-20240305-0001 | 123456-20240326-0002
注文日時 | orders.ordered_at | 2024-03-05 10:22:05 | 2024-03-05 10:22:05 | 2024-03-26 09:00:01
ステータス | orders.status | 700 | 700 | 900
注文者姓 | people.family_name | 山田 | 山田 | 佐藤
注文者名 | people.given_name / people.name | 花子 | 花子 | 太郎
注文者メールアドレス | identifiers.email | a@example.jp | a@example.jp | b@example.jp
注文者電話番号 | identifiers.phone | 03-1234-5678 | 03-1234-5678 | 090-1111-2222
注文者郵便番号 | people.postcode | 100-0001 | 100-0001 | 530-0001
注文者都道府県 | people.region | 東京都 | 東京都 | 大阪府
送付先氏名 | order_parties.recipient_name | 山田花子 | 山田花子 | 鈴木一郎
送付先住所 | order_parties.recipient_address | 千代田区1-1 | 千代田区1-1 | 北区2-2
商品管理番号 | products.product_id / further | tea-1 | cup-2 | tea-1
商品番号 | products.product_id | T1 | C2 | T1
商品名 | products.name | 急須 青 | 湯呑 | 急須 青
項目・選択肢 | products.variant | 青 | 白 | 青
単価 | order_items.price | 1980 | 450 | 1980
個数 | order_items.quantity | 1 | 2 | 1
送料合計 | orders.shipping | 500 | 500 | 0
請求金額 | orders.total | 3380 | 3380 | 1980
支払方法 | orders.payment | クレジットカード | クレジットカード | 代金引換
ひとことメモ | further | | | 至急
""",
    "stores_jp": """
オーダー番号 | orders.order_no | 10001 | 10001 | 10002
オーダー日 | orders.ordered_at | 2024-03-05 10:22 | 2024-03-05 10:22 | 2024-03-26 09:00
アイテム名 | products.name | 急須 | 湯呑 | 急須
品番 | products.product_id | T1 | C2 | T1
種類 | products.variant / further | 青 | 白 | 青
個数 | order_items.quantity | 1 | 2 | 1
価格 | order_items.price | 1980 | 450 | 1980
小計 | order_items.amount | 1980 | 900 | 1980
送料 | orders.shipping | 500 | 500 | 0
合計 | orders.total | 3380 | 3380 | 1980
氏名 | people.name | 山田花子 | 山田花子 | 佐藤太郎
電話番号 | identifiers.phone | 03-1234-5678 | 03-1234-5678 | 090-1111-2222
メールアドレス | identifiers.email | a@example.jp | a@example.jp | b@example.jp
備考 | further | | | 至急
""",
    "freee": """
取引日 | invoices.issued | 2024/03/05 | 2024/03/15 | 2024/03/26
取引先 | people.name / people.record_id+people.name | 山田商店 | 佐藤工業 | 山田商店
請求書番号 | orders.order_no / invoices.invoice_no | INV-1 | INV-2 | INV-3
支払期日 | invoices.due | 2024/04/30 | 2024/04/30 | 2024/05/31
金額 | invoices.amount | 11000 | 22000 | 33000
税額 | further | 1000 | 2000 | 3000
""",
    "japanese_members": """
会員番号 | identifiers.member_no | 0001 | 0002 | 0003
氏名 | people.name | 山田花子 | 佐藤太郎 | 鈴木一郎
性別 | people.gender | 女性 | 男性 | 男性
生年月日 | people.birth_date | 1986/05/31 | 1974/07/11 | 1990/01/01
電話番号 | identifiers.phone | 03-1234-5678 | 090-1111-2222 | 080-3333-4444
郵便番号 | people.postcode | 100-0001 | 530-0001 | 460-0001
都道府県 | people.region | 東京都 | 大阪府 | 愛知県
住所 | people.address | 千代田区1-1 | 北区2-2 | 中区3-3
会員ランク | memberships.tier | ゴールド | シルバー | ブロンズ
入会日 | memberships.joined / people.since | 2020/03/05 | 2021/03/16 | 2022/03/27
保有ポイント | memberships.balance | 120 | 30 | 0
""",
    "toast": """
Order Id | orders.order_no | 700001 | 700001 | 700002
Order # | further / orders.order_no | 1 | 1 | 2
Sent Date | further / orders.ordered_at | 3/5/24 10:22 AM | 3/5/24 10:22 AM | 3/26/24 9:00 AM
Order Date | orders.ordered_at | 3/5/24 10:20 AM | 3/5/24 10:20 AM | 3/26/24 8:58 AM
Server | staff.staff_id | Dana | Dana | Eve
Location | stores.store_id | Harbor | Harbor | Harbor
Menu Item | products.name | Clam chowder | Iced tea | Lobster roll
Menu Group | products.category | Soups | Drinks | Mains
Gross Price | further / order_items.amount / order_items.price | 9.00 | 3.00 | 24.00
Discount | order_items.discount | 0.00 | 0.50 | 0.00
Net Price | order_items.amount | 9.00 | 2.50 | 24.00
Qty | order_items.quantity | 1 | 1 | 2
Tax | order_items.tax | 0.63 | 0.18 | 1.68
Void? | further | False | False | False
""",
    "lightspeed": """
Sale ID | orders.order_no | 501 | 501 | 502
Completed | orders.ordered_at | 2024-03-05 10:22 | 2024-03-05 10:22 | 2024-03-26 09:00
Customer | people.name / people.record_id+people.name | Ann Example | Ann Example | Bob Sample
System ID | products.product_id / further | 2100001 | 2100002 | 2100001
Item Description | products.name | Blue kettle | Red cup | Blue kettle
Category | products.category | Kitchen | Kitchen | Kitchen
Quantity | order_items.quantity | 1 | 2 | 1
Price | order_items.price | 19.90 | 4.50 | 19.90
Cost | order_items.cost | 9.00 | 2.00 | 9.00
Shop | stores.store_id | Main | Main | Main
Employee | staff.staff_id | Dana | Dana | Eve
Subtotal | order_items.amount | 19.90 | 9.00 | 19.90
""",
    "hubspot_contacts": """
Record ID | people.record_id | 1415 | 8704 | 8705
First Name | people.given_name | Ann | Bob | Cy
Last Name | people.family_name | Example | Sample | Specimen
Email | identifiers.email | a@example.com | b@example.com | c@example.com
Phone Number | identifiers.phone | (407) 555-8908 | (407) 555-8909 | (407) 555-8910
Contact owner | people.account_manager | Dana Seller | Dana Seller |
Associated Company | people.organisation | Acme | Globex | Initech
Job Title | people.job | CFO | Buyer | Researcher
Lifecycle Stage | further | lead | customer | lead
Create Date | people.since | 2024-02-05 01:51 | 2024-02-20 11:30 | 2024-02-28 11:30
City | people.city | Orlando | Tampa | Miami
""",
    "weimob": """
订单编号 | orders.order_no | 9001 | 9001 | 9002
下单时间 | orders.ordered_at | 2024-03-05 10:22:05 | 2024-03-05 10:22:05 | 2024-03-26 09:00:01
订单状态 | orders.status | 已完成 | 已完成 | 已退款
客户昵称 | people.name / identifiers.user_id | 小雨 | 小雨 | 大风
手机号码 | identifiers.phone / order_parties.recipient_phone | 13812345678 | 13812345678 | 13912345678
商品标题 | products.name | 紫砂壶 | 品茗杯 | 紫砂壶
商品规格 | products.variant | 红 | 白 | 红
商家编码 | products.product_id | HU-1 | BEI-2 | HU-1
购买数量 | order_items.quantity | 1 | 2 | 1
商品单价 | order_items.price | 199.00 | 19.90 | 199.00
商品小计 | order_items.amount | 199.00 | 39.80 | 199.00
运费 | orders.shipping | 8.00 | 8.00 | 0.00
订单实付金额 | orders.total | 246.80 | 246.80 | 199.00
收货人 | order_parties.recipient_name | 张三 | 张三 | 李四
收货地址 | order_parties.recipient_address | 文三路1号 | 文三路1号 | 漕溪路2号
下单门店 | stores.store_id | 西湖店 | 西湖店 | 徐汇店
专属导购 | staff.staff_id | 小陈 | 小陈 | 小林
""",
    "keruyun": """
账单号 | orders.order_no | B001 | B001 | B002
营业日期 | orders.ordered_at / further | 2024-03-05 | 2024-03-05 | 2024-03-26
结账时间 | orders.ordered_at / further | 2024-03-05 12:22:05 | 2024-03-05 12:22:05 | 2024-03-26 19:00:01
门店名称 | stores.store_id | 西湖店 | 西湖店 | 徐汇店
桌台 | further / stores.store_id | A1 | A1 | B2
菜品名称 | products.name | 宫保鸡丁 | 米饭 | 酸菜鱼
菜品分类 | products.category | 热菜 | 主食 | 热菜
数量 | order_items.quantity | 1 | 2 | 1
单价 | order_items.price | 38.00 | 2.00 | 68.00
实收金额 | order_items.amount | 38.00 | 4.00 | 68.00
会员手机号 | identifiers.phone | 13812345678 | 13812345678 |
服务员 | staff.staff_id | 小陈 | 小陈 | 小林
支付方式 | orders.payment | 微信 | 微信 | 支付宝
""",
    "taiwan_shop": """
訂單編號 | orders.order_no | TW1001 | TW1001 | TW1002
訂購日期 | orders.ordered_at | 2024/03/05 | 2024/03/05 | 2024/03/26
訂購人姓名 | people.name | 陳小美 | 陳小美 | 林大同
訂購人電話 | identifiers.phone | 0912345678 | 0912345678 | 0987654321
電子郵件 | identifiers.email | mei@example.tw | mei@example.tw | tong@example.tw
收件人姓名 | order_parties.recipient_name | 陳小美 | 陳小美 | 王小明
收件地址 | order_parties.recipient_address | 台北市信義路1號 | 台北市信義路1號 | 高雄市中山路2號
品名 | products.name | 茶壺 | 杯子 | 茶壺
規格 | products.variant | 藍 | 白 | 藍
數量 | order_items.quantity | 1 | 2 | 1
單價 | order_items.price | 590 | 120 | 590
小計 | order_items.amount | 590 | 240 | 590
運費 | orders.shipping | 60 | 60 | 0
付款方式 | orders.payment | 信用卡 | 信用卡 | 貨到付款
備註 | further | | | 請電聯
""",
    "alipay_bill": """
交易时间 | payments.paid_at | 2024-05-01 12:45:27 | 2024-05-02 10:10:11 | 2024-05-03 10:10:11
交易分类 | further | 餐饮美食 | 收入 | 收入
交易对方 | people.name | 米线店 | 李四 | 王五
对方账号 | further | abc***@126.com | 138****0000 |
商品说明 | further | 午餐 | 货款 | 货款
收/支 | payments.direction | 支出 | 收入 | 收入
金额 | payments.amount | 28.00 | 100.00 | 50.00
收/付款方式 | further | 余额宝 | 余额 | 余额
交易状态 | payments.status / further | 交易成功 | 交易成功 | 退款成功
交易订单号 | payments.payment_no | 20240501220 | 20240502220 | 20240503220
商家订单号 | further | T1 | T2 |
备注 | further | | |
""",
    "paypal": """
Date | payments.paid_at | 05/03/2024 | 25/03/2024 | 26/03/2024
Time | record.time | 10:22:05 | 11:02:45 | 09:00:01
Name | people.name | Ann Example | Bob Sample | Supplier Ltd
Type | further | Payment | Payment | Payment
Status | payments.status | Completed | Refunded | Completed
Currency | orders.currency | GBP | GBP | GBP
Gross | payments.amount | 54.50 | 22.00 | -10.00
Fee | further | -1.88 | -0.94 | 0.00
Net | further | 52.62 | 21.06 | -10.00
From Email Address | identifiers.email | ann@example.com | bob@example.com | me@example.com
Transaction ID | payments.payment_no | 1AB | 2CD | 3EF
Balance Impact | payments.direction | Credit | Credit | Debit
""",
    "facebook_ads": """
Day | expenses.at | 2024-03-05 | 2024-03-06 | 2024-03-07
Campaign name | campaigns.campaign_id+campaigns.name / campaigns.campaign_id | Spring | Spring | Tea
Amount spent (USD) | expenses.amount | 336.43 | 152.81 | 80.10
Impressions | further | 99117 | 29109 | 8000
Reach | further | 70000 | 20000 | 7000
Link clicks | further | 792 | 228 | 64
""",
}


def parsed(text: str) -> tuple[dict[str, set[frozenset[str]]], dict[str, list[str]]]:
    """What each column of an export means, and its values."""
    meant, values = {}, {}
    for line in text.strip().splitlines():
        header, targets, *cells = (part.strip() for part in line.split("|"))
        meant[header] = {frozenset(target.strip().split("+")) for target in targets.split(" / ")}
        values[header] = [*cells, "", "", ""][:3]
    return meant, values
