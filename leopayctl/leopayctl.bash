# SPDX-License-Identifier: MIT
# Completion for bash: the program itself knows what may follow.
_leopayctl()
{
    local current="${COMP_WORDS[COMP_CWORD]}" word
    local -a words found

    # bash takes "--format=csv" apart at the sign.
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [ "$word" = = ] || words+=("$word")
    done
    [ "$current" != = ] || current=
    mapfile -t found < <("$1" --complete "${words[@]}" 2>/dev/null)
    case "${found[0]}" in
    :files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    :folders) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;;
    esac
    COMPREPLY=()
    # Names come from the database: they are compared and quoted, never expanded.
    for word in "${found[@]}"; do
        case "$word" in "$current"*) COMPREPLY+=("$(printf '%q' "$word")") ;; esac
    done
}
complete -F _leopayctl leopayctl
