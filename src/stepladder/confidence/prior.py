"""What a candidate's own columns and text say about its label, before anybody is asked.

Logistic regression on TF-IDF of words and pairs of words, and on other columns as
name and value. It enters the pool only where that lowers the loss on groups not seen:
with rows of one text on both sides of a split it would always seem to help.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import log, sqrt
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict

from stepladder.confidence.gold import GoldTable
from stepladder.confidence.heard import Split
from stepladder.confidence.scaling import both_rows
from stepladder.confidence.vector import Vector, softmax
from stepladder.types.arrays import Floats

MOST_TERMS = 2000
"""Terms that are kept, the most frequent first."""
MOST_NUMBERS = 40_000
"""Terms times labels, so that a fit of dozens of labels stays readable."""
FEWEST_ROWS = 2
"""Gold rows that must have a term."""
INVERSE_PENALTY = 3.0
"""Ridge, as scikit-learn's C."""
NEUTRAL_WEIGHT = 0.5
"""Weight of one empty row per label, so that a label without gold stays possible."""
LONGEST_VALUE = 60
"""Characters of another column's value: a longer one is no category."""
NESTED = "{["
"""What a value of several begins with: a recording's votes, say, are no category either."""

_WORD = re.compile(r"\w\w+")


class PriorColumns(NamedTuple):
    """Which columns of a candidate the prior may look at."""

    texts: tuple[str, ...] = ()
    """Those that the task's template shows."""
    others: tuple[str, ...] = ()
    """Others that are neither id, gold, group nor question."""


class TextPrior(BaseModel):
    """A linear classifier of candidates, as plain numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    columns: PriorColumns
    """What it looks at."""
    terms: dict[str, tuple[float, Vector]]
    """By term: its inverse document frequency, and how much it speaks for each label."""
    intercepts: Vector
    """By label."""

    def vector(self, columns: Mapping[str, str], log_prior: Sequence[float]) -> Vector:
        """Log-likelihood ratio by label: log p(label | candidate) less the prior's logarithm."""
        known = [(t, n) for t, n in Counter(_terms(columns, self.columns)).items()]
        weighed = [
            ((1.0 + log(n)) * self.terms[t][0], self.terms[t][1])
            for t, n in known
            if t in self.terms
        ]
        norm = sqrt(sum(w * w for w, _ in weighed)) or 1.0
        scores = list(self.intercepts)
        for weight, speaks in weighed:
            for label, coefficient in enumerate(speaks):
                scores[label] += weight / norm * coefficient
        shares = softmax(scores)
        return tuple(log(p) - prior for p, prior in zip(shares, log_prior, strict=True))


def fit_prior(table: GoldTable, columns: PriorColumns) -> TextPrior | None:
    """The classifier for gold rows; None when no term is in two of them."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    labels = len(table.labels)
    vectorizer = TfidfVectorizer(
        analyzer=lambda row: list(_terms(row, columns)),
        min_df=FEWEST_ROWS,
        max_features=min(MOST_TERMS, MOST_NUMBERS // labels),
        sublinear_tf=True,
    )
    try:
        seen = vectorizer.fit_transform([row.candidate.columns for row in table.rows]).toarray()
    except ValueError:
        # scikit-learn's word for an empty vocabulary.
        return None
    regression = LogisticRegression(C=INVERSE_PENALTY, max_iter=1000)
    regression.fit(
        np.concatenate([seen, np.zeros((labels, seen.shape[1]))]),
        np.concatenate([table.gold, np.arange(labels)]),
        sample_weight=np.concatenate([table.weight, np.full(labels, NEUTRAL_WEIGHT)]),
    )
    coefficients, intercepts = both_rows(regression.coef_), both_rows(regression.intercept_)
    return TextPrior(
        columns=columns,
        terms={
            str(term): (float(idf), tuple(float(c) for c in coefficients[:, number]))
            for number, (term, idf) in enumerate(
                zip(vectorizer.get_feature_names_out(), vectorizer.idf_, strict=True)
            )
        },
        intercepts=tuple(float(b) for b in intercepts),
    )


def held_out_prior(split: Split, columns: PriorColumns) -> Floats | None:
    """Each row's vector (n x K) from classifiers that did not see its group; None without any."""
    found = np.zeros_like(split.prior)
    for number in range(int(split.fold.max(initial=-1)) + 1):
        prior = fit_prior(split.table.at(np.flatnonzero(split.fold != number)), columns)
        if prior is None:
            return None
        for place in np.flatnonzero(split.fold == number):
            seen = split.table.rows[int(place)].candidate.columns
            found[place] = prior.vector(seen, split.prior[place])
    return found


def _terms(row: Mapping[str, str], columns: PriorColumns) -> Iterator[str]:
    for name in columns.texts:
        words = _WORD.findall(row.get(name, "").lower())
        yield from words
        yield from (f"{a} {b}" for a, b in pairwise(words))
    for name in columns.others:
        value = row.get(name, "").strip()
        if value and len(value) <= LONGEST_VALUE and value[0] not in NESTED:
            yield f"{name}={value}"
