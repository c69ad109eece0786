# Read by zsh in `ladder shell`: a person's own settings, then the ladder's environment.
if [[ $HISTFILE == $ZDOTDIR/* ]]; then HISTFILE=${LADDER_ZDOTDIR:-$HOME}/.zsh_history; fi
ZDOTDIR=${LADDER_ZDOTDIR:-$HOME}
for ladder_file in $ZDOTDIR/.zshenv $ZDOTDIR/.zshrc; do
    if [[ -r $ladder_file ]]; then . $ladder_file; fi
done
unset ladder_file
. "$LADDER_STARTUP/environment.sh"
