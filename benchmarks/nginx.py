"""The rival that a static site would be: nginx with its geoip2 module over our own map, one file for each language."""

import os
import shutil
from pathlib import Path

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/bin")
MODULES = Path("/usr/lib/nginx/modules")


def write_nginx(folder: Path, port: int, answer: Path, path: str) -> list[str]:
    """Write a configuration and files that answer `path` with the bytes of `answer`; return the command."""
    assert NGINX
    (folder / "html").mkdir()
    for tag in ("ru", "en"):
        for kind in ("warned", "plain"):
            (folder / "html" / f"{kind}-{tag}{path.replace('/', '-')}").write_bytes(answer.read_bytes())
    loaded = [MODULES / "ndk_http_module.so", MODULES / "ngx_http_geoip2_module.so"]
    modules = "".join(f"load_module {it};\n" for it in loaded if it.exists())
    headers = "".join(f'add_header {name} "value of a header of this length" always;\n' for name in HEADERS)
    owner = "user root; " if os.geteuid() == 0 else ""  # its workers must read the folder, which is ours alone
    config = folder / "nginx.conf"
    config.write_text(
        f"""{modules}{owner}daemon off; worker_processes 1; pid {folder}/pid; error_log /dev/null emerg;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 1000000; open_file_cache max=100; default_type text/html;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  geoip2 {Path("config/territories.mmdb").resolve()} {{ $in_russia source=$http_x_forwarded_for territories russia; }}
  map $in_russia $kind {{ default warned; outside plain; }}
  map $http_accept_language $tongue {{ default en; ~^ru ru; }}
  server {{
    listen 127.0.0.1:{port}; root {folder}/html;
    add_header Content-Encoding br always; {headers}
    location / {{ try_files /$kind-$tongue{path.replace("/", "-")} =404; }}
  }}
}}
""",
        "utf-8",
    )
    return [NGINX, "-c", str(config), "-p", str(folder)]


HEADERS = (
    "Referrer-Policy", "X-Content-Type-Options", "X-Frame-Options", "Cross-Origin-Opener-Policy",
    "Cross-Origin-Embedder-Policy", "Cross-Origin-Resource-Policy", "Permissions-Policy", "Origin-Agent-Cluster",
    "X-Robots-Tag", "Cache-Control", "CDN-Cache-Control", "Surrogate-Control", "Content-Security-Policy", "Vary",
)  # fmt: skip
