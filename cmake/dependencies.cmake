# SPDX-License-Identifier: MIT
# What Leopay is built on, each by its pkg-config name.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(libcurl REQUIRED IMPORTED_TARGET libcurl>=7.87) # CURLOPT_QUICK_EXIT
pkg_check_modules(libcrypto REQUIRED IMPORTED_TARGET libcrypto)
pkg_check_modules(libssl REQUIRED IMPORTED_TARGET libssl)
pkg_check_modules(jansson REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(xlsxwriter REQUIRED IMPORTED_TARGET xlsxwriter)
pkg_check_modules(h2o REQUIRED libh2o-evloop)

# Debian's package says only -lh2o-evloop.  The headers need a GNU dialect and warn under our flags.
add_library(h2o INTERFACE)
target_compile_definitions(h2o INTERFACE H2O_USE_LIBUV=0)
target_include_directories(h2o SYSTEM INTERFACE ${h2o_INCLUDE_DIRS})
target_link_libraries(h2o INTERFACE ${h2o_LINK_LIBRARIES} PkgConfig::libssl PkgConfig::libcrypto Threads::Threads)
