-- Reads of which each asks for another resource: PATH with # for a number below COUNT.
local path, count = "", 1
function init(arguments)
  path, count = arguments[1], tonumber(arguments[2])
  math.randomseed(os.time())
end
function request()
  return wrk.format("GET", (path:gsub("#", math.random(0, count - 1))))
end
