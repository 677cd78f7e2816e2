/* SPDX-License-Identifier: MIT */
/* leopayd/exchange: what is read of a request: path and query, parameters, headers. */
#include "leopayd/http/exchange.h"

#include "support/unit.h"

static h2o_req_t req;
static struct exchange exchange = {.req = &req};

static const char *parameter(const char *query, const char *name)
{
    return exchange_parameter(&exchange, query, name);
}

static void path_and_query(void)
{
    static const struct {
        const char *target, *path, *query;
    } rows[] = {
        {"/a", "/a", ""}, {"/a?", "/a", ""}, {"/a?b=c&d", "/a", "b=c&d"}, {"/a?b?c", "/a", "b?c"}};

    h2o_mem_init_pool(&req.pool);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        req.path = h2o_iovec_init(rows[i].target, strlen(rows[i].target));
        h2o_iovec_t path = exchange_path(&exchange);
        CU_ASSERT_TRUE(h2o_memis(path.base, path.len, rows[i].path, strlen(rows[i].path)));
        LP_ASSERT_TEXT(exchange_query(&exchange), rows[i].query);
    }
    h2o_mem_clear_pool(&req.pool);
}

static void parameters_are_decoded(void)
{
    static const struct {
        const char *query, *value; /* of "t"; NULL: there is none */
    } rows[] = {
        {"t=1-abc", "1-abc"},
        {"x=1&t=2", "2"},
        {"t=1&t=2", "1"},
        {"t=a+b%20c", "a b c"},
        {"t=%41%e2%82%AC", "A€"},
        {"t=a=b", "a=b"},
        {"t=%", "%"},
        {"t=%4", "%4"},
        {"t=%4&x=1", "%4"},
        {"t=%zz%4", "%zz%4"},
        {"t=%%41", "%A"},
        {"t=", NULL},
        {"t", NULL},
        {"", NULL},
        {"&", NULL},
        {"tt=1", NULL},
        {"xt=1", NULL},
        {"T=1", NULL},
        {"t=a%00b", NULL},
        {"t=&t=2", NULL},
        {"&&t=1&&", "1"},
    };

    h2o_mem_init_pool(&req.pool);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (rows[i].value)
            LP_ASSERT_TEXT(parameter(rows[i].query, "t"), rows[i].value);
        else
            CU_ASSERT_PTR_NULL(parameter(rows[i].query, "t"));
    h2o_mem_clear_pool(&req.pool);
}

static void add_header(const char *name, const char *value)
{
    h2o_add_header_by_str(&req.pool, &req.headers, name, strlen(name), 0, NULL, value,
                          strlen(value));
}

static void headers_are_counted_and_trimmed(void)
{
    size_t count;

    h2o_mem_init_pool(&req.pool);
    add_header("authorization", "Bearer one \t ");
    add_header("authorizations", "Bearer two");
    add_header("authorization", "Bearer three");
    add_header("empty", " ");
    LP_ASSERT_TEXT(exchange_header(&exchange, "authorization", &count), "Bearer one");
    LP_ASSERT_INT(count, 2);
    LP_ASSERT_TEXT(exchange_header(&exchange, "empty", NULL), "");
    CU_ASSERT_PTR_NULL(exchange_header(&exchange, "accept", &count));
    LP_ASSERT_INT(count, 0);
    h2o_mem_clear_pool(&req.pool);
}

static void methods(void)
{
    req.method = h2o_iovec_init("HEAD", 4);
    CU_ASSERT_TRUE(exchange_is(&exchange, "HEAD"));
    CU_ASSERT_FALSE(exchange_is(&exchange, "HEA"));
    CU_ASSERT_FALSE(exchange_is(&exchange, "HEADS"));
    CU_ASSERT_FALSE(exchange_is(&exchange, "head"));
}

LP_TEST_MAIN("leopayd/exchange", LP_TEST(path_and_query), LP_TEST(parameters_are_decoded),
             LP_TEST(headers_are_counted_and_trimmed), LP_TEST(methods))
