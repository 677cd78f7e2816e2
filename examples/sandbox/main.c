/* SPDX-License-Identifier: MIT */
/* leopay-sandbox: the command line, the listener, the routes and the loop. */
#include <errno.h>
#include <getopt.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bank.h"
#include "billing.h"
#include "callback.h"
#include "control.h"
#include "page.h"

#define LOOP_MS          1000
#define BODY_MAX         (1024 * 1024)
#define KEEPALIVE_MS     60000
#define ACCEPTS_PER_TURN 64

struct server {
    h2o_globalconf_t config;
    h2o_context_t ctx;
    h2o_accept_ctx_t accept;
    struct sandbox sandbox;
};

struct handler {
    h2o_handler_t super;
    struct sandbox *sb;
};

static const char usage[] =
    "usage: leopay-sandbox [options]\n"
    "A bank (both of Sberbank's gateways), a billing and a shop, to play with and to test "
    "against.\n"
    "  --listen HOST:PORT   where to listen (127.0.0.1:8020; port 0: any)\n"
    "  --leopay URL         where Leopay is (http://127.0.0.1:8010)\n"
    "  --public-key FILE    Leopay's public key, to verify confirmations with\n"
    "  --username NAME      the merchant's login (sandbox)\n"
    "  --password TEXT      the merchant's password (sandbox)\n"
    "  --ledger DIR         write bank.ndjson and billing.ndjson there\n"
    "  --quiet              say where it listens, and nothing else but errors\n";

static void end_at_once(int signal)
{
    (void)signal;
    _exit(0);
}

static int on_request(h2o_handler_t *self, h2o_req_t *req)
{
    struct sandbox *sb = ((struct handler *)(void *)self)->sb;
    size_t len = req->query_at != SIZE_MAX ? req->query_at : req->path.len;
    const char *path = h2o_strdup(&req->pool, req->path.base, len).base;
    static const char new_api[] = "/ecomm/gw/partner/api/v1/", old_api[] = "/payment/rest/";

    if (strncmp(path, new_api, sizeof new_api - 1) == 0)
        sb_bank_on_request(sb, req, path + sizeof new_api - 1, false);
    else if (strncmp(path, old_api, sizeof old_api - 1) == 0)
        sb_bank_on_request(sb, req, path + sizeof old_api - 1, true);
    else if (strcmp(path, "/pp/pay_ru") == 0)
        sb_pay_on_request(sb, req, false);
    else if (strcmp(path, "/payment/merchants/sandbox/payment_ru.html") == 0)
        sb_pay_on_request(sb, req, true);
    else if (strncmp(path, "/sandbox/", 9) == 0)
        sb_control_on_request(sb, req, path + 9);
    else if (strncmp(path, "/billing/", 9) == 0)
        sb_billing_on_request(sb, req, path + 9);
    else if (strncmp(path, "/shop/", 6) == 0)
        sb_shop_on_request(sb, req, path + 6);
    else if (strcmp(path, "/") == 0 || strcmp(path, "/shop") == 0)
        sb_redirect(req, "/shop/");
    else
        sb_reply_not_found(req);
    return 0;
}

static void on_close(void *data)
{
    struct sb_connection *connection = data;
    connection->sb->stats.connections_open--;
    free(connection);
}

static void on_accept(h2o_socket_t *listener, const char *err)
{
    struct server *server = listener->data;
    if (err)
        return;
    for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
        h2o_socket_t *sock = h2o_evloop_socket_accept(listener);
        if (!sock)
            return;
        struct sb_connection *connection = sb_alloc(sizeof *connection);
        connection->sb = &server->sandbox;
        connection->sb->stats.connections_opened++;
        connection->sb->stats.connections_open++;
        sock->on_close.cb = on_close;
        sock->on_close.data = connection;
        h2o_accept(&server->accept, sock);
    }
}

/* A bound and listening socket; ends the program if there can be none. */
static int open_listener(const char *listen_at)
{
    char host[256];
    const char *colon = strrchr(listen_at, ':');
    if (!colon || (size_t)(colon - listen_at) >= sizeof host) {
        fprintf(stderr, "leopay-sandbox: --listen %s: not HOST:PORT\n", listen_at);
        exit(2);
    }
    memcpy(host, listen_at, (size_t)(colon - listen_at));
    host[colon - listen_at] = '\0';
    struct addrinfo hints = {
        .ai_family = AF_INET, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    int code = getaddrinfo(host[0] ? host : NULL, colon + 1, &hints, &found);
    if (code != 0) {
        fprintf(stderr, "leopay-sandbox: --listen %s: %s\n", listen_at, gai_strerror(code));
        exit(1);
    }
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, 4096) != 0) {
        fprintf(stderr, "leopay-sandbox: --listen %s: %s\n", listen_at, strerror(errno));
        exit(1);
    }
    freeaddrinfo(found);
    return fd;
}

static void set_base_url(struct sandbox *sb, int fd)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof address;
    char host[64], port[16];
    if (getsockname(fd, (struct sockaddr *)&address, &len) != 0 ||
        getnameinfo((struct sockaddr *)&address, len, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        abort();
    snprintf(sb->base_url, sizeof sb->base_url, "http://%s:%s",
             strcmp(host, "0.0.0.0") == 0 ? "127.0.0.1" : host, port);
}

static void read_options(int argc, char **argv, struct sb_options *options)
{
    static const struct option table[] = {
        {"listen", required_argument, NULL, 'l'},
        {"leopay", required_argument, NULL, 'u'},
        {"public-key", required_argument, NULL, 'k'},
        {"username", required_argument, NULL, 'n'},
        {"password", required_argument, NULL, 'p'},
        {"ledger", required_argument, NULL, 'd'},
        {"quiet", no_argument, NULL, 'q'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    *options = (struct sb_options){.listen = "127.0.0.1:8020",
                                   .leopay = "http://127.0.0.1:8010",
                                   .username = "sandbox",
                                   .password = "sandbox"};
    for (int c; (c = getopt_long(argc, argv, "", table, NULL)) != -1;) {
        switch (c) {
        case 'l':
            options->listen = optarg;
            break;
        case 'u':
            options->leopay = optarg;
            break;
        case 'k':
            options->public_key = optarg;
            break;
        case 'n':
            options->username = optarg;
            break;
        case 'p':
            options->password = optarg;
            break;
        case 'd':
            options->ledger = optarg;
            break;
        case 'q':
            options->quiet = true;
            break;
        case 'h':
            fputs(usage, stdout);
            exit(0);
        default:
            fputs(usage, stderr);
            exit(2);
        }
    }
    if (optind < argc) {
        fputs(usage, stderr);
        exit(2);
    }
    size_t len = strlen(options->leopay);
    if (len > 0 && options->leopay[len - 1] == '/')
        options->leopay = strndup(options->leopay, len - 1);
}

static void open_sandbox(struct sandbox *sb)
{
    struct leopay_error err;
    const struct sb_options *options = &sb->options;
    sb_knobs_reset(&sb->knobs);
    sb_bank_init(&sb->bank);
    sb_timers_init(&sb->timers);
    sb->bank_ledger = sb->billing_ledger = -1;
    if (options->public_key && leopay_public_key_load(options->public_key, &sb->key, &err) != 0) {
        fprintf(stderr, "leopay-sandbox: %s\n", err.text);
        exit(1);
    }
    if (options->ledger) {
        sb->bank_ledger = sb_ledger_open(options->ledger, "bank.ndjson");
        sb->billing_ledger = sb_ledger_open(options->ledger, "billing.ndjson");
        if (sb->bank_ledger < 0 || sb->billing_ledger < 0)
            exit(1);
    }
    sb->callbacks = sb_callbacks_start();
}

static void open_server(struct server *server, int fd)
{
    h2o_config_init(&server->config);
    server->config.server_name = h2o_iovec_init(H2O_STRLIT("nginx"));
    server->config.max_request_entity_size = BODY_MAX;
    server->config.http1.req_timeout = KEEPALIVE_MS;
    server->config.http1.upgrade_to_http2 = 0;
    h2o_hostconf_t *host =
        h2o_config_register_host(&server->config, h2o_iovec_init(H2O_STRLIT("default")), 65535);
    h2o_pathconf_t *path = h2o_config_register_path(host, "/", 0);
    struct handler *handler = (struct handler *)(void *)h2o_create_handler(path, sizeof *handler);
    handler->super.on_req = on_request;
    handler->sb = &server->sandbox;
    h2o_context_init(&server->ctx, h2o_evloop_create(), &server->config);
    server->accept = (h2o_accept_ctx_t){.ctx = &server->ctx, .hosts = server->config.hosts};
    h2o_socket_t *listener =
        h2o_evloop_socket_create(server->ctx.loop, fd, H2O_SOCKET_FLAG_DONT_READ);
    listener->data = server;
    h2o_socket_read_start(listener, on_accept);
}

int main(int argc, char **argv)
{
    static struct server server;
    struct sandbox *sb = &server.sandbox;
    read_options(argc, argv, &sb->options);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, end_at_once);
    signal(SIGINT, end_at_once);
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    int fd = open_listener(sb->options.listen);
    open_sandbox(sb);
    open_server(&server, fd);
    set_base_url(sb, fd);
    printf("sandbox listening on %s\n", sb->base_url);
    fflush(stdout);
    if (!sb->options.quiet)
        fprintf(stderr, "shop %s/shop/, billing %s/billing/demo/, knobs %s/sandbox/knobs\n",
                sb->base_url, sb->base_url, sb->base_url);
    for (;;) {
        h2o_evloop_run(server.ctx.loop, sb_timers_wait_ms(&sb->timers, LOOP_MS));
        sb_timers_run(&sb->timers);
    }
}
