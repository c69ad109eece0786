"""The text of a program that has a command run by the server, with its own streams and to its end.

Where there is no server, or it must not run this command, the program becomes Python itself. It
imports next to nothing, for it stands for `python` wherever a command is typed.
"""

import _signal  # pyrefly: ignore[missing-import]
import _socket
import marshal
import posix
import sys

STREAMS = range(3)
FORWARDED = (_signal.SIGHUP, _signal.SIGINT, _signal.SIGTERM)


def environment() -> dict[str, str]:
    return {decoded(name): decoded(value) for name, value in posix.environ.items()}


def decoded(text: bytes) -> str:
    return text.decode(sys.getfilesystemencoding(), "surrogateescape")


def ask(server: _socket.socket, arguments: list[str]) -> bytes:
    """The server's last words: that this must run cold, or how the command ended."""
    umask = posix.umask(0)
    posix.umask(umask)
    ignored = [int(each) for each in FORWARDED if _signal.getsignal(each) == _signal.SIG_IGN]
    request = marshal.dumps((arguments, environment(), posix.getcwd(), umask, ignored))
    # A signal comes after the request.
    usual = _signal.pthread_sigmask(_signal.SIG_BLOCK, FORWARDED)
    for number in FORWARDED:
        if number not in ignored:
            _signal.signal(number, lambda number, frame: server.send(bytes([number])))
    streams = b"".join(number.to_bytes(4, sys.byteorder) for number in STREAMS)
    rights = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)]
    server.sendmsg([len(request).to_bytes(4, "big")], rights)
    server.sendall(request)
    _signal.pthread_sigmask(_signal.SIG_SETMASK, usual)
    said = b""
    while more := server.recv(64):
        said += more
    return said


def main(address: str, python: str) -> None:
    arguments = sys.argv[1:]
    server = _socket.socket(_socket.AF_UNIX)
    try:
        server.connect(address)
        for number in STREAMS:
            posix.fstat(number)  # one may be closed
    except OSError:
        posix.execv(python, [python, *arguments])
    said = ask(server, arguments)
    if said.startswith(b"cold"):
        # A handler is forgotten, but what was ignored is inherited.
        posix.execv(python, [python, *arguments])
    if not said.startswith(b"exit"):
        sys.stderr.write(f"{python}: the warm starter has ended meanwhile\n")
        posix._exit(1)
    code = int.from_bytes(said[4:], "big", signed=True)
    if code < 0:  # it was killed by a signal, and so is this process
        if -code != _signal.SIGKILL:
            _signal.signal(-code, _signal.SIG_DFL)
        posix.kill(posix.getpid(), -code)
    posix._exit(code)
