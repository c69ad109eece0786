"""Script: run Python code as `python` does, and end as soon as stdin is closed.

python ends_with_parent.py -m MODULE ARGUMENTS
python ends_with_parent.py -c CODE ARGUMENTS
"""

import os
import runpy
import sys
import threading


def end_with_parent() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    # Import from the current folder, as `python -m` does, and not from the folder of this script.
    if not sys.flags.safe_path:
        sys.path[0] = os.getcwd()
    threading.Thread(target=end_with_parent, daemon=True).start()
    kind, what, *arguments = sys.argv[1:]
    sys.argv = [kind, *arguments]
    if kind == "-c":
        exec(what, {"__name__": "__main__"})
    else:
        runpy.run_module(what, run_name="__main__", alter_sys=True)
