/* SPDX-License-Identifier: MIT */
/*
 * Listening sockets: "host:port", "[address]:port", "unix:PATH", or what systemd hands over.  Only
 * makes descriptors; who accepts on them is not its business.
 */
#ifndef LEOPAYD_LISTENER_H
#define LEOPAYD_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <leopay/error.h>

/* The file of a Unix socket that was made here; zeroes where none was. */
struct listener_file {
    char path[108];
    dev_t device;
    ino_t inode;
};

/* Looks at an address's form alone.  LEOPAY_ESETTING with the text set. */
int listener_check(const char *address, struct leopay_error *err);

/*
 * Opens `count` listening descriptors for one address.  Those of TCP are sockets of their own,
 * among which the kernel shares the connections out; those of a Unix socket or of systemd are
 * copies of one.  LEOPAY_ESETTING.
 */
int listener_open(const char *address, const char *activation_name, size_t count, int *ret_fds,
                  struct listener_file *ret_file, struct leopay_error *err);

/* Removes the file of a Unix socket, if it is still the one that was made here. */
void listener_unlink(const struct listener_file *file);

#endif
