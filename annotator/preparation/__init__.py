"""Articles become tasks in bulk: guarded batches, runners, and the places where the results are kept."""

from annotator.preparation.job import SHOWN_FAILURES, SHOWN_NOTES, Job, PreparationReport, run_job

__all__ = ["SHOWN_FAILURES", "SHOWN_NOTES", "Job", "PreparationReport", "run_job"]
