# SPDX-License-Identifier: MIT
# Completion for bash: the program itself knows its commands and options.
_leopayctl()
{
    local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"

    case "$previous" in
    --format) COMPREPLY=($(compgen -W "table csv json" -- "$current")); return ;;
    --status) [ "${COMP_WORDS[1]}" = migrate ] ||
        { COMPREPLY=($(compgen -W "new registered paid notified failed" -- "$current")); return; } ;;
    --wire) COMPREPLY=($(compgen -W "default older" -- "$current")); return ;;
    --output | --key) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --dir) COMPREPLY=($(compgen -d -- "$current")); return ;;
    esac
    if [ "${COMP_WORDS[1]}" = role ] && [ "$COMP_CWORD" = 3 ]; then
        COMPREPLY=($(compgen -W "accountant operator daemon" -- "$current"))
        return
    fi
    COMPREPLY=($(compgen -W "$("$1" --complete "${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)" -- "$current"))
}
complete -o default -F _leopayctl leopayctl
