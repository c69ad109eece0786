"""Predict with one thread a request: starting more takes longer than predicting one flight."""

import threading

from threadpoolctl import threadpool_limits

_state = threading.local()


def use_one_thread() -> None:
    """Limit OpenMP, which scikit-learn's trees use, to one thread for what this thread calls.

    Like OMP_NUM_THREADS=1, which is read only before scikit-learn is imported.
    """
    if not hasattr(_state, "limit"):
        _state.limit = threadpool_limits(limits=1, user_api="openmp")
