/* SPDX-License-Identifier: MIT */
/*
 * Listening sockets: "host:port", "[address]:port", "unix:PATH", or what systemd hands over.  Only
 * makes descriptors; who accepts on them is not its business.
 */
#ifndef LEOPAYD_LISTENER_H
#define LEOPAYD_LISTENER_H

#include <stdbool.h>
#include <stddef.h>

#include <leopay/error.h>

/* Looks at an address's form alone.  LEOPAY_ESETTING with the text set. */
int listener_check(const char *address, struct leopay_error *err);

/*
 * Opens `count` listening descriptors for one address.  Those of TCP are sockets of their own,
 * among which the kernel shares the connections out; those of a Unix socket or of systemd are
 * copies of one.  LEOPAY_ESETTING.
 */
int listener_open(const char *address, const char *activation_name, size_t count, int *ret_fds,
                  struct leopay_error *err);

/* Removes the Unix socket of an address; nothing for others. */
void listener_unlink(const char *address);

#endif
