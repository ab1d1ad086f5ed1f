-- Readers of many pages and places, with some junk among them.
local count = 0
local paths = { "/en/", "/ru/", "/fa/", "/uk/", "/en/reading-safely", "/ru/reading-safely", "/ru/reading-safely/text",
  "/en/how-this-site-decides", "/en/feed.xml", "/media/reading-safely/picture.svg", "/static/exit.js",
  "/sitemap.xml", "/ru/reading-safely/share", "/en/leaving" }
local places = { "77.88.8.8", "91.65.10.1", "46.216.215.9", "unknown" }
local encodings = { "br", "gzip", "zstd", "identity" }
request = function()
  count = count + 1
  local path = count % 97 == 0 and "/en/junk-" .. count or paths[count % #paths + 1]
  return wrk.format("GET", path, {
    ["X-Forwarded-For"] = places[math.floor(count / 3) % #places + 1],
    ["Accept-Encoding"] = encodings[math.floor(count / 7) % #encodings + 1],
    ["Accept-Language"] = "en,x-" .. count % 5000 .. ";q=0.1",
  })
end
