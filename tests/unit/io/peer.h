/* SPDX-License-Identifier: MIT */
/*
 * A small HTTP server on loopback, with a thread for each connection, which counts what arrives and
 * answers badly; and the client under test, with what it has heard.
 */
#ifndef TESTS_UNIT_IO_PEER_H
#define TESTS_UNIT_IO_PEER_H

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "io/http.h"
#include "support/unit.h"

/* ---- The server --------------------------------------------------------- */

enum manner {
    ANSWER,
    CHUNKED,
    REDIRECT,
    RETRY_AFTER, /* with the text in retry_after */
    RETRY_DATE,
    RETRY_PAST,
    SILENT,
    CUT_SECOND, /* answers the first request of a connection, closes at the second */
    MID_BODY,
    HUGE_BODY,
    HUGE_HEAD,
    NOT_HTTP,
    ODD_STATUS,
    FOLDED_SECOND, /* the head of the second answer, from its first field on */
};

#define REQUEST_MAX 4096

static struct {
    pthread_t thread;
    int fd;
    int port;
    enum manner manner;
    const char *retry_after;
    atomic_int connections;
    atomic_int requests;
    atomic_int stray_bytes; /* of requests that did not come to their end */
    pthread_mutex_t mutex;
    char last[REQUEST_MAX]; /* the last request, under the mutex */
} server = {.mutex = PTHREAD_MUTEX_INITIALIZER};

#define CONNECTIONS_MAX 32

static bool say(int fd, const char *text)
{
    return send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text);
}

/* Reads a head and the body that its Content-Length promises; false when the peer has gone. */
static bool read_request(int fd)
{
    char request[REQUEST_MAX] = "";
    size_t len = 0, want = sizeof(request);

    while (len < want) {
        ssize_t got = recv(fd, request + len, sizeof(request) - 1 - len, 0);
        char *end;

        if (got <= 0) {
            server.stray_bytes += (int)len;
            return false;
        }
        len += (size_t)got;
        request[len] = '\0';
        end = strstr(request, "\r\n\r\n");
        if (end) {
            const char *length = strstr(request, "Content-Length: ");

            want = (size_t)(end + 4 - request) + (length ? strtoul(length + 16, NULL, 10) : 0);
        }
    }
    pthread_mutex_lock(&server.mutex);
    memcpy(server.last, request, sizeof(request));
    pthread_mutex_unlock(&server.mutex);
    server.requests++;
    return true;
}

static void flood(int fd, const char *head, const char *line)
{
    bool going = say(fd, head);

    while (going)
        going = say(fd, line);
}

static bool say_retry(int fd, const char *when)
{
    char answer[256];

    snprintf(answer, sizeof(answer),
             "HTTP/1.1 503 Busy\r\nRetry-After:%s\r\nContent-Length: 0\r\n\r\n", when);
    return say(fd, answer);
}

static bool say_date(int fd, int from_now_s)
{
    char date[64];
    time_t at = time(NULL) + from_now_s;
    struct tm tm;

    strftime(date, sizeof(date), " %a, %d %b %Y %H:%M:%S GMT", gmtime_r(&at, &tm));
    return say_retry(fd, date);
}

/* True: the connection goes on. */
static bool answer_request(int fd, int nth)
{
    char unused[64];

    switch (server.manner) {
    case ANSWER:
        return say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    case CHUNKED:
        return say(fd, "HTTP/1.1 201 Made\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
    case REDIRECT:
        return say(fd, "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n");
    case RETRY_AFTER:
        return say_retry(fd, server.retry_after);
    case RETRY_DATE:
        return say_date(fd, 100);
    case RETRY_PAST:
        return say_date(fd, -100);
    case SILENT:
        return recv(fd, unused, sizeof(unused), 0) > 0;
    case CUT_SECOND:
        return nth == 1 && say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    case MID_BODY:
        say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbeginning");
        return false;
    case HUGE_BODY:
        flood(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", "0123456789abcdef");
        return false;
    case HUGE_HEAD:
        flood(fd, "HTTP/1.1 200 OK\r\n", "X-More: 0123456789abcdef\r\n");
        return false;
    case NOT_HTTP:
        say(fd, "220 mail.example ESMTP\r\n");
        return false;
    case FOLDED_SECOND:
        say(fd, server.requests == 1
                    ? "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
                    : "HTTP/1.1 200 OK\r\n folded: x\r\nContent-Length: 0\r\n\r\n");
        return false;
    case ODD_STATUS:
        say(fd, "http/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
        return false;
    }
    return false;
}

static void *serve_connection(void *argument)
{
    int fd = (int)(intptr_t)argument;

    for (int nth = 1; read_request(fd) && answer_request(fd, nth); nth++)
        continue;
    close(fd);
    return NULL;
}

static void *serve(void *unused)
{
    pthread_t threads[CONNECTIONS_MAX];
    int fd;

    (void)unused;
    while ((fd = accept(server.fd, NULL, NULL)) >= 0 && server.connections < CONNECTIONS_MAX) {
        int place = server.connections++;

        CU_ASSERT_EQUAL_FATAL(
            pthread_create(&threads[place], NULL, serve_connection, (void *)(intptr_t)fd), 0);
    }
    for (int i = 0; i < server.connections; i++)
        pthread_join(threads[i], NULL);
    return NULL;
}

static int listen_anywhere(int *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    CU_ASSERT_TRUE_FATAL(fd >= 0 && !bind(fd, (struct sockaddr *)&address, len) &&
                         !getsockname(fd, (struct sockaddr *)&address, &len));
    *ret_port = ntohs(address.sin_port);
    return fd;
}

static void server_start(enum manner manner)
{
    server.manner = manner;
    server.connections = server.requests = server.stray_bytes = 0;
    server.fd = listen_anywhere(&server.port);
    CU_ASSERT_EQUAL_FATAL(listen(server.fd, 16), 0);
    CU_ASSERT_EQUAL_FATAL(pthread_create(&server.thread, NULL, serve, NULL), 0);
}

/* Waits for the connections' ends: the client has closed them by then. */
static void server_stop(void)
{
    shutdown(server.fd, SHUT_RDWR);
    pthread_join(server.thread, NULL);
    close(server.fd);
}

/* ---- The client --------------------------------------------------------- */

static struct lp_loop *loop;
static struct lp_http *http;

struct answer {
    int calls;
    enum lp_http_outcome outcome;
    int status;
    char body[256];
    size_t body_len;
    int64_t retry_after_s;
    char error[256];
    int duration_ms;
};

static void note(void *data, const struct lp_http_reply *reply)
{
    struct answer *answer = data;

    answer->calls++;
    answer->outcome = reply->outcome;
    answer->status = reply->status;
    snprintf(answer->body, sizeof(answer->body), "%s", reply->body);
    answer->body_len = reply->body_len;
    answer->retry_after_s = reply->retry_after_s;
    snprintf(answer->error, sizeof(answer->error), "%s", reply->error);
    answer->duration_ms = reply->duration_ms;
    CU_ASSERT_EQUAL(strlen(reply->body), reply->body_len);
}

static char url[128];
static const char *const headers[] = {"Idempotency-Key: leopay-1", "Leopay-Attempt: 3"};

static struct lp_http_request a_request(void)
{
    return (struct lp_http_request){
        .url = url,
        .content_type = "application/json",
        .body = "{\"id\": 1}",
        .body_len = 9,
        .headers = headers,
        .header_count = 2,
        .ca_file = "",
        .connect_timeout_ms = 5000,
        .timeout_ms = 10000,
        .answer_max = 100,
    };
}

static void open_http(enum manner manner)
{
    CU_ASSERT_EQUAL_FATAL(lp_loop_new(&loop), 0);
    CU_ASSERT_EQUAL_FATAL(lp_http_new(loop, 16, &http), 0);
    server_start(manner);
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/path", server.port);
}

static void close_http(void)
{
    lp_http_free(http);
    lp_loop_free(loop);
    server_stop();
}

static void start(struct answer *answer, const struct lp_http_request *request)
{
    *answer = (struct answer){0};
    CU_ASSERT_EQUAL_FATAL(lp_http_post(http, request, note, answer, NULL), 0);
    LP_ASSERT_INT(answer->calls, 0);
}

static void finish(struct answer *answer)
{
    struct pollfd fd = {.fd = lp_loop_fd(loop), .events = POLLIN};

    while (!answer->calls) {
        CU_ASSERT_EQUAL_FATAL(poll(&fd, 1, 20000), 1);
        lp_loop_turn(loop, 100);
    }
    LP_ASSERT_INT(answer->calls, 1);
}

static void post(struct answer *answer, const struct lp_http_request *request)
{
    start(answer, request);
    LP_ASSERT_INT(lp_http_busy(http), 1);
    finish(answer);
    LP_ASSERT_INT(lp_http_busy(http), 0);
}

#endif
