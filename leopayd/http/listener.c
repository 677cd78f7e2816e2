/* SPDX-License-Identifier: MIT */
/* Listening sockets. */
#include "http/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG          4096
#define ACTIVATION_FIRST 3
#define UNIX_MODE        0660

static const char unix_prefix[] = "unix:";

_Static_assert(sizeof(((struct listener_file *)0)->path) ==
                   sizeof(((struct sockaddr_un *)0)->sun_path),
               "a path of any length must fit");

static int fail(struct leopay_error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int fail(struct leopay_error *err, const char *format, ...)
{
    va_list arguments;

    *err = (struct leopay_error){.code = LEOPAY_ESETTING, .domain = LEOPAY_DOMAIN_SYSTEM};
    va_start(arguments, format);
    vsnprintf(err->text, sizeof(err->text), format, arguments);
    va_end(arguments);
    return LEOPAY_ESETTING;
}

static const char *unix_path(const char *address)
{
    size_t length = sizeof(unix_prefix) - 1;

    return strncmp(address, unix_prefix, length) == 0 ? address + length : NULL;
}

/* Splits "host:port"; brackets around an IPv6 address are taken off. */
static int split_address(const char *address, char *ret_host, size_t host_size,
                         const char **ret_port, struct leopay_error *err)
{
    const char *colon = strrchr(address, ':');
    size_t length = colon == NULL ? 0 : (size_t)(colon - address);
    const char *host = address;
    bool bracketed = length >= 2 && host[0] == '[' && host[length - 1] == ']';
    char *end = NULL;
    long port =
        colon == NULL || colon[1] < '0' || colon[1] > '9' ? -1 : strtol(colon + 1, &end, 10);

    if (port < 0 || port > 65535 || *end != '\0') {
        return fail(err, "\"%s\" is neither host:port nor unix:PATH", address);
    }
    if (bracketed) {
        host++;
        length -= 2;
    }
    if (length == 0 || length >= host_size || (!bracketed && memchr(host, ':', length) != NULL)) {
        return fail(err, "\"%s\" has no proper host (an IPv6 address stands in brackets)", address);
    }
    memcpy(ret_host, host, length);
    ret_host[length] = '\0';
    *ret_port = colon + 1;
    return 0;
}

static int fill_unix(const char *path, struct sockaddr_un *ret_address, struct leopay_error *err)
{
    size_t length = strlen(path);

    *ret_address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (path[0] != '/' || length >= sizeof(ret_address->sun_path)) {
        return fail(err, "\"%s\" is not an absolute path of at most %zu bytes", path,
                    sizeof(ret_address->sun_path) - 1);
    }
    memcpy(ret_address->sun_path, path, length);
    return 0;
}

/* A socket that nobody listens on any more is left over from a crash. */
static void remove_stale(const struct sockaddr_un *address)
{
    struct stat status;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd >= 0 && lstat(address->sun_path, &status) == 0 && S_ISSOCK(status.st_mode) &&
        connect(fd, (const struct sockaddr *)address, sizeof(*address)) != 0 &&
        errno == ECONNREFUSED) {
        unlink(address->sun_path);
    }
    if (fd >= 0) {
        close(fd);
    }
}

static int open_unix(const char *path, int *ret_fd, struct listener_file *ret_file,
                     struct leopay_error *err)
{
    struct sockaddr_un address;
    struct stat status;
    int r = fill_unix(path, &address, err);

    if (r != 0) {
        return r;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return fail(err, "cannot make a socket: %s", strerror(errno));
    }
    remove_stale(&address);
    if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 || lstat(path, &status) != 0 ||
        chmod(path, UNIX_MODE) != 0 || listen(fd, BACKLOG) != 0) {
        fail(err, "cannot listen on %s: %s", path, strerror(errno));
        close(fd);
        return LEOPAY_ESETTING;
    }
    *ret_file = (struct listener_file){.device = status.st_dev, .inode = status.st_ino};
    memcpy(ret_file->path, address.sun_path, sizeof(ret_file->path));
    *ret_fd = fd;
    return 0;
}

/* One socket bound to an address.  Without `shared` it fails where somebody listens already, even
 * ourselves. */
static int bind_tcp(const struct addrinfo *info, bool shared)
{
    const int on = 1;
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
                    (shared && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0) ||
                    bind(fd, info->ai_addr, info->ai_addrlen) != 0)) {
        int saved = errno;

        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

/* Opens the sockets of one address.  -1 and errno; what was opened before is in fds up to *opened.
 */
static int bind_all(struct addrinfo *info, size_t count, int *fds, size_t *opened)
{
    /* SO_REUSEPORT would let two daemons share a port in silence: see first that it is free. */
    int trial = bind_tcp(info, false);

    if (trial < 0) {
        return -1;
    }
    close(trial);
    for (*opened = 0; *opened < count; (*opened)++) {
        int fd = bind_tcp(info, true);

        if (fd < 0) {
            return -1;
        }
        fds[*opened] = fd;
        if (listen(fd, BACKLOG) != 0 ||
            /* Port 0 is chosen by the first socket; the others must follow it. */
            getsockname(fd, info->ai_addr, &info->ai_addrlen) != 0) {
            (*opened)++;
            return -1;
        }
    }
    return 0;
}

static int open_tcp(const char *address, size_t count, int *fds, struct leopay_error *err)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *infos;
    char host[256];
    const char *port;
    size_t opened = 0;
    int r = split_address(address, host, sizeof(host), &port, err);

    if (r != 0) {
        return r;
    }
    r = getaddrinfo(host, port, &hints, &infos);
    if (r != 0) {
        return fail(err, "cannot resolve %s: %s", address, gai_strerror(r));
    }
    if (bind_all(infos, count, fds, &opened) != 0) {
        r = fail(err, "cannot listen on %s: %s", address, strerror(errno));
        while (opened > 0) {
            close(fds[--opened]);
        }
    }
    freeaddrinfo(infos);
    return r;
}

/* The descriptor that systemd hands over under a name; "" takes any that is not "ops".  *ret_fd is
 * -1 where there is none.  Of two one would have no server, and its clients would wait. */
static int find_activated(const char *name, int *ret_fd, struct leopay_error *err)
{
    const char *pid = getenv("LISTEN_PID");
    const char *count_text = getenv("LISTEN_FDS");
    const char *names = getenv("LISTEN_FDNAMES");
    int count = count_text == NULL ? 0 : (int)strtol(count_text, NULL, 10);

    *ret_fd = -1;
    if (pid == NULL || strtol(pid, NULL, 10) != getpid()) {
        return 0;
    }
    for (int fd = ACTIVATION_FIRST; fd < ACTIVATION_FIRST + count; fd++) {
        size_t length = names == NULL ? 0 : strcspn(names, ":");
        bool ops = length == 3 && memcmp(names, "ops", 3) == 0;
        int listening = 0;
        socklen_t size = sizeof(listening);

        if (ops == (strcmp(name, "ops") == 0) &&
            getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening) {
            if (*ret_fd >= 0) {
                return fail(err, "two sockets were handed over for it; the operators' one must be "
                                 "named \"ops\" (FileDescriptorName=ops)");
            }
            *ret_fd = fd;
        }
        if (names != NULL) {
            names += length + (names[length] == ':');
        }
    }
    return 0;
}

/* Fills fds with copies of one descriptor, which is closed. */
static int share(int fd, size_t count, int *fds, struct leopay_error *err)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) {
        return fail(err, "cannot use descriptor %d: %s", fd, strerror(errno));
    }
    for (size_t i = 0; i < count; i++) {
        fds[i] = fcntl(fd, F_DUPFD_CLOEXEC, ACTIVATION_FIRST);
        if (fds[i] < 0) {
            fail(err, "cannot share a listening socket: %s", strerror(errno));
            while (i > 0) {
                close(fds[--i]);
            }
            close(fd);
            return LEOPAY_ESETTING;
        }
    }
    close(fd);
    return 0;
}

int listener_check(const char *address, struct leopay_error *err)
{
    const char *path = unix_path(address);
    struct sockaddr_un unix_address;
    char host[256];
    const char *port;

    return path != NULL ? fill_unix(path, &unix_address, err)
                        : split_address(address, host, sizeof(host), &port, err);
}

int listener_open(const char *address, const char *activation_name, size_t count, int *ret_fds,
                  struct listener_file *ret_file, struct leopay_error *err)
{
    const char *path = unix_path(address);
    int fd;
    int r = find_activated(activation_name, &fd, err);

    if (r == 0 && fd < 0 && path == NULL) {
        return open_tcp(address, count, ret_fds, err);
    }
    if (r == 0 && fd < 0) {
        r = open_unix(path, &fd, ret_file, err);
    }
    return r == 0 ? share(fd, count, ret_fds, err) : r;
}

void listener_unlink(const struct listener_file *file)
{
    struct stat status;

    /* While we were ending, another daemon may have put its own socket there. */
    if (file->path[0] != '\0' && lstat(file->path, &status) == 0 && status.st_dev == file->device &&
        status.st_ino == file->inode) {
        unlink(file->path);
    }
}
