-- What wrk sends: `wrk -s bench-serve.lua URL -- BYTES RATE CONNECTIONS`. A body of so many
-- bytes, if that is not 0; and at a rate, if that is not 0: each connection sends in turn.
local ffi = require("ffi")
ffi.cdef [[
typedef struct { long seconds; long nanoseconds; } bench_time;
int clock_gettime(int clock, bench_time *time);
]]
local clock = ffi.new("bench_time")
local rate, connections, start, turns = 0, 1, nil, 0

local function now()
  ffi.C.clock_gettime(1, clock)
  return tonumber(clock.seconds) + tonumber(clock.nanoseconds) / 1e9
end

function init(args)
  local bytes = tonumber(args[1])
  rate, connections = tonumber(args[2]), tonumber(args[3])
  if bytes > 0 then
    wrk.method = "POST"
    wrk.body = string.rep("x", bytes)
  end
end

-- Milliseconds until the turn of the connection that asks. Who is late by more than a round
-- does not catch up: that would be another rate.
function delay()
  if rate == 0 then return 0 end
  local time = now()
  start = start or time
  local turn = start + turns / rate
  if turn < time - connections / rate then
    start, turns, turn = time, 0, time
  end
  turns = turns + 1
  return math.max(0, math.floor((turn - time) * 1000 + math.random()))
end
