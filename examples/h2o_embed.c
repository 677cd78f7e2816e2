/* SPDX-License-Identifier: MIT */
/*
 * Leopay inside a libh2o server, on loopback: POST an order to it and be sent to the bank's page.
 *
 *     h2o_embed PORT
 *
 * It needs libh2o-evloop, which in turn needs -std=gnu11 and -DH2O_USE_LIBUV=0.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <h2o.h>
#include <leopay/leopay.h>

static struct leopay *lp;
static h2o_globalconf_t config;
static h2o_context_t context;
static h2o_accept_ctx_t accept_context = {.ctx = &context, .hosts = NULL};

/* In HTTP/1 a request stays valid until it is answered, even when the client has gone. */
static void on_registered(void *data, int code, const struct leopay_registration *registration,
                          const struct leopay_error *err)
{
    h2o_req_t *req = data;

    (void)err; /* its text is for logs, not for payers */
    if (code) {
        h2o_send_error_502(req, "Bad Gateway", leopay_code_text(code), 0);
        return;
    }
    h2o_iovec_t url = h2o_strdup(&req->pool, registration->payment_url, SIZE_MAX);
    h2o_add_header(&req->pool, &req->res.headers, H2O_TOKEN_LOCATION, NULL, url.base, url.len);
    req->res.status = 302;
    req->res.reason = "Found";
    h2o_send_inline(req, H2O_STRLIT(""));
}

static int on_request(h2o_handler_t *self, h2o_req_t *req)
{
    ssize_t at = h2o_find_header(&req->headers, H2O_TOKEN_CONTENT_TYPE, -1);
    struct leopay_order_body *body = NULL;
    struct leopay_field_errors errors;

    (void)self;
    if (at < 0 || !req->entity.base)
        return -1; /* not for us: libh2o answers 404 */
    h2o_iovec_t type = req->headers.entries[at].value;
    type = h2o_strdup(&req->pool, type.base, type.len);
    if (leopay_order_parse(type.base, req->entity.base, req->entity.len, &body, &errors)) {
        h2o_send_error_400(req, "Bad Request", "not an order", 0);
        return 0;
    }
    int code =
        leopay_transaction_register(lp, leopay_order_get(body), on_registered, req, NULL, NULL);
    leopay_order_free(body); /* what was submitted is copied */
    if (code)
        h2o_send_error_503(req, "Service Unavailable", leopay_code_text(code), 0);
    return 0;
}

static void on_leopay(h2o_socket_t *sock, const char *err)
{
    (void)sock, (void)err;
    leopay_process(lp, 64); /* so many callbacks; what is left keeps the descriptor readable */
}

static void watch(h2o_loop_t *loop, int fd, h2o_socket_cb cb)
{
    h2o_socket_read_start(h2o_evloop_socket_create(loop, fd, H2O_SOCKET_FLAG_DONT_READ), cb);
}

static void on_accept(h2o_socket_t *listener, const char *err)
{
    h2o_socket_t *sock = err ? NULL : h2o_evloop_socket_accept(listener);

    if (sock)
        h2o_accept(&accept_context, sock);
}

static int serve(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, SOMAXCONN))
        return 1;
    h2o_config_init(&config);
    config.http1.upgrade_to_http2 = 0;
    h2o_hostconf_t *host =
        h2o_config_register_host(&config, h2o_iovec_init(H2O_STRLIT("default")), 65535);
    h2o_create_handler(h2o_config_register_path(host, "/", 0), sizeof(h2o_handler_t))->on_req =
        on_request;
    h2o_context_init(&context, h2o_evloop_create(), &config);
    accept_context.hosts = config.hosts;
    watch(context.loop, fd, on_accept);
    /* A copy of the handle's descriptor, because h2o closes what it is given. */
    watch(context.loop, dup(leopay_fd(lp)), on_leopay);
    for (;;)
        h2o_evloop_run(context.loop, INT32_MAX);
}

int main(int argc, char **argv)
{
    struct leopay_settings *settings = NULL;

    if (argc != 2 || leopay_init() || leopay_settings_new(&settings) ||
        leopay_settings_load(settings, NULL, NULL))
        return 2;
    const struct leopay_options options = {.size = sizeof(options), .settings = settings};
    if (leopay_open(&options, &lp, NULL))
        return 1;
    leopay_settings_free(settings);
    return serve((int)strtol(argv[1], NULL, 10));
}
