-- Each connection waits a random time before each request: BENCH_DELAY milliseconds on average.
local mean = tonumber(os.getenv("BENCH_DELAY"))
if mean then
  delay = function() return math.floor(math.random() * 2 * mean + 0.5) end
end
