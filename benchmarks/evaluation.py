"""How every evaluation tells its figures: ours beside the baselines, as a table or as JSON."""

import json
from collections.abc import Mapping

Scores = Mapping[str, float]


def tell(ours: Scores, baselines: Mapping[str, Scores], *, as_json: bool, about: str = "") -> None:
    """Print `{"ours": {…}, "baselines": {NAME: {…}}}`, or a table with a line for each below `about`."""
    if as_json:
        print(json.dumps({"ours": ours, "baselines": baselines}, indent=2))
        return
    if about:
        print(about)
    rows = {"ours": ours, **baselines}
    width = max(map(len, rows))
    for name, scores in rows.items():
        told = (
            f"{key} {value:,.0f}" if float(value).is_integer() else f"{key} {value:.3f}"
            for key, value in scores.items()
        )
        print(f"{name:{width}}  {'  '.join(told)}")
