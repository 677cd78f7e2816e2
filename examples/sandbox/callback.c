/* SPDX-License-Identifier: MIT */
/* Callbacks: see callback.h.  A queue by due time under one lock; retries go back into it. */
#include "callback.h"

#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define QUEUE_MAX       100000
#define SEND_TIMEOUT_MS 5000L

struct job {
    struct job *next;
    int64_t due_ms, retry_ms;
    int64_t tries_left;
    const char *content_type; /* NULL: a GET */
    char *url, *body;
};

struct sb_callbacks {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct job *first, *last;
    size_t count;
};

static void free_job(struct job *job)
{
    free(job->url);
    free(job->body);
    free(job);
}

static void insert(struct sb_callbacks *callbacks, struct job *job)
{
    /* Delays repeat, so the end is the usual place. */
    bool append = callbacks->first && callbacks->last->due_ms <= job->due_ms;
    struct job **at = append ? &callbacks->last->next : &callbacks->first;
    while (*at && (*at)->due_ms <= job->due_ms)
        at = &(*at)->next;
    job->next = *at;
    *at = job;
    if (!job->next)
        callbacks->last = job;
    callbacks->count++;
}

/* Waits for the next job that is due, and takes it. */
static struct job *take(struct sb_callbacks *callbacks)
{
    pthread_mutex_lock(&callbacks->lock);
    for (;;) {
        struct job *job = callbacks->first;
        if (job && job->due_ms <= sb_now_ms()) {
            callbacks->first = job->next;
            callbacks->count--;
            pthread_mutex_unlock(&callbacks->lock);
            return job;
        }
        if (job) {
            struct timespec until = {.tv_sec = job->due_ms / 1000,
                                     .tv_nsec = job->due_ms % 1000 * 1000000};
            pthread_cond_timedwait(&callbacks->wake, &callbacks->lock, &until);
        } else {
            pthread_cond_wait(&callbacks->wake, &callbacks->lock);
        }
    }
}

static size_t ignore(char *data, size_t size, size_t count, void *arg)
{
    (void)data;
    (void)arg;
    return size * count;
}

static bool send_job(CURL *curl, const struct job *job)
{
    long status = 0;
    struct curl_slist *headers = NULL;
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, job->url);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, SEND_TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
    if (job->content_type) {
        struct sb_buf header = {0};
        sb_printf(&header, "Content-Type: %s", job->content_type);
        headers = curl_slist_append(NULL, header.data);
        sb_buf_free(&header);
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, job->body);
    }
    bool answered = curl_easy_perform(curl) == CURLE_OK;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    return answered && status == 200;
}

static void *run(void *arg)
{
    struct sb_callbacks *callbacks = arg;
    CURL *curl = curl_easy_init();
    if (!curl)
        abort();
    for (;;) {
        struct job *job = take(callbacks);
        if (send_job(curl, job) || --job->tries_left <= 0) {
            free_job(job);
            continue;
        }
        job->due_ms = sb_now_ms() + job->retry_ms;
        pthread_mutex_lock(&callbacks->lock);
        insert(callbacks, job);
        pthread_mutex_unlock(&callbacks->lock);
    }
    return NULL;
}

/* The parameters are sorted by name already: mdOrder, operation, orderNumber, status. */
static void checksum(const char *key, const char *canonical, bool wrong, char ret_hex[65])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int len = 0;
    if (!HMAC(EVP_sha256(), key, (int)strlen(key), (const unsigned char *)canonical,
              strlen(canonical), digest, &len))
        abort();
    if (wrong)
        digest[0] ^= 1;
    for (unsigned int i = 0; i < len; i++)
        snprintf(ret_hex + (size_t)i * 2, 3, "%02X", digest[i]);
}

static void write_payload(const struct sandbox *sb, const struct sb_order *order,
                          const char *operation, int status, struct sb_buf *buf)
{
    const struct sb_knobs *knobs = &sb->knobs;
    char unknown[37], sum[65] = "";
    sb_uuid(unknown);
    const char *id = knobs->callback_unknown_order ? unknown : order->id;
    const char *number = knobs->callback_unknown_order ? "unknown-order" : order->number;
    if (knobs->callback_key[0]) {
        struct sb_buf canonical = {0};
        sb_printf(&canonical, "mdOrder;%s;operation;%s;orderNumber;%s;status;%d;", id, operation,
                  number, status);
        checksum(knobs->callback_key, canonical.data, knobs->callback_wrong_checksum != 0, sum);
        sb_buf_free(&canonical);
    }
    if (knobs->callback == SB_CALLBACK_JSON) {
        sb_json_open(buf, NULL, '{');
        sb_json_text(buf, "mdOrder", id);
        sb_json_text(buf, "orderNumber", number);
        sb_json_text(buf, "operation", operation);
        sb_json_number(buf, "status", status);
        if (sum[0])
            sb_json_text(buf, "checksum", sum);
        sb_json_close(buf, '}');
        return;
    }
    sb_printf(buf, "mdOrder=%s&orderNumber=", id);
    sb_url(buf, number);
    sb_printf(buf, "&operation=%s&status=%d", operation, status);
    if (sum[0])
        sb_printf(buf, "&checksum=%s", sum);
}

static void queue_one(struct sandbox *sb, struct sb_order *order, const char *operation, int status)
{
    const struct sb_knobs *knobs = &sb->knobs;
    struct sb_buf url = {0}, payload = {0};
    sb_printf(&url, "%s/api/v1/sberbank/callback", sb->options.leopay);
    write_payload(sb, order, operation, status, &payload);
    if (knobs->callback == SB_CALLBACK_GET)
        sb_printf(&url, "?%s", payload.data);
    struct job *job = sb_alloc(sizeof *job);
    job->due_ms = sb_now_ms() + knobs->callback_delay_ms;
    job->retry_ms = knobs->callback_retry_ms;
    job->tries_left = knobs->callback_attempts;
    job->url = url.data;
    job->body = payload.data;
    if (knobs->callback != SB_CALLBACK_GET)
        job->content_type = knobs->callback == SB_CALLBACK_JSON
                                ? "application/json"
                                : "application/x-www-form-urlencoded";
    order->callbacks++;
    struct sb_callbacks *callbacks = sb->callbacks;
    pthread_mutex_lock(&callbacks->lock);
    bool room = callbacks->count < QUEUE_MAX;
    if (room) {
        insert(callbacks, job);
        pthread_cond_signal(&callbacks->wake);
    }
    pthread_mutex_unlock(&callbacks->lock);
    if (!room)
        free_job(job);
}

struct sb_callbacks *sb_callbacks_start(void)
{
    struct sb_callbacks *callbacks = sb_alloc(sizeof *callbacks);
    pthread_t thread;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    pthread_mutex_init(&callbacks->lock, NULL);
    pthread_cond_init(&callbacks->wake, NULL);
    if (pthread_create(&thread, NULL, run, callbacks) != 0)
        abort();
    pthread_detach(thread);
    return callbacks;
}

void sb_callbacks_forget(struct sb_callbacks *callbacks)
{
    pthread_mutex_lock(&callbacks->lock);
    while (callbacks->first) {
        struct job *job = callbacks->first;
        callbacks->first = job->next;
        free_job(job);
    }
    callbacks->count = 0;
    pthread_mutex_unlock(&callbacks->lock);
}

void sb_callback_queue(struct sandbox *sb, struct sb_order *order, const char *operation,
                       int status)
{
    const struct sb_knobs *knobs = &sb->knobs;
    if (knobs->callback == SB_CALLBACK_OFF)
        return;
    bool created = strcmp(operation, "created") == 0;
    if (created && knobs->callback != SB_CALLBACK_JSON)
        return; /* the older gateway has no such operation */
    bool paid = strcmp(operation, "deposited") == 0 && status == 1;
    for (int64_t i = 0; i < knobs->callback_copies; i++) {
        if (paid && knobs->callback_approved == SB_APPROVED_BEFORE)
            queue_one(sb, order, "approved", 1);
        queue_one(sb, order, operation, status);
        if (paid && knobs->callback_approved == SB_APPROVED_AFTER)
            queue_one(sb, order, "approved", 1);
    }
}
