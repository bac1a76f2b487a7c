"""Offers as one types them."""

import json


def test_an_offer_is_made_given_out_redeemed_and_listed(shuke, own_shop):
    said = shuke("offer", "make", "Five off", "--value", "5", "--ends", "2099-12-31", at=own_shop)
    assert (said.status, said.out.strip()) == (0, "1"), said.err
    rows = json.loads(shuke("show", "customers", "--format", "json", at=own_shop).out)
    customer = rows[0]["customer_id"]
    given = shuke("offer", "issue", "1", customer, "--occasion", "spring", at=own_shop)
    who, code = given.out.strip().split(",")
    assert who == customer, given.err
    said = shuke("offer", "redeem", code, "--order", "A9", "--source", "till", "--amount", "3", at=own_shop)
    assert said.out.strip() == "Redeemed: £3.00", said.err
    said = shuke("offer", "redeem", code, "--order", "A9", "--source", "till", "--amount", "3", at=own_shop)
    assert said.out.strip() == "It was redeemed by this call before: £3.00"
    said = shuke("offer", "redeem", code, "--order", "B1", at=own_shop)
    assert (said.status, said.err.strip()) == (1, "The coupon has been redeemed already.")
    assert "Five off" in shuke("offer", at=own_shop).out
    (told,) = json.loads(shuke("offer", "--format", "json", at=own_shop).out)
    assert (told["redeemed"], told["cost"]) == (1, 3)
    codes = shuke("offer", "issue", "1", "--unnamed", "3", "--occasion", "print", at=own_shop).out.split()
    assert len(set(codes)) == 3
    assert "3" in shuke("offer", "void", "1", at=own_shop).err
    assert shuke("offer", "end", "1", at=own_shop).status == 0


def test_what_makes_no_sense_is_refused_in_words(shuke, own_shop):
    both = ("--value", "5", "--percent", "10", "--ends", "2099-12-31")
    said = shuke("offer", "make", "Both", *both, at=own_shop)
    assert (said.status, said.err.strip()) == (2, "Say one of --value, --percent and --product.")
    said = shuke("offer", "make", "Odd", "--value", "five", "--ends", "2099-12-31", at=own_shop)
    assert said.status == 2 and "five is not an amount" in said.err
    said = shuke("offer", "issue", "7", "nobody", "--occasion", "x", at=own_shop)
    assert said.status == 2 and "nobody" in said.err
    assert shuke("offer", at=own_shop).err.startswith("There are no offers yet.")
