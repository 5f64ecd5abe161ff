-- For wrk: sends each call of a file once and in order, then ends wrk and prints what happened as one line of JSON.
-- Arguments: the file, and how many of its calls to send. Some more must be in it: connections that are ready while wrk ends take one.

local ffi = require('ffi')
ffi.cdef('int getpid(void); int kill(int pid, int signal);')
local sigint = 2

local calls, wanted, sent = {}, 0, 0

function init(arguments)
  local file = assert(io.open(arguments[1], 'rb'))
  wanted = tonumber(arguments[2])
  for length in function() return file:read('*l') end do
    calls[#calls + 1] = file:read(tonumber(length))
  end
  file:close()
  collectgarbage()
end

function request()
  sent = sent + 1
  if sent == wanted then
    -- The thread stops at once; the main one sleeps until the end of the time given, unless a signal wakes it.
    wrk.thread:stop()
    ffi.C.kill(ffi.C.getpid(), sigint)
  end
  return assert(calls[sent], 'all calls were sent')
end

function done(summary, latency)
  local errors = summary.errors
  local line = '{"calls":%d,"us":%d,"p50Us":%d,"p99Us":%d,"refused":%d,"broken":%d}\n'
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.write(line:format(summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status, broken))
end
