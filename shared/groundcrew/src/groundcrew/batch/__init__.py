"""Batch scoring: answer any number of flights in constant memory, all of them or none."""

from groundcrew.batch.inputs import Inputs
from groundcrew.batch.reading import PIPE

__all__ = ["PIPE", "Inputs"]
