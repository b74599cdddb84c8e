"""Samples that grew: a unit that an early push drew had, in the end, the chance that the largest sample gave it."""

from __future__ import annotations

from annotator.models import Annotation, Sample

_Draw = tuple[str, int, str, str, int]


class Draws:
    """Takes annotations, and then says with which chance each unit is among all that were drawn in its project.

    A later, larger draw holds the units of the earlier ones, whose tasks on the server still tell of the smaller one.
    Where the stratum grew too, units that were there before had both chances, and those that came later had only one.
    """

    def __init__(self) -> None:
        self._largest: dict[_Draw, dict[int, Sample]] = {}

    def add(self, line: Annotation) -> None:
        """Note how the annotation's unit was drawn."""
        if sample := line.sample:
            by_size = self._largest.setdefault(_draw(line, sample), {})
            known = by_size.get(sample.of)
            if known is None or sample.drawn > known.drawn:
                by_size[sample.of] = sample

    def final(self, line: Annotation) -> Sample | None:
        """Return how the annotation's unit was drawn in the end; none where it was not."""
        sample = line.sample
        if sample is None:
            return None
        later = (known for size, known in self._largest[_draw(line, sample)].items() if size >= sample.of)
        return max(later, key=lambda known: known.probability)


def _draw(line: Annotation, sample: Sample) -> _Draw:
    return (line.project_server, line.project, sample.where, sample.stratum, sample.seed)
