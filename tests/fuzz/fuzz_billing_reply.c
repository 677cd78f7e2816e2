/* SPDX-License-Identifier: MIT */
/*
 * A billing's answer, byte for byte as it leaves the billing: it is sent over a connection on
 * loopback to the client that delivers confirmations, and the connection is closed behind it.
 */
#include <poll.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/parse.h"
#include "flow/delivery.h"
#include "fuzz.h"

#define PORT_FIRST 20000 /* below those of outgoing connections */
#define PORT_LAST  30000
#define BODY       "{\"id\": 1}"
#define WAIT_MS    20000

/* The billing: one connection at a time. */
static struct {
    int listener;
    int port;
    int conn; /* -1: none */
    char request[4096];
    size_t got;
    const uint8_t *answer;
    size_t left; /* of the answer */
    int connections;
} billing = {.listener = -1, .conn = -1};

static struct lp_loop *loop;
static struct lp_http *http;

struct heard {
    int calls;
    enum lp_http_outcome outcome;
    int status;
    bool kept;
    size_t length;
};

static void open_all(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    billing.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    billing.port = PORT_FIRST + (int)getpid() % (PORT_LAST - PORT_FIRST);
    do {
        CLAIM(++billing.port < PORT_LAST + 1000);
        address.sin_port = htons((uint16_t)billing.port);
    } while (bind(billing.listener, (struct sockaddr *)&address, sizeof(address)));
    CLAIM(!listen(billing.listener, 4));
    CLAIM(!lp_loop_new(&loop) && !lp_http_new(loop, 4, &http));
}

/* A reset leaves no port behind that has to wait. */
static void hang_up(void)
{
    const struct linger at_once = {1, 0};

    if (billing.conn >= 0) {
        setsockopt(billing.conn, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
        close(billing.conn);
    }
    billing.conn = -1;
}

static void take_call(void)
{
    if (billing.conn < 0) {
        billing.conn = accept4(billing.listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        billing.connections += billing.conn >= 0;
        billing.got = 0;
    }
}

static bool has_request(void)
{
    return memmem(billing.request, billing.got, "\r\n\r\n" BODY, 4 + strlen(BODY));
}

static void listen_to_request(void)
{
    ssize_t got =
        recv(billing.conn, billing.request + billing.got, sizeof(billing.request) - billing.got, 0);

    CLAIM(billing.got < sizeof(billing.request));
    if (got > 0)
        billing.got += (size_t)got;
    else
        hang_up();
}

static void send_answer(void)
{
    ssize_t sent = send(billing.conn, billing.answer, billing.left, MSG_NOSIGNAL);

    if (sent < 0) {
        hang_up();
        return;
    }
    billing.answer += sent;
    billing.left -= (size_t)sent;
    if (!billing.left)
        shutdown(billing.conn, SHUT_WR);
}

static void on_reply(void *data, const struct lp_http_reply *reply)
{
    char kept[LP_DELIVERY_ANSWER_MAX + 1];
    struct heard *heard = data;
    const char *answer = lp_delivery_keep(reply, kept);

    heard->calls++;
    heard->outcome = reply->outcome;
    heard->status = reply->status;
    heard->kept = answer == kept;
    heard->length = reply->body_len;
    CLAIM(strlen(answer) <= LP_DELIVERY_ANSWER_MAX && lp_utf8_valid(answer, strlen(answer)));
    CLAIM(!heard->kept || !strncmp(kept, reply->body, strlen(kept)));
    CLAIM((reply->outcome == LP_HTTP_ANSWERED) == (reply->status != 0));
    CLAIM((reply->outcome == LP_HTTP_ANSWERED) == !*reply->error);
    CLAIM(reply->retry_after_s == -1 || reply->retry_after_s > 0);
    CLAIM(reply->date_s >= 0 && reply->duration_ms >= 0);
}

static void post(struct heard *heard)
{
    char url[64];
    const struct lp_http_request request = {
        .url = url,
        .content_type = "application/json",
        .body = BODY,
        .body_len = strlen(BODY),
        .ca_file = "",
        .connect_timeout_ms = WAIT_MS,
        .timeout_ms = WAIT_MS,
        .answer_max = LP_DELIVERY_READ_MAX,
        .truncate = true,
    };

    snprintf(url, sizeof(url), "http://127.0.0.1:%d/confirm", billing.port);
    CLAIM(!lp_http_post(http, &request, on_reply, heard, NULL));
    while (!heard->calls) {
        bool answering = billing.conn >= 0 && has_request() && billing.left;
        struct pollfd fds[] = {
            {.fd = lp_loop_fd(loop), .events = POLLIN},
            {.fd = billing.conn < 0 ? billing.listener : billing.conn,
             .events = answering ? POLLOUT : POLLIN},
        };

        CLAIM(poll(fds, 2, 2 * WAIT_MS) > 0);
        if (fds[1].revents && billing.conn < 0)
            take_call();
        else if (fds[1].revents && answering)
            send_answer();
        else if (fds[1].revents)
            listen_to_request();
        lp_loop_turn(loop, 0);
    }
}

/* The beginning of a long text is kept, wherever it had to be cut. */
static void claim_kept(const struct heard *heard, const uint8_t *data, size_t size)
{
    bool chunked = memmem(data, size, "ncoding", strlen("ncoding"));

    if (heard->length == LP_DELIVERY_READ_MAX && !chunked)
        CLAIM(heard->kept || !lp_utf8_valid((const char *)data, size));
}

/* Only what begins as HTTP and has that status somewhere is an answer. */
static void claim_honest(const struct heard *heard, const uint8_t *data, size_t size)
{
    char status[16];

    CLAIM(heard->calls == 1 && billing.connections == 1);
    CLAIM(heard->outcome == LP_HTTP_ANSWERED || heard->outcome == LP_HTTP_CUT);
    CLAIM(heard->length <= LP_DELIVERY_READ_MAX);
    if (heard->outcome == LP_HTTP_ANSWERED) {
        CLAIM(size > 5 && !memcmp(data, "HTTP/", 5));
        snprintf(status, sizeof(status), " %d", heard->status);
        CLAIM(memmem(data, size, status, strlen(status)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct heard heard = {.calls = 0};

    /* An answer of nothing is what a peer does that has gone. */
    if (!size)
        return 0;
    if (billing.listener < 0)
        open_all();
    billing.answer = data;
    billing.left = size;
    billing.connections = 0;
    post(&heard);
    hang_up();
    claim_honest(&heard, data, size);
    claim_kept(&heard, data, size);
    return 0;
}
