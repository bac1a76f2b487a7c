"""Dirt: what is wrong with a company's records, and how often?"""

from dataclasses import dataclass, fields


@dataclass(frozen=True, kw_only=True)
class Dirt:
    """Shares between 0 and 1; `CLEAN` has none of it."""

    #: cards and web accounts whose owner registered a second time, with other particulars
    duplicates: float = 0.05
    #: names, phones and e-mail addresses with a slip of the finger
    typos: float = 0.02
    #: Chinese names written in traditional characters
    traditional: float = 0.05
    #: Chinese names written in pinyin
    pinyin: float = 0.05
    #: people who moved house; older records show the old address
    moved: float = 0.08
    #: people who give the telephone of somebody in their household
    households: float = 0.04
    #: cards on which the cashier entered the shop's own telephone
    switchboards: float = 0.005
    #: 淘宝 buyers whose phone is masked (138****1234)
    masked: float = 0.25
    #: optional cells left empty
    missing: float = 0.08
    #: dates that do not exist (2024-02-30), and births on 1900-01-01
    wrong_dates: float = 0.01
    #: orders of till and web shop of which something comes back
    returns: float = 0.05
    #: returns that do not name the original receipt
    unreferenced: float = 0.3
    #: receipts of card holders who did not show the card
    forgotten_cards: float = 0.2
    #: the till's history that both of its exports hold
    overlap: float = 0.05
    #: a title row above and a total row below the members' sheet
    sheet_frames: bool = True
    #: GB18030 for 淘宝 and UTF-16 for the partner list instead of UTF-8
    legacy_encodings: bool = True


CLEAN = Dirt(**dict.fromkeys((knob.name for knob in fields(Dirt)), False))
