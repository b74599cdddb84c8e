"""Articles become tasks in bulk: guarded batches, runners, and the places where the results are kept."""

from annotator.preparation.first_language import unserved_pair
from annotator.preparation.job import Job, run_job
from annotator.preparation.report import SHOWN_FAILURES, SHOWN_NOTES, PreparationReport

__all__ = ["SHOWN_FAILURES", "SHOWN_NOTES", "Job", "PreparationReport", "run_job", "unserved_pair"]
