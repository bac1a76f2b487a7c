"""Do the goods of the demo company hang together?"""

from shuke.demo import goods


def test_every_product_has_a_code_and_a_name_of_its_own():
    products = goods.products()
    assert len({p.sku for p in products}) == len({p.name_en for p in products}) == len(products)
    assert [p.number for p in products] == list(range(1, len(products) + 1))
    assert min(p.cents for p in products) > 0


def test_a_companion_is_another_product_of_the_same_category_and_variant():
    products = goods.products()
    for product in products:
        if product.companion:
            companion = products[product.companion - 1]
            assert companion is not product
            assert (companion.shelf, companion.variant) == (product.shelf, product.variant)


def test_toothbrushes_go_with_brush_heads():
    products = goods.products()
    brush = next(p for p in products if p.name_en == "Electric toothbrush, small")
    assert brush.companion
    assert products[brush.companion - 1].name_en == "Brush heads, small"
