"""Which reliability diagrams a calibration has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stepladder.cli.calibration import Calibration
from stepladder.confidence.source_figures import SourceFigures
from stepladder.report.diagram import Drawn, Kind, Panel


def panels(found: Calibration) -> Sequence[Panel]:
    """One for each source of each annotator, then one for each pool; none without figures."""
    return [
        *(panel for source in found.examined.sources if (panel := _panel(source, found)).lines),
        *_pools(found),
    ]


def _panel(source: SourceFigures, found: Calibration) -> Panel:
    told = source.all
    given = (
        (Kind.RAW, told.raw),
        (Kind.CORRECTED, told.corrected),
        (Kind.CALIBRATED, told.calibrated),
    )
    lines = [Drawn(kind, figures.reliability) for kind, figures in given if figures is not None]
    method = found.fit_of(source).calibrator_of(source.source).value
    return Panel(f"{source.annotator}\n{found.source_name(source)}: {method}", lines)


def _pools(found: Calibration) -> Iterator[Panel]:
    for names, figures in found.examined.sets.items():
        if len(names) > 1:
            lines = [Drawn(Kind.CALIBRATED, figures.reliability)]
            yield Panel(f"pool of {len(names)}\n{' + '.join(names)}", lines)
