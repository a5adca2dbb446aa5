-- Sends one application after the other: another key, another account each time.
dofile(os.getenv("YIMEN_BENCH_SESSIONS"))
dofile(os.getenv("YIMEN_BENCH_FOLDER") .. "/report.lua")

local sent = 0
local run = os.getenv("YIMEN_BENCH_RUN")
function request()
  sent = sent + 1
  local session = sessions[(sent * 2 + number) % #sessions + 1]
  return wrk.format("POST", "/api/v1/applications", {
    ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = "bench-" .. run .. "-" .. number .. "-" .. sent,
    ["Cookie"] = "sessionid=" .. session .. "; csrftoken=" .. token,
    ["X-CSRFToken"] = token,
  }, body)
end
