/* SPDX-License-Identifier: MIT */
/*
 * One request as curl sees it: options, the callbacks that feed and bound it, and the verdict at
 * its end.  The loop and the multi handle are http.c's.
 */
#include "io/http_inside.h"

#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <leopay/error.h>
#include <leopay/version.h>

#include "base/mem.h"
#include "base/parse.h"
#include "io/clock.h"
#include "io/tls.h"

/* A kept-alive connection that is older is not used again: peers close idle ones, and we would find
 * out by sending. */
#define IDLE_MAX_S     15L
/* Nor one that was made longer ago: a certificate may have been revoked meanwhile. */
#define LIFETIME_MAX_S 300L

/* ---- Callbacks ---------------------------------------------------------- */

static size_t give_body(char *to, size_t size, size_t count, void *data)
{
    struct lp_http_call *call = data;
    size_t len = call->body_len - call->body_at;

    if (len > size * count)
        len = size * count;
    if (len)
        memcpy(to, call->body + call->body_at, len);
    call->body_at += len;
    return len;
}

static size_t take_answer(char *from, size_t size, size_t count, void *data)
{
    struct lp_http_call *call = data;
    size_t len = size * count;
    size_t room = call->answer.max - call->answer.len;

    if (len <= room) {
        lp_buf_append(&call->answer, from, len);
        return lp_buf_ok(&call->answer) ? len : 0;
    }
    lp_buf_append(&call->answer, from, room);
    call->overflow = true;
    return 0; /* curl takes that for an error and ends the transfer */
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The value of a line of the head that is this field, without the blanks around it; else NULL. */
static const char *field_value(const char *line, size_t len, const char *name, size_t *ret_len)
{
    size_t from = strlen(name) + 1;

    if (len < from || strncasecmp(line, name, from - 1) || line[from - 1] != ':')
        return NULL;
    while (from < len && is_blank(line[from]))
        from++;
    while (from < len && is_blank(line[len - 1]))
        len--;
    *ret_len = len - from;
    return line + from;
}

/* Seconds of Unix time; 0: no date. */
static int64_t read_date(const char *value, size_t len)
{
    char text[64];

    if (len >= sizeof(text))
        return 0;
    memcpy(text, value, len);
    text[len] = '\0';
    time_t date = curl_getdate(text, NULL);
    return date > 0 ? date : 0;
}

/* Seconds from now, given as such or as a date; 0, and a date that has passed, ask for no wait at
 * all.  A number beyond 64 bits is the longest wait there is; curl takes it for none. */
static int64_t read_delay_s(const char *value, size_t len)
{
    size_t digits = 0;
    int64_t seconds;

    while (digits < len && value[digits] >= '0' && value[digits] <= '9')
        digits++;
    if (len && digits == len)
        return lp_parse_digits(value, len, INT64_MAX, &seconds) ? seconds : INT64_MAX;
    seconds = read_date(value, len) - lp_wall_us() / 1000000;
    return seconds > 0 ? seconds : 0;
}

static void take_field(struct lp_http_call *call, const char *line, size_t len)
{
    const char *value;
    size_t value_len;

    if ((value = field_value(line, len, "Date", &value_len)))
        call->date_s = read_date(value, value_len);
    else if ((value = field_value(line, len, "Retry-After", &value_len)))
        call->retry_after_s = read_delay_s(value, value_len);
}

/* curl is generous: "http/1.1 500" is a 200 to it, "HTTP/200 OK" an answer without a status. */
static bool is_odd_status(const char *line, size_t len)
{
    static const char form[] = "HTTP/1.d ddd";

    if (len < 5 || strncasecmp(line, "HTTP/", 5))
        return false; /* a field */
    for (size_t i = 0; form[i]; i++) {
        bool fits =
            i < len && (form[i] == 'd' ? line[i] >= '0' && line[i] <= '9' : line[i] == form[i]);
        if (!fits)
            return true;
    }
    return len > sizeof(form) - 1 && !memchr(" \r\n", line[sizeof(form) - 1], 3);
}

static size_t take_header(char *from, size_t size, size_t count, void *data)
{
    struct lp_http_call *call = data;

    call->head_len += size * count;
    call->odd = call->odd || is_odd_status(from, size * count);
    take_field(call, from, size * count);
    return call->head_len <= LP_HTTP_HEADERS_MAX && !call->odd ? size * count : 0;
}

/*
 * The kernel goes on sending what was not acknowledged, also after the socket was closed: a request
 * could come to the peer long after we gave it up, when an order that the bank did not know is held
 * for one that never was.  After half the request's time without a word it is to give up as well,
 * so that all is over half that time after ours: lp_answer_limit_s() counts on it.
 */
static void limit_sending(const struct lp_http_call *call, int fd)
{
    unsigned limit_ms = (unsigned)call->timeout_ms / 2 + 1;

    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit_ms, sizeof(limit_ms));
}

/* By the address itself, after the resolver: whatever the URL says, this is where we would connect.
 */
static curl_socket_t open_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct lp_http_call *call = data;

    (void)purpose;
    if (call->guard && !lp_net_allows(call->nets, call->net_count, &address->addr)) {
        call->refused = true;
        return CURL_SOCKET_BAD;
    }
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd >= 0)
        limit_sending(call, fd);
    return fd;
}

/* Before the first byte, also on a connection that was made for an earlier request, under other
 * rules perhaps. */
static int before_request(void *data, char *address, char *local, int port, int local_port)
{
    struct lp_http_call *call = data;

    (void)local;
    (void)port;
    (void)local_port;
    if (call->guard && !lp_net_allows_text(call->nets, call->net_count, address)) {
        call->refused = true;
        return CURL_PREREQFUNC_ABORT;
    }
    call->begun = true;
    return CURL_PREREQFUNC_OK;
}

/* ---- Options ------------------------------------------------------------ */

/* Not all of it can fail; but without these texts curl might take a proxy from the environment. */
static bool set_fixed(struct lp_http_call *call)
{
    CURL *easy = call->easy;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->error);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* A look-up that is still under way when its time is over is left to end by itself; curl would
     * else wait for it, and the whole loop with it. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, lp_tls_tighten);
    /* With a directory set, curl reads the whole bundle anew for each connection. */
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, IDLE_MAX_S);
    curl_easy_setopt(easy, CURLOPT_MAXLIFETIME_CONN, LIFETIME_MAX_S);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    /* There is no seek function on purpose: curl cannot go back and send the body a second time. */
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_body);
    curl_easy_setopt(easy, CURLOPT_READDATA, call);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, call);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_request);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, call);
    return !curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") &&
           !curl_easy_setopt(easy, CURLOPT_PROXY, "") &&
           !curl_easy_setopt(easy, CURLOPT_USERAGENT, "leopay/" LEOPAY_VERSION);
}

struct lp_http_call *lp_http_call_new(void)
{
    struct lp_http_call *call = lp_calloc(1, sizeof(*call));

    if (!call)
        return NULL;
    lp_list_init(&call->link);
    call->easy = curl_easy_init();
    if (!call->easy || !set_fixed(call)) {
        curl_easy_cleanup(call->easy);
        lp_free(call);
        return NULL;
    }
    return call;
}

void lp_http_call_free(struct lp_http_call *call)
{
    curl_easy_cleanup(call->easy);
    if (call->body)
        lp_wipe(call->body, call->body_len); /* the bank's password is in it */
    lp_free(call->body);
    lp_free(call->nets);
    curl_slist_free_all(call->headers);
    lp_buf_done(&call->answer);
    lp_free(call);
}

/* The bundle that curl was built for, which CURLOPT_CAINFO does not know once it was set to
 * something else. */
static const char *system_bundle(void)
{
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    const char *bundle = info->age >= CURLVERSION_SEVENTH ? info->cainfo : NULL;

    return bundle ? bundle : "/etc/ssl/certs/ca-certificates.crt";
}

static bool add_header(struct lp_http_call *call, const char *line)
{
    struct curl_slist *headers = curl_slist_append(call->headers, line);

    if (headers)
        call->headers = headers;
    return headers != NULL;
}

static int set_headers(struct lp_http_call *call, const struct lp_http_request *request)
{
    struct lp_buf type;
    bool added;

    lp_buf_init(&type, 256);
    lp_buf_printf(&type, "Content-Type: %s", request->content_type);
    /* No "Expect: 100-continue": it costs a round trip, and many a server does not know it. */
    added = lp_buf_ok(&type) && add_header(call, lp_buf_text(&type)) && add_header(call, "Expect:");
    lp_buf_done(&type);
    for (size_t i = 0; added && i < request->header_count; i++) {
        if (strpbrk(request->headers[i], "\r\n"))
            return LEOPAY_EINVAL;
        added = add_header(call, request->headers[i]);
    }
    return added ? 0 : LEOPAY_ENOMEM;
}

int lp_http_call_prepare(struct lp_http_call *call, const struct lp_http_request *request)
{
    CURL *easy = call->easy;
    const char *ca_file = *request->ca_file ? request->ca_file : system_bundle();

    lp_buf_init(&call->answer, request->answer_max);
    call->truncate = request->truncate;
    call->guard = request->guard;
    call->timeout_ms = request->timeout_ms;
    call->body_len = request->body_len;
    call->body = lp_malloc(request->body_len + 1);
    if (!call->body)
        return LEOPAY_ENOMEM;
    if (request->body_len)
        memcpy(call->body, request->body, request->body_len);
    if (request->net_count) {
        call->nets = lp_calloc(request->net_count, sizeof(*call->nets));
        if (!call->nets)
            return LEOPAY_ENOMEM;
        memcpy(call->nets, request->nets, request->net_count * sizeof(*call->nets));
        call->net_count = request->net_count;
    }

    int code = set_headers(call, request);

    if (code)
        return code;
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_len);
    /* An empty body needs no rewinding, so only a connection of its own keeps curl from sending
     * twice. */
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request->body_len ? 0L : 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)request->connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
    if (curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file) ||
        curl_easy_setopt(easy, CURLOPT_URL, request->url))
        return LEOPAY_ENOMEM;
    return 0;
}

/* ---- The verdict -------------------------------------------------------- */

static enum lp_http_outcome judge(const struct lp_http_call *call, CURLcode result)
{
    if (!call->begun)
        return LP_HTTP_NOT_SENT;
    if (result == CURLE_OK || (call->overflow && call->truncate))
        return LP_HTTP_ANSWERED;
    return result == CURLE_OPERATION_TIMEDOUT ? LP_HTTP_TIMEOUT : LP_HTTP_CUT;
}

static const char *describe(const struct lp_http_call *call, CURLcode result)
{
    if (call->refused && !call->begun)
        return "the address is not one that may be connected to";
    if (call->overflow)
        return "the answer is too long";
    if (call->odd)
        return "the answer's status cannot be read";
    if (call->head_len > LP_HTTP_HEADERS_MAX)
        return "the head of the answer is too long";
    if (result == CURLE_SEND_FAIL_REWIND)
        return "the connection was closed before an answer came";
    return *call->error ? call->error : curl_easy_strerror(result);
}

void lp_http_call_reply(const struct lp_http_call *call, CURLcode result,
                        struct lp_http_reply *ret_reply)
{
    struct lp_http_reply reply = {
        .outcome = judge(call, result),
        .body = lp_buf_text(&call->answer),
        .body_len = call->answer.len,
        .retry_after_s = -1,
        .date_s = call->date_s,
        .untrusted = result == CURLE_PEER_FAILED_VERIFICATION,
        .error = "",
    };

    if (reply.outcome == LP_HTTP_ANSWERED) {
        long status = 0;

        curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
        reply.status = (int)status;
        if (call->retry_after_s > 0)
            reply.retry_after_s = call->retry_after_s;
    } else {
        reply.error = describe(call, result);
    }
    *ret_reply = reply;
}
