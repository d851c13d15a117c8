-- Asks one path after the other, each with its own headers, in an order drawn by a seed: a script of wrk.
-- Arguments: a file of asks (a path and its headers, parted by tabs, on each line), a seed, and the mean pause in
-- milliseconds before each request (0: none). Pauses are drawn as people come: independently of each other.

local threads = 0

function setup(thread)
   thread:set("number", threads)
   threads = threads + 1
end

function init(arguments)
   requests = {}
   for line in io.lines(arguments[1]) do
      local path, headers = nil, {}
      for part in line:gmatch("[^\t]+") do
         if path == nil then
            path = part
         else
            local name, value = part:match("^([^:]+): (.*)$")
            headers[name] = value
         end
      end
      requests[#requests + 1] = wrk.format("GET", path, headers)
   end
   math.randomseed(tonumber(arguments[2]) * 1000 + number)
   local pause = tonumber(arguments[3])
   if pause > 0 then
      delay = function() return math.floor(-math.log(1 - math.random()) * pause + 0.5) end
   end
end

function request()
   return requests[math.random(#requests)]
end

function done(summary, latency, _)
   local errors = summary.errors
   io.write(string.format(
      '{"requests": %d, "seconds": %f, "bytes": %d, "p50": %f, "p99": %f, "refused": %d, "broken": %d}\n',
      summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50) / 1e3,
      latency:percentile(99) / 1e3, errors.status,
      errors.connect + errors.read + errors.write + errors.timeout
   ))
end
