# SPDX-License-Identifier: MIT
# How everything is compiled.  Flags are probed, never assumed: a compiler that lacks one builds without it.
include(CheckCCompilerFlag)
include(CheckLinkerFlag)

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

# Asserts stay on in every build: a wrong state must stop before it becomes a wrong sum.
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELEASE "${CMAKE_C_FLAGS_RELEASE}")
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELWITHDEBINFO "${CMAKE_C_FLAGS_RELWITHDEBINFO}")

add_compile_definitions(_GNU_SOURCE)

function(leopay_add_flag flag)
    string(MAKE_C_IDENTIFIER "have${flag}" have)
    check_c_compiler_flag("${flag}" ${have})
    if(${have})
        add_compile_options("${flag}")
    endif()
endfunction()

function(leopay_add_link_flag flag)
    string(MAKE_C_IDENTIFIER "have_link${flag}" have)
    check_linker_flag(C "${flag}" ${have})
    if(${have})
        add_link_options("${flag}")
    endif()
endfunction()

foreach(flag
        -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes
        -Wmissing-prototypes -Wold-style-definition -Wformat=2 -Wformat-security -Wundef -Wvla
        -Wpointer-arith -Wcast-qual -Wwrite-strings -Wimplicit-fallthrough -Wswitch-enum
        -Woverride-init -Winitializer-overrides -Wtrampolines -Wbidi-chars=any -Wduplicated-cond -Wlogical-op
        -fno-common -fno-strict-overflow -fno-delete-null-pointer-checks
        -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
        -ftrivial-auto-var-init=zero)
    leopay_add_flag(${flag})
endforeach()
# libh2o's and OpenSSL's macros trip these two in code that is not ours.  A compiler takes any -Wno-…, so it is
# asked for the warning itself.
foreach(warning gnu-statement-expression gnu-zero-variadic-macro-arguments)
    string(MAKE_C_IDENTIFIER "have_${warning}" have)
    check_c_compiler_flag("-W${warning}" ${have})
    if(${have})
        add_compile_options("-Wno-${warning}")
    endif()
endforeach()

# Valgrind shall see what was never set.
if(LEOPAY_WRAPPER)
    leopay_add_flag(-ftrivial-auto-var-init=uninitialized)
endif()

if(LEOPAY_WERROR)
    add_compile_options(-Werror)
endif()

# Counts are kept atomically, since leopayd has threads; and added to by every process that ends.
if(LEOPAY_COVERAGE)
    if(NOT CMAKE_C_COMPILER_ID STREQUAL "GNU")
        message(FATAL_ERROR "LEOPAY_COVERAGE needs gcc: gcovr reads its counts")
    endif()
    add_compile_options(--coverage -fprofile-update=atomic)
    add_link_options(--coverage)
endif()

if(LEOPAY_SANITIZE)
    add_compile_options(-fsanitize=${LEOPAY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${LEOPAY_SANITIZE})
else()
    if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
        add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
    endif()
    foreach(flag -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,separate-code -Wl,--as-needed)
        leopay_add_link_flag(${flag})
    endforeach()
endif()
