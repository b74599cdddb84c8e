"""Tasks into Label Studio, answers out of it."""

from annotator.sync.pull import PullOptions, PullReport, answer_file, pull
from annotator.sync.push import PushOptions, PushReport, push
from annotator.sync.source import open_tasks

__all__ = ["PullOptions", "PullReport", "PushOptions", "PushReport", "answer_file", "open_tasks", "pull", "push"]
