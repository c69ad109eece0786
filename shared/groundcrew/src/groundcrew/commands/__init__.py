"""What every command uses: `run(main)`, date options, named output and messages."""

from groundcrew.commands.command_line import run as run
from groundcrew.commands.looking import looked as looked
from groundcrew.commands.messages import error as error
from groundcrew.commands.messages import group as group
from groundcrew.commands.messages import in_actions as in_actions
from groundcrew.commands.messages import notice as notice
from groundcrew.commands.messages import output as output
from groundcrew.commands.messages import outputs as outputs
from groundcrew.commands.messages import progress as progress
from groundcrew.commands.messages import summary as summary
from groundcrew.commands.messages import warning as warning
from groundcrew.commands.options import Count as Count
from groundcrew.commands.options import Day as Day
from groundcrew.commands.options import RequiredDay as RequiredDay
from groundcrew.commands.options import Today as Today
from groundcrew.commands.options import only_one as only_one
