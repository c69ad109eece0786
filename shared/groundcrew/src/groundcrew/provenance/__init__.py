"""Provenance: what a run was made with, and what differs from it now."""

from groundcrew.provenance.commits import NOT_IN_GIT
from groundcrew.provenance.commits import code_at
from groundcrew.provenance.commits import version
from groundcrew.provenance.comparison import apply_settings
from groundcrew.provenance.comparison import other_packages
from groundcrew.provenance.comparison import uncommitted
from groundcrew.provenance.machine import environment
from groundcrew.provenance.machine import flat
from groundcrew.provenance.machine import requirements

__all__ = [
    "NOT_IN_GIT",
    "apply_settings",
    "code_at",
    "environment",
    "flat",
    "other_packages",
    "requirements",
    "uncommitted",
    "version",
]
