-- Readers of many pages and places, with some junk among them; one in twenty reads any of BENCH_STORIES stories in any of
-- the languages BENCH_TAGS, which mostly is not kept. BENCH_SEED: other numbers have other stories read.
local count = 0
math.randomseed(tonumber(os.getenv("BENCH_SEED") or "1"))
local stories, tags = tonumber(os.getenv("BENCH_STORIES") or "0"), {}
for tag in (os.getenv("BENCH_TAGS") or ""):gmatch("[^,]+") do tags[#tags + 1] = tag end
local paths = { "/", "/en/", "/ru/", "/fa/", "/uk/", "/en/reading-safely", "/ru/reading-safely",
  "/ru/reading-safely/text", "/en/how-this-site-decides", "/en/feed.xml", "/media/reading-safely/picture.svg",
  "/static/exit.js", "/sitemap.xml", "/ru/reading-safely/share", "/en/leaving" }
local places = { "77.88.8.8", "91.65.10.1", "46.216.215.9", "unknown" }
local encodings = { "br", "gzip", "zstd", "identity" }
local function choose()
  if count % 97 == 0 then return "/en/junk-" .. count end
  if count % 20 == 0 and stories > 0 then
    return "/" .. tags[math.random(#tags)] .. string.format("/story-%06d", math.random(stories) - 1)
  end
  return paths[count % #paths + 1]
end
request = function()
  count = count + 1
  return wrk.format("GET", choose(), {
    ["X-Forwarded-For"] = places[math.floor(count / 3) % #places + 1],
    ["Accept-Encoding"] = encodings[math.floor(count / 7) % #encodings + 1],
    ["Accept-Language"] = "en,x-" .. count % 5000 .. ";q=0.1",
  })
end
