#compdef leopayctl
# SPDX-License-Identifier: MIT
# Completion for zsh: the program itself knows what may follow.
local -a found
found=("${(@f)$("${words[1]}" --complete "${(@)words[2,CURRENT-1]}" 2>/dev/null)}")
case "${found[1]}" in
:files) _files ;;
:folders) _files -/ ;;
*) compadd -- "${found[@]}" ;;
esac
