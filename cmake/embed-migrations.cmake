# SPDX-License-Identifier: MIT
# Writes the migrations as rows of a C table, {version, compatible_from, "name", sql}, and the roles' SQL as `roles_sql`.
# Text goes in as bytes, because C limits the length of a string literal.
#
# A migration that programs of older versions may go on working with says so in a line "-- Compatible from: N".
set(files ${SQL})

function(file_as_bytes file out)
    file(READ "${file}" hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    set(${out} "{${bytes}0}" PARENT_SCOPE)
endfunction()

set(rows "")
set(texts "")
foreach(file ${files})
    get_filename_component(stem "${file}" NAME_WE)
    string(REGEX MATCH "^([0-9]+)-(.*)$" matched "${stem}")
    if(NOT matched)
        message(FATAL_ERROR "${file}: a migration is named NNNN-what-it-does.sql")
    endif()
    set(name "${CMAKE_MATCH_2}")
    string(REGEX REPLACE "^0+" "" version "${CMAKE_MATCH_1}")
    file(STRINGS "${file}" line REGEX "^-- Compatible from: [0-9]+$")
    string(REGEX REPLACE "^.*: " "" compatible_from "${line}")
    if(NOT compatible_from)
        set(compatible_from ${version})
    endif()
    file_as_bytes("${file}" bytes)
    string(APPEND texts "static const char migration_${version}[] = ${bytes};\n")
    string(APPEND rows "    {${version}, ${compatible_from}, \"${name}\", migration_${version}},\n")
endforeach()
file_as_bytes("${ROLES}" bytes)
string(APPEND texts "static const char roles_sql[] = ${bytes};\n")
file(WRITE "${OUT}" "${texts}static const struct embedded_migration embedded_migrations[] = {\n${rows}};\n")
