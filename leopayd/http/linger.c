/* SPDX-License-Identifier: MIT */
/* Connections that are read to no purpose but their end; bounded in time and in bytes. */
#include "http/linger.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <h2o.h>

#include "http/server.h"

#define BYTES_MAX      16777216
#define READS_PER_TURN 16

struct lingering {
    struct server *server;
    h2o_socket_t *sock;
    size_t discarded;
    h2o_linklist_t link;
    h2o_timeout_entry_t timeout_entry;
};

static void end(struct lingering *linger)
{
    struct server *server = linger->server;

    h2o_timeout_unlink(&linger->timeout_entry);
    h2o_linklist_unlink(&linger->link);
    h2o_socket_close(linger->sock);
    free(linger);
    server->conn_count--;
    server_conn_closed(server);
}

static void on_timeout(h2o_timeout_entry_t *entry)
{
    end(H2O_STRUCT_FROM_MEMBER(struct lingering, timeout_entry, entry));
}

static void on_readable(h2o_socket_t *sock, const char *err)
{
    struct lingering *linger = sock->data;
    char bytes[16384];

    for (int i = 0; err == NULL && i < READS_PER_TURN; i++) {
        ssize_t count = recv(h2o_socket_get_fd(sock), bytes, sizeof(bytes), MSG_DONTWAIT);

        if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }
        if (count <= 0 || (linger->discarded += (size_t)count) > BYTES_MAX) {
            err = "over";
        }
    }
    if (err != NULL) {
        end(linger);
    }
}

void linger_begin(struct server *server, int fd)
{
    struct lingering *linger = h2o_mem_alloc(sizeof(*linger));

    *linger = (struct lingering){.server = server, .timeout_entry.cb = on_timeout};
    shutdown(fd, SHUT_WR);
    linger->sock = h2o_evloop_socket_create(server->loop, fd, H2O_SOCKET_FLAG_DONT_READ);
    linger->sock->data = linger;
    h2o_linklist_insert(&server->lingers, &linger->link);
    h2o_timeout_link(server->loop, &server->linger_timeout, &linger->timeout_entry);
    h2o_socket_read_start(linger->sock, on_readable);
}

void linger_end_all(struct server *server)
{
    while (!h2o_linklist_is_empty(&server->lingers)) {
        end(H2O_STRUCT_FROM_MEMBER(struct lingering, link, server->lingers.next));
    }
}
