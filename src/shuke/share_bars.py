"""Share bars: which share of each group has which verdict?"""

from __future__ import annotations

from collections.abc import Mapping

from shuke.languages import Text
from shuke.lazy import alt, pd


def parts(
    counts: pd.DataFrame, group: str, verdict: str, groups: Mapping[str, Text], verdicts: Mapping[str, Text]
) -> alt.Chart:
    """A bar of one length for each group, parted by how many `answers` have each verdict."""
    shown = pd.DataFrame(
        {
            "group": [str(groups.get(name, Text(name, name))) for name in counts[group]],
            "verdict": [str(verdicts.get(name, Text(name, name))) for name in counts[verdict]],
            "place": [list(verdicts).index(name) if name in verdicts else -1 for name in counts[verdict]],
            "answers": counts.answers.astype(int),
        }
    )
    named = [str(title) for title in verdicts.values()]
    bars: alt.Chart = (
        alt.Chart(shown)
        .mark_bar()
        .encode(
            y=alt.Y("group:N", title=None),
            x=alt.X("answers:Q", stack="normalize", title=None, axis=alt.Axis(format=".0%")),
            color=alt.Color("verdict:N", sort=named, title=None),
            order=alt.Order("place:Q"),
            tooltip=[
                "group",
                "verdict",
                alt.Tooltip("answers:Q", title=str(Text("Texts", "条数")), format=","),
            ],
        )
    )
    return bars
