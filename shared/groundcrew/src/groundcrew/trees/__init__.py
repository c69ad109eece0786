"""Fitted trees as data: compiled from scikit-learn, loaded without it, checked to predict the same.

Nothing in the stored files is executable, and one prediction takes about 20 microseconds.
"""

from groundcrew.trees.compiled import FILES
from groundcrew.trees.compiled import CompiledModel
from groundcrew.trees.compiled import compile
from groundcrew.trees.compiled import load
from groundcrew.trees.compiled import save
from groundcrew.trees.parity import require_parity

__all__ = ["FILES", "CompiledModel", "compile", "load", "require_parity", "save"]
