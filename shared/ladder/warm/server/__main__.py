"""A process that has imported the libraries, and becomes each command that it is asked for.

python -m server SOCKET CLIENT VARIABLES MODULES   (names, with commas; in the folder above)

The commands come from client.py. It ends when its standard input is closed. It imports neither a
level nor groundcrew nor this tool: a command finds these where the client would.
"""

import gc
import socket
import sys

from .ending import finish
from .libraries import preload
from .processes import start_warm
from .program import become
from .program import run
from .rules import Rules
from .serving import Server

BACKLOG = 64


def hide() -> None:
    """Take the modules of this package away from the commands, which may have the same name."""
    sys.path.pop(0)
    for name in [name for name in sys.modules if name.partition(".")[0] == __package__]:
        del sys.modules[name]


def main() -> None:
    hide()
    base, (address, client, assumed, modules) = list(sys.path), sys.argv[1:]
    gc.disable()  # nothing of it is garbage
    libraries = preload(modules.split(","))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(BACKLOG)
        gc.collect()
        gc.freeze()
        gc.enable()
        print("ready", flush=True)
        request = Server(listener, Rules(libraries, assumed.split(","))).serve()
    start_warm(client)
    try:
        run(become(request, {**libraries.set, **request.environment}, base))
    except BaseException as error:
        finish(error)
    finish(None)


if __name__ == "__main__":
    main()
