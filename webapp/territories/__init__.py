"""From vendor databases to one territory map, and from the map to places.

`definitions`, `schema`, `geojson`, `provenance`, `sealed` and `map` serve a running site; they must not import
numpy, shapely, geoip2 or mmdb_writer, which a server that only reads a map does not have. Everything else here
belongs to the compiler (the `[compile]` extra).
"""
