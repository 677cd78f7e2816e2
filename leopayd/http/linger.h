/* SPDX-License-Identifier: MIT */
/*
 * The end of a connection whose request was refused before all of it had come.  To close at once
 * would reset it, and the reset would overtake the answer: the client, still sending, would never
 * learn why.  So the answer is ended, and what still comes is read and thrown away, for a while.
 */
#ifndef LEOPAYD_LINGER_H
#define LEOPAYD_LINGER_H

struct server;

/* Takes over the descriptor of a connection that has been answered, and its place among those that
 * are counted. */
void linger_begin(struct server *server, int fd);

/* Ends all of them now. */
void linger_end_all(struct server *server);

#endif
