/* SPDX-License-Identifier: MIT */
/* The last of the bank's requests, kept as they came and shown with passwords masked. */
#include "bank.h"

#include <string.h>

#define BODY_KEPT 4096

/* The end of a password's value that begins at `text`: a quote in JSON, an ampersand in a form. */
static const char *value_end(const char *text, char end)
{
    while (*text && *text != end && *text != ' ' && *text != '\n') {
        if (end == '"' && *text == '\\' && text[1])
            text++;
        text++;
    }
    return text;
}

static void add_masked(struct sb_buf *buf, const char *text)
{
    static const char *const keys[] = {"\"password\"", "password=", "\"token\"", "token="};
    while (*text) {
        const char *found = NULL;
        bool json = false;
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            const char *at = strstr(text, keys[i]);
            if (at && (!found || at < found)) {
                json = keys[i][0] == '"';
                found = at + strlen(keys[i]);
            }
        }
        if (!found)
            break;
        if (json)
            found += strspn(found, " :\t\r\n");
        if (json && *found == '"')
            found++;
        sb_add(buf, text, (size_t)(found - text));
        sb_puts(buf, "***");
        text = value_end(found, json ? '"' : '&');
    }
    sb_puts(buf, text);
}

void sb_requests_keep(struct sandbox *sb, const h2o_req_t *req)
{
    struct sb_raw_request *kept = &sb->requests[sb->request_count++ % SB_REQUESTS_KEPT];
    kept->at_ms = sb_now_ms();
    kept->connection = req->conn->id;
    kept->text.len = 0; /* the memory of an older one is used again */
    sb_add(&kept->text, req->method.base, req->method.len);
    sb_puts(&kept->text, " ");
    sb_add(&kept->text, req->path.base, req->path.len);
    sb_puts(&kept->text, "\n\n");
    sb_add(&kept->text, req->entity.base,
           req->entity.len < BODY_KEPT ? req->entity.len : BODY_KEPT);
}

void sb_requests_show(const struct sandbox *sb, struct sb_buf *buf)
{
    uint64_t first =
        sb->request_count > SB_REQUESTS_KEPT ? sb->request_count - SB_REQUESTS_KEPT : 0;
    sb_json_open(buf, NULL, '[');
    for (uint64_t i = first; i < sb->request_count; i++) {
        const struct sb_raw_request *kept = &sb->requests[i % SB_REQUESTS_KEPT];
        struct sb_buf masked = {0};
        add_masked(&masked, kept->text.data);
        char *body = strstr(masked.data, "\n\n");
        size_t line = (size_t)(body - masked.data);
        sb_json_open(buf, NULL, '{');
        sb_json_number(buf, "at", kept->at_ms);
        sb_json_number(buf, "connection", (int64_t)kept->connection);
        sb_json_bytes(buf, "request", masked.data, line);
        sb_json_text(buf, "body", body + 2);
        sb_json_close(buf, '}');
        sb_buf_free(&masked);
    }
    sb_json_close(buf, ']');
}
