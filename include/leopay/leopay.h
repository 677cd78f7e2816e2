/* SPDX-License-Identifier: MIT */
/*
 * Leopay: takes payment orders, registers them with Sberbank, learns whether the money came, and
 * tells billings so with a signed message.  This header includes all the others.
 *
 * Four ways to use the library:
 *
 * 1. Blocking.  One call, one answer:
 *
 *        struct leopay_registration reg;
 *        int r = leopay_transaction_register_sync(lp, &order, &reg, &err);
 *
 * 2. Asynchronous, waiting where you like.  Submit several, then wait for each:
 *
 *        leopay_transaction_register(lp, &order, on_registered, &mine, &op, &err);
 *        leopay_wait(lp, op, LEOPAY_FOREVER);
 *
 * 3. In your own event loop.  Poll leopay_fd() for reading; when it is readable:
 *
 *        leopay_process(lp, 64);
 *
 *    The descriptor never changes, and it covers deadlines too: you need no timers.  If your poller
 *    is edge-triggered, read on until poll(2) says that nothing is left.
 *
 * 4. Without a handle.  A billing verifies what it is sent with <leopay/notification.h> alone:
 *
 *        leopay_notification_verify(key, body, length, &notification, &err);
 */
#ifndef LEOPAY_H
#define LEOPAY_H

#include <leopay/act.h>
#include <leopay/directory.h>
#include <leopay/error.h>
#include <leopay/handle.h>
#include <leopay/money.h>
#include <leopay/notification.h>
#include <leopay/probe.h>
#include <leopay/reconcile.h>
#include <leopay/report.h>
#include <leopay/schema.h>
#include <leopay/settings.h>
#include <leopay/token.h>
#include <leopay/transaction.h>
#include <leopay/version.h>

#endif
