"""Fixed cost: how much CPU does the least of work take, most of which goes into loading and planning?

python -m bench.fixed       prints it alone; each figure is that of processes of their own, the least of three
"""

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.measured import Finished, Measured, child

_INIT = ("init", ".", "--name", "Shop", "--country", "GB", "--currency", "GBP", "--zone", "Europe/London")


def fixed(work: Path, *, rounds: int = 3) -> Iterator[Measured]:
    """Help, ten lines imported, fifty orders built for the first time, and nothing new to build."""
    yield _measured("shuke --help", [_shuke(work, "--help") for _ in range(rounds)], aim=0.3)
    shops = [_shop(work, number) for number in range(rounds)]
    ten = [_imported(shop, 10, number) for number, shop in enumerate(shops)]
    yield _measured("the first ten lines imported", ten)
    ten = [_imported(shop, 10, rounds + number) for number, shop in enumerate(shops)]
    yield _measured("ten lines more of that layout", ten, aim=0.4)
    for number, shop in enumerate(shops):
        _imported(shop, 50, 2 * rounds + number)
    yield _measured("a shop of fifty orders built first", [_shuke(shop, "build") for shop in shops], aim=4.0)
    yield _measured("the ids landed that it had issued", [_shuke(shop, "build") for shop in shops])
    yield _measured("nothing new to build", [_shuke(shop, "build") for shop in shops], aim=0.5)


def _measured(name: str, runs: list[Finished], *, aim: float | None = None) -> Measured:
    return Measured(
        section="fixed cost", name=name, ours=tuple(run.cpu for run in runs), aim=aim, unit="CPU s"
    )


def _shop(work: Path, number: int) -> Path:
    shop = work / f"shop-{number}"
    shop.mkdir()
    _shuke(shop, *_INIT)
    return shop


def _imported(shop: Path, lines: int, seed: int) -> Finished:
    """Import a file of orders of one line each, of customers some of whom came before."""
    chance = random.Random(seed)
    file = shop.parent / f"orders-{seed}.csv"
    with file.open("w") as out:
        print("Order no,Date,Customer no,Name,Email,Product,Quantity,Unit price,Amount", file=out)
        for line in range(lines):
            who, quantity, price = chance.randrange(24), chance.randint(1, 3), chance.choice([4.5, 6, 12.25])
            day = f"2026-{chance.randint(8, 11):02}-{chance.randint(1, 28):02}"
            print(
                f"{seed}{line:04}", day, f"C{who:03}", f"Ada {chr(65 + who)}. Lee", f"ada{who}@example.com",
                f"Tea {price}", quantity, price, quantity * price, sep=",", file=out,
            )  # fmt: skip
    return _shuke(shop, "import", "till", str(file))


def _shuke(at: Path, *words: str) -> Finished:
    return child("-m", "shuke", *words, at=at, quiet=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for each in fixed(Path(folder)):
            aimed = f", aim {each.aim:.1f}" if each.aim else ""
            print(f"{min(each.ours):6.2f} {each.unit}  {each.name}{aimed}", flush=True)
