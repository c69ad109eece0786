"""Minutes in the air: predicted before a flight from New York departs."""

from pathlib import Path

from groundcrew import settings

settings.use_project(Path(__file__).parent)
