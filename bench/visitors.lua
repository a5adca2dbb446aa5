-- Visitors who come one by one: each connection waits a random time before it asks again, so that
-- together they ask at the rate that is wanted, at moments that nobody arranged.
dofile(os.getenv("YIMEN_BENCH_FOLDER") .. "/report.lua")

function init()
  math.randomseed(number + 1)
  mean = 1000 * tonumber(os.getenv("YIMEN_BENCH_CLIENTS")) / tonumber(os.getenv("YIMEN_BENCH_RATE"))
end

function delay()
  return -math.log(1 - math.random()) * mean
end
