/* SPDX-License-Identifier: MIT */
/* The version of the library that runs: compiled in here, where the program's headers cannot reach
 * it. */
#include <leopay/version.h>

const char *leopay_version(void)
{
    return LEOPAY_VERSION;
}
