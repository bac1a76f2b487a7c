"""The headers of UCI Online Retail (D. Chen, CC BY 4.0), with made-up rows in its manner."""

RETAIL = """
InvoiceNo | orders.order_no | 536365 | C536379 | A563185
StockCode | products.product_id | 85123A | D | B
Description | products.name | WHITE HANGING HEART T-LIGHT HOLDER | Discount | Adjust bad debt
Quantity | order_items.quantity | 6 | -1 | 1
InvoiceDate | orders.ordered_at | 12/1/2010 8:26 | 12/1/2010 9:41 | 8/12/2011 14:50
UnitPrice | order_items.price | 2.55 | 27.5 | 11062.06
CustomerID | people.record_id | 17850 | 14527 |
Country | people.country+orders.country | United Kingdom | United Kingdom | France
"""
