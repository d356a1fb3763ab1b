"""Violin Emotion Analysis: from recordings and soft labels to emotion distributions, over time, and why."""

from ._native import VERSION as __version__
from .analysis import Analysis, Timeline
from .batch import analyze_batch, batch_schema
from .dataset import Dataset, render
from .errors import AudioError, ConfigError, DataError, Error, FileError, LabelsError, ModelError
from .evaluation import Evaluation
from .explanation import Explanation
from .model import EmotionModel, evaluate
from .notebook import HybridEmotionModel, augment_audio, create_temporal_dataset, extract_temporal_features

__all__ = [
    "Analysis",
    "AudioError",
    "ConfigError",
    "DataError",
    "Dataset",
    "EmotionModel",
    "Error",
    "Evaluation",
    "Explanation",
    "FileError",
    "HybridEmotionModel",
    "LabelsError",
    "ModelError",
    "Timeline",
    "__version__",
    "analyze_batch",
    "augment_audio",
    "batch_schema",
    "create_temporal_dataset",
    "evaluate",
    "extract_temporal_features",
    "render",
]
