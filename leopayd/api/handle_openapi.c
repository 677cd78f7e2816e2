/* SPDX-License-Identifier: MIT */
/* GET /api/v1/openapi.json: what the public paths take and answer, for programs that read it. */
#include "api/route.h"
#include "http/reply.h"

/* Made of openapi.json by the build. */
static const char document[] = {
#include "api/openapi.inc"
};

void handle_openapi(struct exchange *exchange)
{
    reply_body(exchange, 200, "application/json", document, sizeof(document));
}
