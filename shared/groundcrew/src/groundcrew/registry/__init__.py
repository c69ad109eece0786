"""MLflow: experiment tracking and the model registry of the project."""

import warnings

from groundcrew import shield
from groundcrew.registry.address import address
from groundcrew.registry.aliases import alias
from groundcrew.registry.aliases import registered_model
from groundcrew.registry.aliases import set_alias
from groundcrew.registry.aliases import set_tag
from groundcrew.registry.aliases import tag
from groundcrew.registry.facts import model_facts
from groundcrew.registry.facts import run_facts
from groundcrew.registry.facts import slice_facts
from groundcrew.registry.failures import user_errors
from groundcrew.registry.found_runs import run
from groundcrew.registry.origins import certified_error
from groundcrew.registry.origins import compared
from groundcrew.registry.origins import lineage
from groundcrew.registry.runs import log_run
from groundcrew.registry.state import CHALLENGER
from groundcrew.registry.state import CHAMPION
from groundcrew.registry.state import challenger
from groundcrew.registry.state import champion
from groundcrew.registry.state import serving_state
from groundcrew.registry.state import set_champion
from groundcrew.registry.state import set_shadow
from groundcrew.registry.state import set_split
from groundcrew.registry.state import shadow
from groundcrew.registry.store import NAME
from groundcrew.registry.store import client
from groundcrew.registry.versions import download
from groundcrew.registry.versions import register
from groundcrew.registry.versions import run_id
from groundcrew.registry.versions import stored_problem
from groundcrew.registry.versions import version

__all__ = [
    "CHALLENGER",
    "CHAMPION",
    "NAME",
    "address",
    "alias",
    "certified_error",
    "challenger",
    "champion",
    "client",
    "compared",
    "download",
    "lineage",
    "log_run",
    "model_facts",
    "register",
    "registered_model",
    "run",
    "run_facts",
    "run_id",
    "serving_state",
    "set_alias",
    "set_champion",
    "set_shadow",
    "set_split",
    "set_tag",
    "shadow",
    "slice_facts",
    "stored_problem",
    "tag",
    "user_errors",
    "version",
]

# MLflow reads some variables when it is imported, which functions of this package do.
shield.raise_shield()
# MLflow looks for the progress bars of notebooks and warns that they are not installed.
warnings.filterwarnings("ignore", message="IProgress not found")
