/* SPDX-License-Identifier: MIT */
/* Answers: headers, negotiation, the log line of an error. */
#include "http/reply.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "common/log.h"
#include "common/text.h"
#include "http/negotiate.h"
#include "http/pages.h"
#include "http/problem.h"

#define BODY_MAX 12288

/* All that an error says. */
struct report {
    const struct problem *problem;
    int code;
    int64_t id;
    const struct leopay_error *err;
    const struct fault *faults;
    size_t fault_count;
    const char *allow;
    const char *challenge;
    char reference[17];
};

static h2o_generator_t generator; /* everything is sent at once, so it has nothing to do */

static void add_header(h2o_req_t *req, const char *name, const char *value)
{
    h2o_iovec_t copy = h2o_strdup(&req->pool, value, SIZE_MAX);

    h2o_add_header_by_str(&req->pool, &req->res.headers, name, strlen(name), 0, NULL, copy.base,
                          copy.len);
}

static void add_number_header(h2o_req_t *req, const char *name, int64_t number)
{
    char text[24];

    snprintf(text, sizeof(text), "%lld", (long long)number);
    add_header(req, name, text);
}

static void add_common_headers(h2o_req_t *req)
{
    add_header(req, "Cache-Control", "no-store");
    add_header(req, "Content-Security-Policy", pages_policy());
    add_header(req, "X-Content-Type-Options", "nosniff");
    add_header(req, "Referrer-Policy", "no-referrer");
}

static struct wishes read_wishes(const h2o_req_t *req)
{
    struct wishes wishes = {0};

    for (size_t i = 0; i < req->headers.size; i++) {
        const h2o_header_t *header = &req->headers.entries[i];

        if (header->name == &H2O_TOKEN_ACCEPT->buf) {
            wishes_add_types(&wishes, header->value.base, header->value.len);
        } else if (header->name == &H2O_TOKEN_ACCEPT_LANGUAGE->buf) {
            wishes_add_languages(&wishes, header->value.base, header->value.len);
        }
    }
    return wishes;
}

/* Sends, counts, and frees the exchange.  The headers are set. */
static void finish(struct exchange *exchange, int status, const char *reason, h2o_iovec_t body)
{
    h2o_req_t *req = exchange->req;
    struct server *server = exchange->server;
    bool head = exchange_is(exchange, "HEAD");

    stats_count(&server->stats, exchange->route, status, stats_now_us() - exchange->started_us);
    exchange_free(exchange);
    req->res.status = status;
    req->res.reason = reason;
    req->res.content_length = body.len;
    if (server->draining) {
        req->http1_is_persistent = 0;
    }
    add_common_headers(req);
    h2o_start_response(req, &generator);
    h2o_send(req, &body, head || body.len == 0 ? 0 : 1, H2O_SEND_STATE_FINAL);
}

/* ---- Errors ------------------------------------------------------------- */

static void make_reference(char reference[17])
{
    uint64_t random = 0;

    if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != (ssize_t)sizeof(random)) {
        random = (uint64_t)stats_now_us();
    }
    snprintf(reference, 17, "%016llx", (unsigned long long)random);
}

static void write_problem_json(struct text *out, const struct report *report, bool russian)
{
    const struct problem *problem = report->problem;
    int language = russian ? PROBLEM_RUSSIAN : PROBLEM_ENGLISH;

    text_printf(out, "{\"type\": \"urn:leopay:problem:%s\", \"title\": ", problem->slug);
    text_add_quoted(out, problem->title[language], strlen(problem->title[language]));
    text_printf(out, ", \"status\": %d, \"detail\": ", problem->status);
    text_add_quoted(out, problem->what[language], strlen(problem->what[language]));
    text_printf(out, ", \"instance\": \"urn:leopay:reference:%s\"", report->reference);
    for (size_t i = 0; i < report->fault_count; i++) {
        const struct fault *fault = &report->faults[i];

        text_add(out, i == 0 ? ", \"errors\": [{\"field\": " : ", {\"field\": ");
        text_add_quoted(out, fault->field, strlen(fault->field));
        text_add(out, ", \"message\": ");
        text_add_quoted(out, fault->message[language], strlen(fault->message[language]));
        text_add(out, "}");
    }
    text_add(out, report->fault_count > 0 ? "]}" : "}");
}

/* Sets the error's own headers and makes its body, in the request's pool. */
static h2o_iovec_t prepare_report(h2o_req_t *req, struct report *report)
{
    struct wishes wishes = read_wishes(req);
    bool page = wishes_page(&wishes);
    bool russian = wishes_russian(&wishes, page);
    struct text out;

    make_reference(report->reference);
    text_init(&out, h2o_mem_alloc_pool(&req->pool, BODY_MAX), BODY_MAX);
    if (page) {
        pages_write(&out, report->problem, russian, report->reference, report->faults,
                    report->fault_count);
    } else {
        write_problem_json(&out, report, russian);
    }
    add_header(req, "Content-Type", page ? "text/html; charset=utf-8" : "application/problem+json");
    add_header(req, "Content-Language", russian ? "ru" : "en");
    if (report->problem->retry_after > 0) {
        add_number_header(req, "Retry-After", report->problem->retry_after);
    }
    if (report->id > 0) {
        add_number_header(req, "Leopay-Transaction-Id", report->id);
    }
    if (report->allow != NULL) {
        add_header(req, "Allow", report->allow);
    }
    if (report->challenge != NULL) {
        add_header(req, "WWW-Authenticate", report->challenge);
    }
    return h2o_iovec_init(out.bytes, out.length);
}

/* Somebody may have put a token of the staff's where no address has one. */
static void hide_tokens(char *path)
{
    static const char prefix[] = "leopay_";

    for (char *at = path; (at = strstr(at, prefix)) != NULL;) {
        at += sizeof(prefix) - 1;
        memset(at, '*', strspn(at, "0123456789abcdefABCDEF"));
    }
}

/* The line that the reference leads to.  The query is left out: it may hold a payer's token. */
static void log_report(const h2o_req_t *req, const struct report *report, int64_t duration_us)
{
    const char *question = memchr(req->path.base, '?', req->path.len);
    size_t path_length = question == NULL ? req->path.len : (size_t)(question - req->path.base);
    char method[32];
    char path[256];
    char fields[256];
    struct text text;

    snprintf(method, sizeof(method), "%.*s", (int)(req->method.len < 31 ? req->method.len : 31),
             req->method.base);
    snprintf(path, sizeof(path), "%.*s", (int)(path_length < 255 ? path_length : 255),
             req->path.base);
    hide_tokens(path);
    text_init(&text, fields, sizeof(fields));
    for (size_t i = 0; i < report->fault_count; i++) {
        text_printf(&text, "%s%s: %s", i > 0 ? "; " : "", report->faults[i].field,
                    report->faults[i].message[PROBLEM_ENGLISH]);
    }
    log_event(
        report->problem->status >= 500 ? LEOPAY_LOG_WARNING : LEOPAY_LOG_INFO, "http.error",
        LOG_TEXT("reference", report->reference), LOG_TEXT("method", method),
        LOG_TEXT("path", path), LOG_NUMBER("status", report->problem->status),
        LOG_TEXT("code", report->code < 0 ? leopay_code_name(report->code) : report->problem->slug),
        LOG_NUMBER("id", report->id), LOG_NUMBER("duration_us", duration_us),
        LOG_TEXT("fields", fields), LOG_TEXT("error", report->err == NULL ? "" : report->err->text),
        LOG_TEXT("sqlstate", report->err == NULL ? "" : report->err->sqlstate),
        LOG_NUMBER("peer_status", report->err == NULL ? 0 : report->err->http_status),
        LOG_NUMBER("bank_code", report->err == NULL ? 0 : report->err->bank_code));
}

static void finish_report(struct exchange *exchange, struct report *report)
{
    if (exchange->req == NULL) {
        exchange_free(exchange);
        return;
    }
    report->problem = problem_get(report->code);
    h2o_iovec_t body = prepare_report(exchange->req, report);
    log_report(exchange->req, report, stats_now_us() - exchange->started_us);
    finish(exchange, report->problem->status, report->problem->reason, body);
}

void reply_problem(struct exchange *exchange, int code)
{
    finish_report(exchange, &(struct report){.code = code});
}

void reply_failure(struct exchange *exchange, int code, int64_t id, const struct leopay_error *err)
{
    finish_report(exchange, &(struct report){.code = code, .id = id, .err = err});
}

void reply_faults(struct exchange *exchange, int code, const struct fault *faults, size_t count)
{
    finish_report(exchange, &(struct report){.code = code, .faults = faults, .fault_count = count});
}

void reply_challenge(struct exchange *exchange, int status, const char *challenge)
{
    finish_report(exchange, &(struct report){.code = status, .challenge = challenge});
}

void reply_not_allowed(struct exchange *exchange, const char *allow)
{
    finish_report(exchange, &(struct report){.code = 405, .allow = allow});
}

/* ---- Success ------------------------------------------------------------ */

static void log_success(const struct exchange *exchange, int status, int64_t id)
{
    log_event(LEOPAY_LOG_DEBUG, "http.request",
              LOG_TEXT("route", stats_route_names[exchange->route]), LOG_NUMBER("status", status),
              LOG_NUMBER("id", id),
              LOG_NUMBER("duration_us", stats_now_us() - exchange->started_us));
}

void reply_redirect(struct exchange *exchange, const char *location, int64_t id)
{
    h2o_req_t *req = exchange->req;
    h2o_iovec_t body = {NULL, 0};
    struct text out;

    if (req == NULL) {
        exchange_free(exchange);
        return;
    }
    if (exchange->route == ROUTE_ORDER) {
        struct wishes wishes = read_wishes(req);

        add_number_header(req, "Leopay-Transaction-Id", id);
        if (wishes_json(&wishes)) {
            text_init(&out, h2o_mem_alloc_pool(&req->pool, BODY_MAX), BODY_MAX);
            text_printf(&out, "{\"id\": %lld, \"payment_url\": ", (long long)id);
            text_add_quoted(&out, location, strlen(location));
            text_add(&out, "}");
            body = h2o_iovec_init(out.bytes, out.length);
            add_header(req, "Content-Type", "application/json");
        }
    }
    add_header(req, "Location", location);
    log_success(exchange, 302, id);
    finish(exchange, 302, "Found", body);
}

void reply_body(struct exchange *exchange, int status, const char *type, const char *body,
                size_t length)
{
    if (exchange->req == NULL) {
        exchange_free(exchange);
        return;
    }
    h2o_iovec_t copy = h2o_strdup(&exchange->req->pool, body, length);
    add_header(exchange->req, "Content-Type", type);
    log_success(exchange, status, 0);
    finish(exchange, status, status == 200 ? "OK" : "Service Unavailable", copy);
}

/* ---- What libh2o answers by itself -------------------------------------- */

struct fallback {
    h2o_ostream_t super;
    h2o_iovec_t body;
};

static void send_instead(h2o_ostream_t *self, h2o_req_t *req, h2o_iovec_t *bufs, size_t count,
                         h2o_send_state_t state)
{
    struct fallback *fallback = (void *)self;
    bool head = req->method.len == 4 && memcmp(req->method.base, "HEAD", 4) == 0;

    (void)bufs;
    (void)count;
    h2o_ostream_send_next(self, req, &fallback->body, head ? 0 : 1, state);
}

static void on_setup_ostream(h2o_filter_t *self, h2o_req_t *req, h2o_ostream_t **slot)
{
    struct fallback *fallback = (void *)h2o_add_ostream(req, sizeof(*fallback), slot);
    struct report report = {.code = req->res.status, .problem = problem_get(req->res.status)};

    (void)self;
    /* libh2o has not given these requests their method and path yet. */
    req->method = req->input.method;
    req->path = req->input.path;
    req->res.headers = (h2o_headers_t){NULL, 0, 0};
    fallback->super.do_send = send_instead;
    fallback->body = prepare_report(req, &report);
    req->res.status = report.problem->status;
    req->res.reason = report.problem->reason;
    req->res.content_length = fallback->body.len;
    req->http1_is_persistent = 0;
    add_common_headers(req);
    log_report(req, &report, 0);
    h2o_setup_next_ostream(req, &fallback->super.next);
}

void reply_register_fallback(h2o_pathconf_t *fallback_path)
{
    h2o_filter_t *filter = h2o_create_filter(fallback_path, sizeof(*filter));

    filter->on_setup_ostream = on_setup_ostream;
}
