"""Minutes in the air: predicted before a flight from New York departs."""

import os
import warnings

# Read by mlflow when it is imported, by whichever module: nothing about a run leaves this machine.
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
# mlflow looks for progress bars for notebooks, and would complain that there are none.
warnings.filterwarnings("ignore", message="IProgress not found")
