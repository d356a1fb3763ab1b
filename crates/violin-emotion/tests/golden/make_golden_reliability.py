"""Agreement of listeners by the reference libraries, on ratings drawn here: writes reliability.json.

Made with krippendorff 0.9.0, pingouin 0.7.0, numpy 2.4.6 and pandas 3.1.1; run with: python make_golden_reliability.py
"""

import json
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd
import pingouin

random = np.random.default_rng(20261126)


def chosen(clips, raters, missing):
    """One of four emotions, NaN where a listener did not hear a clip; every clip leans to one emotion."""
    leaning = random.integers(0, 4, clips)
    answers = np.where(random.random((raters, clips)) < 0.5, leaning, random.integers(0, 4, (raters, clips)))
    return np.where(random.random((raters, clips)) < missing, np.nan, answers)


def scale(clips, raters, missing):
    """0 to 6; what the clip has, what the listener makes of it, rounded."""
    values = 3 + 1.2 * random.normal(size=clips) + 1.1 * random.normal(size=(raters, clips))
    values = np.clip(np.round(values), 0, 6)
    return np.where(random.random((raters, clips)) < missing, np.nan, values)


def icc(values):
    """Whole tables only: ICC(1) and ICC(1,k)."""
    raters, clips = values.shape
    table = pd.DataFrame(
        [(clip, rater, values[rater, clip]) for clip in range(clips) for rater in range(raters)],
        columns=["clip", "rater", "value"],
    )
    found = pingouin.intraclass_corr(table, targets="clip", raters="rater", ratings="value")
    rows = dict(zip(found["Type"], found["ICC"]))
    single = next(rows[name] for name in ("ICC1", "ICC(1,1)") if name in rows)
    mean = next(rows[name] for name in ("ICC1k", "ICC(1,k)") if name in rows)
    return {"single": float(single), "mean": float(mean)}


def by_clip(values):
    return [[float(value) for value in clip if not np.isnan(value)] for clip in values.T]


cases = []
for clips, raters, missing in [(12, 5, 0.0), (30, 8, 0.3), (6, 20, 0.6)]:
    values = chosen(clips, raters, missing)
    alpha = krippendorff.alpha(reliability_data=values, value_domain=[0, 1, 2, 3], level_of_measurement="nominal")
    cases.append({"nominal": True, "clips": by_clip(values), "alpha": float(alpha), "icc": None})
for clips, raters, missing in [(10, 4, 0.0), (40, 6, 0.0), (25, 9, 0.4)]:
    values = scale(clips, raters, missing)
    alpha = krippendorff.alpha(reliability_data=values, level_of_measurement="interval")
    whole = icc(values) if missing == 0 else None
    cases.append({"nominal": False, "clips": by_clip(values), "alpha": float(alpha), "icc": whole})
text = json.dumps({"made_with": "krippendorff, pingouin", "cases": cases})
(Path(__file__).parent / "reliability.json").write_text(text + "\n")
