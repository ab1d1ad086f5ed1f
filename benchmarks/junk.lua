-- Requests that never repeat: paths and headers that no reader would send.
local count = 0
request = function()
  count = count + 1
  local headers = { ["Accept-Language"] = "x-junk" .. count .. ", en;q=0.5", ["X-Junk-" .. count] = "1" }
  headers["X-Forwarded-For"] = "junk" .. count
  return wrk.format("GET", "/en/junk-" .. count .. "?" .. count, headers)
end
