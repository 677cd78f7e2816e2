/* SPDX-License-Identifier: MIT */
/* base/version: library and headers of one build agree. */
#include <leopay/version.h>

#include "support/unit.h"

static void agrees_with_the_headers(void)
{
    char text[32];

    LP_ASSERT_TEXT(leopay_version(), LEOPAY_VERSION);
    snprintf(text, sizeof(text), "%d.%d.%d", LEOPAY_VERSION_MAJOR, LEOPAY_VERSION_MINOR,
             LEOPAY_VERSION_PATCH);
    LP_ASSERT_TEXT(leopay_version(), text);
}

LP_TEST_MAIN("base/version", LP_TEST(agrees_with_the_headers))
