"""Reference values for Mann-Whitney from scipy: reads cases {x, y, confidence} as JSON, writes what scipy says of each.

    node cases.ts | python3 scipy-reference.py > scipy-reference.json     (needs numpy and scipy)

The interval by the normal approximation is not in scipy: it is R's wilcox.test (correct = TRUE, exact = FALSE), which
Kayenta follows, with scipy's ranks and quantile, and its root bracketed until two floats are neighbours.
"""

import json
import sys

import numpy as np
import scipy
from scipy.stats import mannwhitneyu, norm, rankdata


def z(x, y, mu):
    m, n = len(x), len(y)
    ranks = rankdata(np.concatenate([x - mu, y]))
    distance = ranks[:m].sum() - m * (m + 1) / 2 - m * n / 2
    ties = sum(int(t) ** 3 - int(t) for t in np.unique(ranks, return_counts=True)[1])
    sigma = np.sqrt(m * n / 12 * (m + n + 1 - ties / ((m + n) * (m + n - 1))))
    return (distance - np.sign(distance) * 0.5) / sigma


def root(x, y, quantile):
    low, high = x.min() - y.max(), x.max() - y.min()
    if z(x, y, low) <= quantile:
        return low
    if z(x, y, high) >= quantile:
        return high
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if z(x, y, middle) > quantile:
            low = middle
        else:
            high = middle
    return high


def reference(case):
    x, y = np.array(case["x"], float), np.array(case["y"], float)
    q = norm.ppf(1 - (1 - case["confidence"]) / 2)
    return {
        "u": float(mannwhitneyu(x, y).statistic),
        "quantile": float(q),
        "low": float(root(x, y, q)),
        "high": float(root(x, y, -q)),
        "estimate": float(np.median(np.subtract.outer(x, y))),
        "p01": float(np.percentile(x, 1)),
        "p75": float(np.percentile(x, 75)),
    }


cases = json.load(sys.stdin)
json.dump(
    {"command": "node cases.ts | python3 scipy-reference.py", "scipy": scipy.__version__, "expected": [reference(case) for case in cases]},
    sys.stdout,
    indent=2,
)
print()
