/* SPDX-License-Identifier: MIT */
/*
 * Names that nobody answers for.  The resolver here is the program's own: libcurl finds it in place
 * of libc's.  It is silent about one name for longer than anybody waits.
 */
#include <dlfcn.h>
#include <netdb.h>
#include <semaphore.h>
#include <unistd.h>

#include <leopay/error.h>

#include "io/http.h"
#include "support/unit.h"
#include "unit/io/peer.h"

#define SILENT "silent.test"

/* How long a turn may take, on a machine that is busy with other things. */
#define TURN_MAX_MS 2000

#define SILENCE_S 8

static sem_t asked, released;

static void wait_to_be_released(void)
{
    struct timespec end;

    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += SILENCE_S;
    sem_timedwait(&released, &end);
}

__attribute__((visibility("default"))) int getaddrinfo(const char *name, const char *service,
                                                       const struct addrinfo *hints,
                                                       struct addrinfo **ret_addresses)
{
    int (*resolve)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

    *(void **)&resolve = dlsym(RTLD_NEXT, "getaddrinfo");
    if (name && !strcmp(name, SILENT)) {
        sem_post(&asked);
        wait_to_be_released();
        return EAI_AGAIN;
    }
    return resolve(name, service, hints, ret_addresses);
}

static int64_t clock_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* As finish(), and no turn may take long. */
static void finish_in_short_turns(struct answer *answer)
{
    struct pollfd fd = {.fd = lp_loop_fd(loop), .events = POLLIN};

    while (!answer->calls) {
        CU_ASSERT_EQUAL_FATAL(poll(&fd, 1, 20000), 1);
        int64_t start_ms = clock_now_ms();
        lp_loop_turn(loop, 100);
        CU_ASSERT_TRUE(clock_now_ms() - start_ms < TURN_MAX_MS);
    }
}

static void let_lookups_end(int count)
{
    for (int i = 0; i < count; i++)
        sem_post(&released);
}

static void a_silent_resolver_holds_up_nobody(void)
{
    struct lp_http_request silent = a_request(), good = a_request();
    struct answer nowhere, answer;

    silent.url = "http://" SILENT ":1/";
    silent.connect_timeout_ms = 300;
    open_http(ANSWER);
    start(&nowhere, &silent);
    finish_in_short_turns(&nowhere);
    LP_ASSERT_INT(nowhere.outcome, LP_HTTP_NOT_SENT);
    LP_ASSERT_INT(sem_trywait(&asked), 0);
    post(&answer, &good);
    LP_ASSERT_INT(answer.outcome, LP_HTTP_ANSWERED);
    let_lookups_end(1);
    close_http();
}

static void closing_waits_for_no_resolver(void)
{
    struct lp_http_request silent = a_request();
    struct answer nowhere;

    silent.url = "http://" SILENT ":1/";
    open_http(ANSWER);
    start(&nowhere, &silent);
    while (sem_trywait(&asked))
        lp_loop_turn(loop, 100);
    int64_t start_ms = clock_now_ms();
    close_http();
    CU_ASSERT_TRUE(clock_now_ms() - start_ms < TURN_MAX_MS);
    LP_ASSERT_INT(nowhere.outcome, LP_HTTP_CLOSED);
    let_lookups_end(1);
}

int main(void)
{
    static const struct unit_test tests[] = {LP_TEST(a_silent_resolver_holds_up_nobody),
                                             LP_TEST(closing_waits_for_no_resolver)};

    sem_init(&asked, 0, 0);
    sem_init(&released, 0, 0);
    return unit_run("io/http_names", tests, 2);
}
