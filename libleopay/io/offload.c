/* SPDX-License-Identifier: MIT */
/*
 * The thread beside the loop.  The two lists are all that both threads see, always under the mutex;
 * a work belongs to the thread in whose hands it is.  The loop's post hook is the offload's.
 */
#include "io/offload.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

#include <leopay/error.h>

#include "base/mem.h"

struct lp_offload {
    struct lp_loop *loop;
    pthread_t thread;
    bool started;
    pthread_mutex_t mutex;
    pthread_cond_t wanted;
    struct lp_list todo;
    struct lp_list finished;
    bool stopping;
};

static void *work(void *argument)
{
    struct lp_offload *offload = argument;

    pthread_mutex_lock(&offload->mutex);
    for (;;) {
        while (!offload->stopping && lp_list_empty(&offload->todo))
            pthread_cond_wait(&offload->wanted, &offload->mutex);
        if (offload->stopping)
            break;

        struct lp_list *link = lp_list_pop(&offload->todo);
        struct lp_work *item = lp_container(link, struct lp_work, link);

        pthread_mutex_unlock(&offload->mutex);
        item->run(item);
        pthread_mutex_lock(&offload->mutex);
        lp_list_push(&offload->finished, &item->link);
        lp_loop_post(offload->loop);
    }
    pthread_mutex_unlock(&offload->mutex);
    return NULL;
}

static void call_done(struct lp_list *works)
{
    struct lp_list *link;

    while ((link = lp_list_pop(works))) {
        struct lp_work *item = lp_container(link, struct lp_work, link);

        item->done(item);
    }
}

static void take_finished(void *data)
{
    struct lp_offload *offload = data;
    struct lp_list works;

    lp_list_init(&works);
    pthread_mutex_lock(&offload->mutex);
    lp_list_splice(&works, &offload->finished);
    pthread_mutex_unlock(&offload->mutex);
    call_done(&works);
}

/* The thread inherits a mask in which every signal is blocked: signals belong to the program's own
 * threads. */
static int start(struct lp_offload *offload)
{
    sigset_t all, old;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int failed = pthread_create(&offload->thread, NULL, work, offload);

    pthread_sigmask(SIG_SETMASK, &old, NULL);
    offload->started = !failed;
    return failed ? LEOPAY_ENOMEM : 0;
}

int lp_offload_new(struct lp_loop *loop, struct lp_offload **ret_offload)
{
    struct lp_offload *offload = lp_calloc(1, sizeof(*offload));

    if (!offload)
        return LEOPAY_ENOMEM;
    offload->loop = loop;
    lp_list_init(&offload->todo);
    lp_list_init(&offload->finished);
    pthread_mutex_init(&offload->mutex,
                       NULL); /* neither can fail on Linux with default attributes */
    pthread_cond_init(&offload->wanted, NULL);
    lp_loop_set_post_hook(loop, take_finished, offload);
    *ret_offload = offload;
    return 0;
}

void lp_offload_free(struct lp_offload *offload)
{
    if (!offload)
        return;
    pthread_mutex_lock(&offload->mutex);
    offload->stopping = true;
    pthread_cond_signal(&offload->wanted);
    pthread_mutex_unlock(&offload->mutex);
    if (offload->started)
        pthread_join(offload->thread, NULL);

    lp_loop_set_post_hook(offload->loop, NULL, NULL);
    call_done(&offload->finished);
    call_done(&offload->todo);
    pthread_cond_destroy(&offload->wanted);
    pthread_mutex_destroy(&offload->mutex);
    lp_free(offload);
}

int lp_offload_submit(struct lp_offload *offload, struct lp_work *item)
{
    if (offload->stopping)
        return LEOPAY_ECLOSED;

    int code = offload->started ? 0 : start(offload);

    if (code)
        return code;
    pthread_mutex_lock(&offload->mutex);
    lp_list_push(&offload->todo, &item->link);
    pthread_cond_signal(&offload->wanted);
    pthread_mutex_unlock(&offload->mutex);
    return 0;
}
