/* SPDX-License-Identifier: MIT */
/* leopayd/route: every path with every method, with and without its last slash. */
#include "leopayd/api/route.h"

#include "support/unit.h"

static enum route find(const char *method, const char *path, char allow[64])
{
    struct text text;

    text_init(&text, allow, 64);
    enum route route = route_find(h2o_iovec_init(method, strlen(method)),
                                  h2o_iovec_init(path, strlen(path)), &text);
    CU_ASSERT_FALSE(text.cut);
    return route;
}

static const char *const methods[] = {"GET",     "HEAD",  "POST", "PUT", "DELETE",
                                      "OPTIONS", "TRACE", "get",  "GE",  ""};
#define METHODS (sizeof(methods) / sizeof(*methods))

static void every_path_with_every_method(void)
{
    static const struct {
        const char *path;
        enum route routes[3]; /* for GET, HEAD and POST; all others are refused */
        const char *allow;
    } rows[] = {
        {"/api/v1/transactions", {ROUTE_LIST, ROUTE_LIST, ROUTE_ORDER}, "GET, HEAD, POST"},
        {"/api/v1/transactions/approve", {ROUTE_RETURN, ROUTE_RETURN, ROUTE_OTHER}, "GET, HEAD"},
        {"/api/v1/transactions/approve_transaction",
         {ROUTE_RETURN, ROUTE_RETURN, ROUTE_OTHER},
         "GET, HEAD"},
        {"/api/v1/transactions/1", {ROUTE_SHOW, ROUTE_SHOW, ROUTE_OTHER}, "GET, HEAD"},
        {"/api/v1/transactions/00999999999999999999999",
         {ROUTE_SHOW, ROUTE_SHOW, ROUTE_OTHER},
         "GET, HEAD"},
        {"/api/v1/sberbank/callback",
         {ROUTE_CALLBACK, ROUTE_CALLBACK, ROUTE_CALLBACK},
         "GET, HEAD, POST"},
        {"/api/v1/openapi.json", {ROUTE_OPENAPI, ROUTE_OPENAPI, ROUTE_OTHER}, "GET, HEAD"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        for (size_t m = 0; m < METHODS; m++)
            for (int slash = 0; slash < 2; slash++) {
                enum route expected = m < 3 ? rows[i].routes[m] : ROUTE_OTHER;
                char path[128], allow[64];

                snprintf(path, sizeof(path), "%s%s", rows[i].path, slash ? "/" : "");
                LP_ASSERT_INT(find(methods[m], path, allow), expected);
                if (expected == ROUTE_OTHER)
                    LP_ASSERT_TEXT(allow, rows[i].allow);
            }
}

static void unknown_paths(void)
{
    static const char *const paths[] = {
        "/",
        "",
        "//",
        "/api/v1",
        "/api/v1/transactionss",
        "/api/v1/transaction",
        "/api/v1/transactions//",
        "/api/v1/transactions/1/2",
        "/api/v1/transactions/-1",
        "/api/v1/transactions/1a",
        "/api/v1/transactions/1%30",
        "/api/v1/transactions/Approve",
        "/api/v1/transactions/approve/x",
        "/API/v1/transactions",
        "/api/v1/sberbank",
        "/api/v1/openapi.jso",
        "/healthz",
    };

    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
        for (size_t m = 0; m < METHODS; m++) {
            char allow[64];
            LP_ASSERT_INT(find(methods[m], paths[i], allow), ROUTE_OTHER);
            LP_ASSERT_TEXT(allow, "");
        }
}

LP_TEST_MAIN("leopayd/route", LP_TEST(every_path_with_every_method), LP_TEST(unknown_paths))
