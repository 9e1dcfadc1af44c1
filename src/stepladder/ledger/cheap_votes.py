"""The labels that some annotators gave, for all candidates at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Engine, select

from stepladder.ledger.schema import VoteRow, table_of
from stepladder.ledger.standing import STREAMED
from stepladder.types import FIRST, CandidateKey


def labels_given(engine: Engine, annotators: Sequence[str]) -> Mapping[CandidateKey, str]:
    """The label that the first of these annotators to have one gave each candidate.

    Of several votes of one annotator the earliest counts; votes without a label do not, nor
    do other wordings and repetitions, which are no votes of their own.
    """
    rows = table_of(VoteRow)
    columns = (rows.c.candidate, rows.c.question, rows.c.label)
    given: dict[CandidateKey, str] = {}
    with engine.connect().execution_options(yield_per=STREAMED) as connection:
        for annotator in annotators:
            named = rows.c.annotator == annotator, rows.c.label.is_not(None)
            first = rows.c.variant == FIRST.variant, rows.c.sample == FIRST.sample
            for candidate, question, label in connection.execute(
                select(*columns).where(*named, *first).order_by(rows.c.id)
            ):
                given.setdefault(CandidateKey(candidate, question), label)
    return given
