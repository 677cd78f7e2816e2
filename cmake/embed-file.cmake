# SPDX-License-Identifier: MIT
# Writes the bytes of the file IN to OUT as the inside of a C initialiser, because C limits the length of a string
# literal.
file(READ "${IN}" hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
file(WRITE "${OUT}" "${bytes}\n")
