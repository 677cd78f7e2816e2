/* SPDX-License-Identifier: MIT */
/* What came of a request: every way in which a peer can answer, and not answer. */
#include <unistd.h>

#include <leopay/error.h>

#include "io/http.h"
#include "support/unit.h"
#include "unit/io/peer.h"

static void answers_on_one_connection(void)
{
    struct lp_http_request request = a_request();
    struct answer answer;

    open_http(ANSWER);
    for (int i = 0; i < 5; i++) {
        post(&answer, &request);
        LP_ASSERT_INT(answer.outcome, LP_HTTP_ANSWERED);
        LP_ASSERT_INT(answer.status, 200);
        LP_ASSERT_TEXT(answer.body, "hello");
        LP_ASSERT_TEXT(answer.error, "");
        LP_ASSERT_INT(answer.retry_after_s, -1);
    }
    LP_ASSERT_INT(server.requests, 5);
    LP_ASSERT_INT(server.connections, 1);
    close_http();
}

static void sends_what_was_asked_and_no_more(void)
{
    struct lp_http_request request = a_request();
    struct answer answer;
    char want[512];

    open_http(ANSWER);
    post(&answer, &request);
    snprintf(want, sizeof(want), "POST /path HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: leopay/",
             server.port);
    CU_ASSERT_EQUAL(strncmp(server.last, want, strlen(want)), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(server.last, "\r\nContent-Type: application/json\r\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(server.last, "\r\nIdempotency-Key: leopay-1\r\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(server.last, "\r\nLeopay-Attempt: 3\r\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(server.last, "\r\nContent-Length: 9\r\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(server.last, "\r\n\r\n{\"id\": 1}"));
    CU_ASSERT_PTR_NULL(strstr(server.last, "Expect"));
    CU_ASSERT_PTR_NULL(strstr(server.last, "Accept-Encoding"));
    CU_ASSERT_PTR_NULL(strstr(server.last, "Transfer-Encoding"));
    close_http();
}

static void many_at_once(void)
{
    static struct answer many[8];
    struct lp_http_request request = a_request();

    open_http(ANSWER);
    for (int i = 0; i < 8; i++)
        start(&many[i], &request);
    LP_ASSERT_INT(lp_http_busy(http), 8);
    for (int i = 0; i < 8; i++) {
        finish(&many[i]);
        LP_ASSERT_INT(many[i].outcome, LP_HTTP_ANSWERED);
    }
    LP_ASSERT_INT(lp_http_busy(http), 0);
    LP_ASSERT_INT(server.requests, 8);
    close_http();
}

static void an_answer_in_chunks(void)
{
    struct lp_http_request request = a_request();
    struct answer answer;

    open_http(CHUNKED);
    post(&answer, &request);
    LP_ASSERT_INT(answer.status, 201);
    LP_ASSERT_TEXT(answer.body, "abcdefg");
    close_http();
}

/* It must not be folded to the answer before: sanitizers see what was freed with that. */
static void a_folded_first_field_stands_alone(void)
{
    struct lp_http_request request = a_request();
    struct answer answer;

    open_http(FOLDED_SECOND);
    post(&answer, &request);
    LP_ASSERT_INT(answer.status, 200);
    post(&answer, &request);
    CU_ASSERT_TRUE(answer.outcome == LP_HTTP_CUT ||
                   answer.status == 200); /* versions of curl differ */
    LP_ASSERT_INT(server.requests, 2);
    close_http();
}

static void a_redirect_is_an_answer(void)
{
    struct lp_http_request request = a_request();
    struct answer answer;

    open_http(REDIRECT);
    post(&answer, &request);
    LP_ASSERT_INT(answer.outcome, LP_HTTP_ANSWERED);
    LP_ASSERT_INT(answer.status, 302);
    LP_ASSERT_INT(server.requests, 1);
    close_http();
}

static void reads_retry_after(void)
{
    static const struct {
        enum manner manner;
        const char *text;
        int64_t low, high;
    } rows[] = {
        {RETRY_DATE, NULL, 98, 100},
        {RETRY_PAST, NULL, -1, -1},
        {RETRY_AFTER, " 17", 17, 17},
        {RETRY_AFTER, "\t0017 \t", 17, 17},
        {RETRY_AFTER, "17", 17, 17},
        {RETRY_AFTER, " 9223372036854775807", INT64_MAX, INT64_MAX},
        {RETRY_AFTER, " 9223372036854775808", INT64_MAX, INT64_MAX},
        {RETRY_AFTER, " 99999999999999999999999", INT64_MAX, INT64_MAX},
        {RETRY_AFTER,
         " 100000000000000000000000000000000000000000000000000000000000000000000000000000000000",
         INT64_MAX, INT64_MAX},
        {RETRY_AFTER, " 0", -1, -1},
        {RETRY_AFTER, "", -1, -1},
        {RETRY_AFTER, " -17", -1, -1},
        {RETRY_AFTER, " +17", -1, -1},
        {RETRY_AFTER, " 17 s", -1, -1},
        {RETRY_AFTER, " 1.5", -1, -1},
        {RETRY_AFTER, " soon", -1, -1},
    };
    struct lp_http_request request = a_request();

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct answer answer;

        server.retry_after = rows[i].text;
        open_http(rows[i].manner);
        post(&answer, &request);
        LP_ASSERT_INT(answer.status, 503);
        CU_ASSERT_TRUE(answer.retry_after_s >= rows[i].low && answer.retry_after_s <= rows[i].high);
        close_http();
    }
}

/* The peer has read the second request and closes: it may have acted, so it must not get it again.
 */
static void a_request_is_never_sent_twice(void)
{
    struct lp_http_request request = a_request();
    struct answer answer;

    open_http(CUT_SECOND);
    post(&answer, &request);
    LP_ASSERT_INT(answer.outcome, LP_HTTP_ANSWERED);
    post(&answer, &request);
    LP_ASSERT_INT(answer.outcome, LP_HTTP_CUT);
    CU_ASSERT_TRUE(*answer.error);
    close_http();
    LP_ASSERT_INT(server.requests, 2);
    LP_ASSERT_INT(server.stray_bytes, 0);
}

/* There is nothing to rewind, so it goes on a connection of its own. */
static void nor_is_one_without_a_body(void)
{
    struct lp_http_request request = a_request();
    struct answer answer;

    open_http(CUT_SECOND);
    request.body_len = 0;
    for (int i = 0; i < 3; i++) {
        post(&answer, &request);
        LP_ASSERT_INT(answer.outcome, LP_HTTP_ANSWERED);
    }
    close_http();
    LP_ASSERT_INT(server.requests, 3);
    LP_ASSERT_INT(server.connections, 3);
}

static void silence_is_a_timeout(void)
{
    struct lp_http_request request = a_request();
    struct answer answer;

    open_http(SILENT);
    request.timeout_ms = 300;
    post(&answer, &request);
    LP_ASSERT_INT(answer.outcome, LP_HTTP_TIMEOUT);
    LP_ASSERT_INT(answer.status, 0);
    CU_ASSERT_TRUE(answer.duration_ms >= 299 && answer.duration_ms < 5000);
    LP_ASSERT_INT(server.requests, 1);
    close_http();
}

static void broken_answers_are_cuts(void)
{
    static const enum manner manners[] = {MID_BODY, HUGE_BODY, HUGE_HEAD, NOT_HTTP, ODD_STATUS};
    struct lp_http_request request = a_request();

    for (size_t i = 0; i < sizeof(manners) / sizeof(*manners); i++) {
        struct answer answer;

        open_http(manners[i]);
        post(&answer, &request);
        LP_ASSERT_INT(answer.outcome, LP_HTTP_CUT);
        LP_ASSERT_INT(answer.status, 0);
        CU_ASSERT_TRUE(*answer.error);
        LP_ASSERT_INT(server.requests, 1);
        if (manners[i] == MID_BODY)
            LP_ASSERT_TEXT(answer.body, "beginning");
        if (manners[i] == HUGE_BODY)
            LP_ASSERT_INT(answer.body_len, 100);
        close_http();
    }
}

static void a_long_answer_may_be_truncated(void)
{
    struct lp_http_request request = a_request();
    struct answer answer;

    open_http(HUGE_BODY);
    request.truncate = true;
    post(&answer, &request);
    LP_ASSERT_INT(answer.outcome, LP_HTTP_ANSWERED);
    LP_ASSERT_INT(answer.status, 200);
    LP_ASSERT_INT(answer.body_len, 100);
    LP_ASSERT_TEXT(answer.error, "");
    close_http();
}

static void what_does_not_connect_is_not_sent(void)
{
    static const char *const urls[] = {
        "http://localhost.invalid/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "nonsense://x",
        "http://",
    };
    struct lp_http_request request = a_request();
    struct answer answer;
    int port, fd = listen_anywhere(&port); /* bound, but nobody listens: refused */

    open_http(ANSWER);
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/", port);
    post(&answer, &request);
    LP_ASSERT_INT(answer.outcome, LP_HTTP_NOT_SENT);
    CU_ASSERT_TRUE(*answer.error);
    snprintf(url, sizeof(url), "https://127.0.0.1:%d/", server.port);
    request.timeout_ms = 300; /* the server waits for a head that never ends */
    post(&answer, &request);
    LP_ASSERT_INT(answer.outcome, LP_HTTP_NOT_SENT);
    request.timeout_ms = 5000;
    for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
        request.url = urls[i];
        post(&answer, &request);
        LP_ASSERT_INT(answer.outcome, LP_HTTP_NOT_SENT);
    }
    LP_ASSERT_INT(server.requests, 0);
    close(fd);
    close_http();
}

static void guarded_addresses_are_refused(void)
{
    static const char *const urls[] = {
        "http://0.0.0.0:%d/",
        "http://169.254.169.254:%d/",
        "http://224.0.0.1:%d/",
        "http://0:%d/",
        "http://[::]:%d/",
        "http://[fe80::1]:%d/",
        "http://[::ffff:0.0.0.0]:%d/",
        "http://0251.0376.0251.0376:%d/",
        "http://2852039166:%d/",
    };
    struct lp_http_request request = a_request();
    struct answer answer;

    open_http(ANSWER);
    request.guard = true;
    for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
        int port = server.port;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(url, sizeof(url), urls[i], port);
#pragma GCC diagnostic pop
        post(&answer, &request);
        LP_ASSERT_INT(answer.outcome, LP_HTTP_NOT_SENT);
        LP_ASSERT_TEXT(answer.error, "the address is not one that may be connected to");
    }
    LP_ASSERT_INT(server.connections, 0);
    close_http();
}

/* A connection that was made under other rules is no way around them. */
static void the_guard_holds_on_a_kept_connection(void)
{
    struct lp_http_request request = a_request();
    struct lp_net net;
    struct answer answer;

    open_http(ANSWER);
    post(&answer, &request);
    LP_ASSERT_INT(answer.outcome, LP_HTTP_ANSWERED);
    CU_ASSERT_TRUE(lp_net_parse("10.0.0.0/8", &net));
    request.guard = true;
    request.nets = &net;
    request.net_count = 1;
    post(&answer, &request);
    LP_ASSERT_INT(answer.outcome, LP_HTTP_NOT_SENT);
    CU_ASSERT_TRUE(lp_net_parse("127.0.0.0/8", &net));
    post(&answer, &request);
    LP_ASSERT_INT(answer.outcome, LP_HTTP_ANSWERED);
    LP_ASSERT_INT(server.requests, 2);
    close_http();
}

static void headers_hold_one_line(void)
{
    static const char *const evil[] = {"X: a\r\nY: b"};
    struct lp_http_request request = a_request();
    struct answer answer = {0};

    open_http(ANSWER);
    request.headers = evil;
    request.header_count = 1;
    LP_ASSERT_INT(lp_http_post(http, &request, note, &answer, NULL), LEOPAY_EINVAL);
    LP_ASSERT_INT(answer.calls, 0);
    close_http();
}

static void closing_calls_all_back(void)
{
    struct lp_http_request request = a_request();
    struct answer answers[3];

    open_http(SILENT);
    for (int i = 0; i < 3; i++)
        start(&answers[i], &request);
    lp_loop_turn(loop, 100);
    close_http();
    for (int i = 0; i < 3; i++) {
        LP_ASSERT_INT(answers[i].calls, 1);
        LP_ASSERT_INT(answers[i].outcome, LP_HTTP_CLOSED);
    }
    lp_http_free(NULL);
}

LP_TEST_MAIN("io/http", LP_TEST(answers_on_one_connection),
             LP_TEST(sends_what_was_asked_and_no_more), LP_TEST(many_at_once),
             LP_TEST(an_answer_in_chunks), LP_TEST(a_folded_first_field_stands_alone),
             LP_TEST(a_redirect_is_an_answer), LP_TEST(reads_retry_after),
             LP_TEST(a_request_is_never_sent_twice), LP_TEST(nor_is_one_without_a_body),
             LP_TEST(silence_is_a_timeout), LP_TEST(broken_answers_are_cuts),
             LP_TEST(a_long_answer_may_be_truncated), LP_TEST(what_does_not_connect_is_not_sent),
             LP_TEST(guarded_addresses_are_refused), LP_TEST(the_guard_holds_on_a_kept_connection),
             LP_TEST(headers_hold_one_line), LP_TEST(closing_calls_all_back))
