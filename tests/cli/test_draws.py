"""A draw as one types it, and as a stranger checks it."""

import json


def test_a_draw_is_opened_closed_revealed_and_checked(shuke, own_shop):
    listed = own_shop / "ids.txt"
    listed.write_text("".join(f"C{n}\n" for n in range(20)), "utf-8")
    made = shuke("draw", "open", "Spring", "--prizes", "2", "--announced", "lottery of May", at=own_shop)
    assert made.out.strip() == "1", made.err
    assert "20 take part" in shuke("draw", "close", "1", "--from", listed, at=own_shop).err
    winners = shuke("draw", "reveal", "1", "--outcome", "7 11", at=own_shop).out.split()
    (told,) = json.loads(shuke("draw", "--format", "json", at=own_shop).out)
    assert told["winners"] == winners and told["odds"] == 0.1
    published = (
        "--seed", told["seed"], "--outcome", "7 11", "--prizes", "2", "--commitment", told["commitment"],
        "--entrants", told["entrants_digest"],
    )  # fmt: skip
    assert shuke("draw", "check", "--from", listed, *published, at=own_shop).out.split() == winners
    listed.write_text("C1\nC2\n", "utf-8")
    assert shuke("draw", "check", "--from", listed, *published, at=own_shop).status == 2
    assert "10%" in shuke("draw", at=own_shop).out
