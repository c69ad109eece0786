"""Minutes in the air: predicted before a flight from New York departs."""

import os

# Read by mlflow when it is imported, by whichever module: nothing about a run leaves this machine.
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
