"""Deploy the application: copy it to a folder named by its content, import it, switch to it.

python -m flighttime.deploy
"""

from groundcrew import application
from groundcrew import commands


def deploy() -> str:
    """Deploy what this checkout holds; returns its version. What cannot be imported is refused."""
    version = application.content_version()
    application.install(version, try_out=application.importable)
    application.switch_to(version)
    return version


def main() -> None:
    with commands.group("Deploy the application"):
        commands.output("application", deploy())
        commands.output("folder", application.current())


if __name__ == "__main__":
    commands.run(main)
