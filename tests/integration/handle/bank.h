/* SPDX-License-Identifier: MIT */
/*
 * A bank in a thread: it registers every order, or holds its answer, or hangs up, as the test says.
 * One connection at a time is enough for it, except while answers are held.  What is posted to
 * BILLING_PATH is for a billing, if the test has one.
 */
#ifndef TESTS_INTEGRATION_HANDLE_BANK_H
#define TESTS_INTEGRATION_HANDLE_BANK_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/socket.h>

#include "support/unit.h"

#define BANK_CONNECTIONS_MAX 8192
#define BILLING_PATH         "/told"

enum bank_manner {
    BANK_ANSWERS,
    BANK_HOLDS,    /* reads the question and is silent until it answers again */
    BANK_HANGS_UP, /* reads the question and resets the connection */
};

static struct {
    int fd, port;
    pthread_t thread, connections[BANK_CONNECTIONS_MAX];
    int connection_count;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    enum bank_manner manner;
    bool paid;         /* every order, else none; set before it starts */
    int arrivals;      /* questions read */
    int registrations; /* of them, to register an order */
    int orders;        /* registered */
    bool stopping;
    void (*told)(
        const char *body); /* a billing, under the mutex; set before it starts; NULL: none */
} bank = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* Reads one request; false where there is none. */
static bool bank_read(int fd, char *request, size_t size)
{
    size_t length = 0;
    const char *end, *counted;
    ssize_t got;

    while (length + 1 < size && (got = recv(fd, request + length, size - 1 - length, 0)) > 0) {
        length += (size_t)got;
        request[length] = '\0';
        if (!(end = strstr(request, "\r\n\r\n")) ||
            !(counted = strstr(request, "Content-Length: ")))
            continue;
        if (length >= (size_t)(end + 4 - request) + (size_t)strtol(counted + 16, NULL, 10))
            return true;
    }
    return false;
}

/* What to do with the question, once the manner is not to hold it. */
static enum bank_manner bank_consider(const char *request, int *ret_order)
{
    pthread_mutex_lock(&bank.mutex);
    bank.arrivals++;
    bank.registrations += strstr(request, "register.do") != NULL;
    pthread_cond_broadcast(&bank.changed);
    while (bank.manner == BANK_HOLDS && !bank.stopping)
        pthread_cond_wait(&bank.changed, &bank.mutex);
    enum bank_manner manner = bank.stopping ? BANK_HANGS_UP : bank.manner;
    *ret_order = manner == BANK_ANSWERS ? ++bank.orders : 0;
    pthread_mutex_unlock(&bank.mutex);
    return manner;
}

static void bank_reset(int fd)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

static void bank_hear(const char *request)
{
    pthread_mutex_lock(&bank.mutex);
    bank.told(strstr(request, "\r\n\r\n") + 4);
    pthread_mutex_unlock(&bank.mutex);
}

static void *bank_serve(void *argument)
{
    int fd = (int)(intptr_t)argument, order = 0;
    char request[8192], body[512], answer[1024];

    while (bank_read(fd, request, sizeof(request))) {
        bool billing =
            bank.told && !strncmp(request, "POST " BILLING_PATH, 5 + strlen(BILLING_PATH));
        if (!billing && bank_consider(request, &order) == BANK_HANGS_UP) {
            bank_reset(fd);
            break;
        }
        *body = '\0';
        if (billing)
            bank_hear(request);
        else if (strstr(request, "register.do"))
            snprintf(body, sizeof(body),
                     "{\"errorCode\":\"0\",\"orderId\":\"00000000-0000-7000-8000-%012d\","
                     "\"formUrl\":\"http://bank.example/pay?%d\"}",
                     order, order);
        else
            snprintf(body, sizeof(body),
                     "{\"errorCode\":\"0\",\"orderStatus\":%d,\"amount\":100,\"currency\":\"643\"}",
                     bank.paid ? 2 : 0);
        int length = snprintf(answer, sizeof(answer),
                              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                              "Content-Length: %zu\r\n\r\n%s",
                              strlen(body), body);
        if (send(fd, answer, (size_t)length, MSG_NOSIGNAL) != length)
            break;
    }
    close(fd);
    return NULL;
}

static void *bank_accept(void *unused)
{
    int fd;

    (void)unused;
    while (bank.connection_count < BANK_CONNECTIONS_MAX &&
           (fd = accept(bank.fd, NULL, NULL)) >= 0) {
        if (pthread_create(&bank.connections[bank.connection_count], NULL, bank_serve,
                           (void *)(intptr_t)fd))
            abort();
        bank.connection_count++;
    }
    return NULL;
}

static bool bank_start(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);

    bank.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bank.fd < 0 || bind(bank.fd, (struct sockaddr *)&address, length) ||
        getsockname(bank.fd, (struct sockaddr *)&address, &length) || listen(bank.fd, SOMAXCONN))
        return false;
    bank.port = ntohs(address.sin_port);
    return !pthread_create(&bank.thread, NULL, bank_accept, NULL);
}

/* All handles are closed by then, so that every connection ends. */
static void bank_stop(void)
{
    pthread_mutex_lock(&bank.mutex);
    bank.stopping = true;
    pthread_cond_broadcast(&bank.changed);
    pthread_mutex_unlock(&bank.mutex);
    shutdown(bank.fd, SHUT_RDWR);
    pthread_join(bank.thread, NULL);
    for (int i = 0; i < bank.connection_count; i++)
        pthread_join(bank.connections[i], NULL);
    close(bank.fd);
}

static inline void bank_behave(enum bank_manner manner)
{
    pthread_mutex_lock(&bank.mutex);
    bank.manner = manner;
    pthread_cond_broadcast(&bank.changed);
    pthread_mutex_unlock(&bank.mutex);
}

static inline int bank_arrivals(void)
{
    pthread_mutex_lock(&bank.mutex);
    int arrivals = bank.arrivals;
    pthread_mutex_unlock(&bank.mutex);
    return arrivals;
}

#endif
