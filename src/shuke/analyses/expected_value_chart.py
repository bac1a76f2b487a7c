"""Expected value chart: which things have the highest expected value over all candidates?"""

from __future__ import annotations

from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.tables import Column


def bars(frame: pd.DataFrame, what: str, expected: Column) -> alt.Chart:
    """A bar for each row of `what`, `value` and `customers`: what its candidates are expected to bring."""
    label = str(expected.title)
    return (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            y=alt.Y(f"{what}:N", sort=None, title=None, axis=alt.Axis(labelLimit=240)),
            x=alt.X("value:Q", title=label, axis=alt.Axis(format="~s")),
            tooltip=[what, alt.Tooltip("value:Q", format=",.0f", title=label),
                     alt.Tooltip("customers:Q", title=str(Text("Customers", "客户数")))],
        )
    )  # fmt: skip
