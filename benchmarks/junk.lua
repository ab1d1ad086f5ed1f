-- Requests that never repeat: paths and headers that no reader would send.
dofile("benchmarks/delay.lua")
local count = 0
local shapes = { "/en/junk-%d?%d", "/junk-%d.php", "/static/%d.css", "/en/reading-safely/%d", "/media/%d/a.jpg", "/a/%d/b/c" }
request = function()
  count = count + 1
  local headers = { ["Accept-Language"] = "x-junk" .. count .. ", en;q=0.5", ["X-Junk-" .. count] = "1" }
  headers["X-Forwarded-For"] = "junk" .. count
  return wrk.format("GET", string.format(shapes[count % #shapes + 1], count, count), headers)
end
