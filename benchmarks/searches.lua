-- Searches that never repeat: none of their answers is kept.
local count = 0
request = function()
  count = count + 1
  return wrk.format("GET", "/en/search?q=law" .. count)
end
