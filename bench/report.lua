-- What all scripts share: who asks, threads with a number, and the figures as JSON.
local session = os.getenv("YIMEN_BENCH_SESSION")
if session ~= "" then
  wrk.headers["Cookie"] = "sessionid=" .. session
end

local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

-- The last line that wrk prints: its figures as JSON. Times are milliseconds.
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '{"rate": %.1f, "requests": %d, "errors": %d, "p50": %.2f, "p95": %.2f, "p99": %.2f}\n',
    summary.requests / (summary.duration / 1e6), summary.requests,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000))
end
