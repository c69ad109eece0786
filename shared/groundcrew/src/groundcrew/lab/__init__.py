"""The plumbing of the notebooks: a state folder, simulated days, commands and an application."""

from groundcrew.lab.applications import Application as Application
from groundcrew.lab.applications import wait_until as wait_until
from groundcrew.lab.commands import edit as edit
from groundcrew.lab.commands import git as git
from groundcrew.lab.commands import run as run
from groundcrew.lab.commands import succeeds as succeeds
from groundcrew.lab.days import each_day as each_day
from groundcrew.lab.days import on as on
from groundcrew.lab.messages import quiet as quiet
from groundcrew.lab.messages import show as show
from groundcrew.lab.state import commit_project as commit_project
from groundcrew.lab.state import copy_project as copy_project
from groundcrew.lab.state import start as start
