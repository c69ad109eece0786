# Read last by bash, zsh and sh in `ladder shell`: the ladder's Python comes before any other one.
ladder_programs=$LADDER_PROGRAMS
if command -v cygpath >/dev/null 2>&1; then ladder_programs=$(cygpath "$ladder_programs"); fi
PATH="$ladder_programs:$PATH"
export PATH
unset ladder_programs
unalias python 2>/dev/null
PS1="(level $LADDER_LEVEL) ${PS1:-\$ }"
