"""The frozen values that flow through the tool. Every file line is one of these, and `schemas/` is made from them.

Spans are half-open and count Unicode code points, exactly Python's `text[start:end]`. Unknown fields of a newer
version are kept, never dropped. A constructor call with an unknown name is a type error (mypy's pydantic plugin).
"""

from __future__ import annotations

from annotator.models.answers import Annotation, AnnotationStatus, Answer, Mention, Unplaced, Vote
from annotator.models.articles import UND, Article, Aside, Block, BlockKind, Language, Post, Unit, UnitKind
from annotator.models.records import DatasetArticle, Decision, Manifest, Record, RecordStatus, Retention
from annotator.models.runs import Failure, Forgotten, Mend, RunInfo
from annotator.models.tasks import (
    DISPLAY_FIELDS,
    SHOWN_BY_PUSH,
    ChoicesResult,
    ChoicesValue,
    Cue,
    Gold,
    Prediction,
    Quote,
    Sample,
    ShownTaskData,
    Task,
    TaskData,
    TaskMeta,
    TaskPrediction,
)
from annotator.models.trained import MODEL_KIND, MODEL_VERSION, ModelCard, ModelLayer, ModelScore, TrainedModel
from annotator.models.translations import Translation, TranslationEntry, TranslationWarning
from annotator.models.values import SCHEMA_VERSION, Number, Value

__all__ = [
    "DISPLAY_FIELDS",
    "MODEL_KIND",
    "MODEL_VERSION",
    "SCHEMA_VERSION",
    "SHOWN_BY_PUSH",
    "UND",
    "Annotation",
    "AnnotationStatus",
    "Answer",
    "Article",
    "Aside",
    "Block",
    "BlockKind",
    "ChoicesResult",
    "ChoicesValue",
    "Cue",
    "DatasetArticle",
    "Decision",
    "Failure",
    "Forgotten",
    "Gold",
    "Language",
    "Manifest",
    "Mend",
    "Mention",
    "ModelCard",
    "ModelLayer",
    "ModelScore",
    "Number",
    "Post",
    "Prediction",
    "Quote",
    "Record",
    "RecordStatus",
    "Retention",
    "RunInfo",
    "Sample",
    "ShownTaskData",
    "Task",
    "TaskData",
    "TaskMeta",
    "TaskPrediction",
    "TrainedModel",
    "Translation",
    "TranslationEntry",
    "TranslationWarning",
    "Unit",
    "UnitKind",
    "Unplaced",
    "Value",
    "Vote",
]
