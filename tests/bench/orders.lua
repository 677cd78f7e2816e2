-- SPDX-License-Identifier: MIT
-- For wrk: orders with random amounts and users; anything but 302 is a failure, and the first one is shown.

local threads = {}

function setup(thread)
    thread:set("number", #threads)
    table.insert(threads, thread)
end

function init(args)
    failures = 0
    first = ""
    math.randomseed(os.time() + number)
end

function request()
    local body = string.format(
        '{"amount": %d, "billing": "bench", "billing_userid": %d, "final_url": "http://shop.example/done"}',
        math.random(1, 99999999), math.random(1, 100000))
    return wrk.format("POST", "/api/v1/transactions/", {["Content-Type"] = "application/json"}, body)
end

function response(status, headers, body)
    if status ~= 302 then
        failures = failures + 1
        if first == "" then
            first = status .. " " .. body
        end
    end
end

function done(summary, latency, requests)
    local failures, first = 0, ""
    for _, thread in ipairs(threads) do
        failures = failures + thread:get("failures")
        if first == "" then
            first = thread:get("first")
        end
    end
    local errors = summary.errors
    failures = failures + errors.connect + errors.read + errors.write + errors.timeout
    io.write(string.format("RESULT %.0f %.2f %.2f %d %s\n", summary.requests / summary.duration * 1e6,
                           latency:percentile(50) / 1000, latency:percentile(99) / 1000, failures, first))
end
