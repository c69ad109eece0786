"""Does the record of a run hold all that rebuilding it takes?"""

from datetime import date
from types import SimpleNamespace
from unittest.mock import Mock
from unittest.mock import patch

import pandas as pd

from flighttime import rebuild
from flighttime import tracking
from flighttime.features import FEATURES
from groundcrew import plots
from groundcrew import registry
from groundcrew import settings


def check() -> None:
    log_run = Mock(return_value="run")
    results = {"model_digest": "of the model", "data_digest": "of the data", "mae": 8.0}
    with (
        patch.object(registry, "log_run", log_run),
        patch.object(plots, "error_figure", Mock()),
    ):
        errors = pd.DataFrame(columns=[*FEATURES, "error"])
        tracking.log(
            SimpleNamespace(pipeline=None), results, errors, data_version=3, today=date(2013, 2, 1)
        )
    recorded = log_run.call_args.kwargs
    missing = [tag for tag in rebuild.RECORDED if tag not in recorded["tags"]]
    assert not missing, f"rebuild says: the record of the run lacks {', '.join(missing)}"
    for tag, value in {"today": "2013-02-01", "data_version": "3"}.items():
        found = recorded["tags"][tag]
        assert found == value, f"the record says {tag} {found}, and the run had {value}"
    for section, values in settings.all_sections().items():
        found = recorded["params"].get(section)
        assert found == values, f"the settings [{section}] of the run are not on record"
