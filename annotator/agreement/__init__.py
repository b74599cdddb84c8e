"""How far people agree: coefficients with intervals, and where they differ.

Policy. Only labels enter a coefficient. "not a unit" is a status: such votes are counted and leave the unit to the
labels that the others gave it. A skip is not an answer: it is counted, too. A unit needs two labels to be comparable.
"""

from __future__ import annotations

from annotator.agreement.comparison import Agreement
from annotator.agreement.measurement import AgreementOptions, AgreementReport, measure_agreement

__all__ = ["Agreement", "AgreementOptions", "AgreementReport", "measure_agreement"]
