/* SPDX-License-Identifier: MIT */
/* The frame of every page; see page.h. */
#include "page.h"

static const char style[] =
    ":root{color-scheme:light "
    "dark;--bg:#eef2f0;--card:#fff;--ink:#16211b;--dim:#647169;--line:#dbe3de;"
    "--go:#0f7a3d;--go-ink:#fff;--soft:#e7f3ec;--bad:#b3261e;--bad-soft:#fbeae8;--warn-soft:#"
    "fdf3d8}"
    "@media(prefers-color-scheme:dark){:root{--bg:#101512;--card:#19201c;--ink:#e6ece8;--dim:#"
    "94a39a;"
    "--line:#2c362f;--go:#2fa866;--go-ink:#06130b;--soft:#1b2f23;--bad:#ff8a80;--bad-soft:#3a1f1d;"
    "--warn-soft:#383019}}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,\"Segoe "
    "UI\",Roboto,"
    "\"Liberation Sans\",sans-serif}"
    "main{max-width:27rem;margin:0 auto;padding:2.5rem 1rem}main.wide{max-width:60rem}"
    "h1{font-size:1.5rem;line-height:1.25;margin:0 0 .75rem}h2{font-size:1.1rem;margin:0 0 .75rem}"
    "p{margin:0 0 1rem}a{color:var(--go)}.dim{color:var(--dim)}.small{font-size:.85rem}"
    ".brand{display:flex;align-items:center;gap:.6rem;margin:0 0 1rem;font-weight:600}"
    ".brand i{width:1.6rem;height:1.6rem;border-radius:50%;background:conic-gradient(var(--go) 75%,"
    "#9fd8b6 0)}.brand span{margin-left:auto;font-weight:400}"
    ".card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:1.5rem;"
    "margin:0 0 1.25rem;box-shadow:0 1px 3px rgb(0 0 0/.05)}"
    ".sum{font-size:2.3rem;font-weight:700;line-height:1.2;margin:.2rem 0 1rem;"
    "font-variant-numeric:tabular-nums}"
    "dl{display:grid;grid-template-columns:auto 1fr;gap:.35rem 1rem;margin:0 0 1.25rem}"
    "dt{color:var(--dim)}dd{margin:0;text-align:right;overflow-wrap:anywhere}"
    ".plastic{border-radius:12px;padding:1rem 1.1rem;margin:0 0 1.25rem;color:#fff;"
    "background:linear-gradient(135deg,#0c5a33,#15a05a);font-variant-numeric:tabular-nums}"
    ".plastic b{display:block;font-size:1.15rem;letter-spacing:.06em;margin:1.1rem 0 .4rem}"
    ".plastic div{display:flex;justify-content:space-between;font-size:.85rem}"
    "button,.button{display:block;width:100%;font:inherit;font-weight:600;text-align:center;"
    "text-decoration:none;padding:.75rem 1rem;margin:0 0 .6rem;border-radius:10px;cursor:pointer;"
    "border:1px solid var(--line);background:transparent;color:var(--ink)}"
    "button:hover,.button:hover{border-color:var(--go)}"
    "button:focus-visible,a:focus-visible,input:focus-visible{outline:3px solid var(--go);"
    "outline-offset:2px}"
    ".go{background:var(--go);border-color:var(--go);color:var(--go-ink)}.no{color:var(--bad)}"
    ".row{display:flex;gap:.6rem}.row>*{flex:1}"
    ".note{border-radius:10px;padding:.75rem 1rem;margin:0 0 1.25rem;background:var(--soft)}"
    ".note.bad{background:var(--bad-soft)}.note.warn{background:var(--warn-soft)}"
    ".goods{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:1.25rem;"
    "margin:0 0 1.25rem}"
    ".goods .card{margin:0;display:flex;flex-direction:column}.goods form{margin-top:auto}"
    ".goods b{font-size:1.5rem;display:block;margin:.25rem 0 1rem}"
    ".mark{width:3.2rem;height:3.2rem;border-radius:14px;background:var(--soft);color:var(--go);"
    "display:grid;place-items:center;margin:0 0 1rem}.mark svg{width:1.7rem;height:1.7rem}"
    "label{display:block;margin:0 0 .75rem}input{font:inherit;width:100%;padding:.6rem .75rem;"
    "border-radius:10px;border:1px solid var(--line);background:var(--bg);color:var(--ink)}"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem}"
    "th{text-align:left;color:var(--dim);font-weight:500}th,td{padding:.5rem "
    ".6rem;white-space:nowrap;"
    "border-bottom:1px solid var(--line)}tr:last-child td{border-bottom:0}"
    ".num{text-align:right;font-variant-numeric:tabular-nums}"
    ".tag{display:inline-block;border-radius:99px;padding:.05rem .6rem;font-size:.82rem;"
    "background:var(--soft);color:var(--go)}.tag.bad{background:var(--bad-soft);color:var(--bad)}"
    ".tag.warn{background:var(--warn-soft);color:inherit}"
    ".card>:last-child,.card form:last-child>:last-child{margin-bottom:0}"
    "footer{color:var(--dim);font-size:.82rem;text-align:center;padding:0 1rem 2rem}";

void sb_page_open(struct sb_buf *buf, const char *title, int refresh_s, bool wide)
{
    sb_puts(buf, "<!doctype html><html lang=\"ru\"><head><meta charset=\"utf-8\">"
                 "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
                 "<link rel=\"icon\" href=\"data:,\"><title>");
    sb_html(buf, title);
    sb_puts(buf, "</title>");
    if (refresh_s > 0)
        sb_printf(buf, "<meta http-equiv=\"refresh\" content=\"%d\">", refresh_s);
    sb_printf(buf, "<style>%s</style></head><body><main%s>", style, wide ? " class=\"wide\"" : "");
}

void sb_page_send(h2o_req_t *req, int status, struct sb_buf *buf)
{
    sb_puts(buf, "</main><footer>Песочница Leopay: учебный банк, биллинг и магазин. "
                 "Настоящих денег здесь нет.</footer></body></html>\n");
    sb_reply(req, status, SB_HTML, buf);
}
