"""Every finding of the doctor in words: how much it weighs, what is wrong, how to mend it. Holds no rule of when."""

from webapp.doctor.findings import Finding, Weight

FAULT, WARNING, NOTE = Weight.FAULT, Weight.WARNING, Weight.NOTE

_APPEND = "nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
_OBEY = (
    "Let the cache obey Cache-Control: private, no-store. nginx: take out proxy_ignore_headers and proxy_cache_valid. "
    "Varnish: never set beresp.ttl for these answers, nor unset their headers. If you cannot vouch for the cache: "
    'notice_mode = "always" in config/site.toml.'
)
_LEAVE = "Let the proxy pass the site's headers on as they are: no add_header, no proxy_hide_header for them."

WORDS: dict[str, tuple[Weight, str, str]] = {
    # --- reaching the site
    "no-answer": (FAULT, "{path} was not answered: {reason}.", "See that the proxy and the site run, and ask again."),
    "certificate": (
        FAULT,
        "The certificate cannot be verified: {reason}.",
        "Get one that browsers accept, whole chain included; with an authority of your own, name it with --ca.",
    ),
    "certificate-ends": (
        WARNING,
        "The certificate ends on {day}.",
        "Renew it, and see why that did not happen by itself.",
    ),
    "no-tls": (
        FAULT,
        "The site answers without TLS: everybody on the way can see what is read, and take the notice out.",
        "Get a certificate, serve the site over https alone, and ask again with https://.",
    ),
    "no-tls-here": (
        NOTE,
        "You asked without TLS, on a line that nobody else hears.",
        "Ask the public address too.",
    ),
    "http-not-redirected": (
        FAULT,
        "http:// is answered with {status} and not led to https://.",
        "In the server for port 80: return 308 https://$host$request_uri;",
    ),
    "http-leads-elsewhere": (
        WARNING,
        "http:// is led to another host, {host}, so that the browser learns nothing of this one.",
        "Lead to https:// of the same host first.",
    ),
    "hsts-missing": (
        FAULT,
        "Strict-Transport-Security is missing: a reader who types the name can be led astray before TLS begins.{who}",
        "Set HSTS=1 in the site's environment once everything is behind TLS, and let the proxy pass the header on.",
    ),
    "hsts-short": (WARNING, "Strict-Transport-Security is too short: {value}.", "Send two years: max-age=63072000."),
    # --- the reader's address
    "token-refused": (
        WARNING,
        "The site did not tell how it sees a request, although DOCTOR_TOKEN is set here.",
        "Set the same DOCTOR_TOKEN where the site runs, start it again, and let the proxy pass Doctor-Token on.",
    ),
    "proxy-not-configured": (
        FAULT,
        "A proxy stands in between ({signs}) and is not configured: the site takes it ({peer}) for the reader.",
        "Set TRUSTED_PROXIES={peer} if that is your proxy's address, and let it append X-Forwarded-For.",
    ),
    "proxy-not-trusted": (
        FAULT,
        "The site does not trust the proxy that connects to it ({peer}), so every reader gets every notice.",
        "Add it: TRUSTED_PROXIES={peer}. If you asked the site itself and not its proxy, ask the proxy.",
    ),
    "no-forwarded-for": (
        FAULT,
        "The proxy sends no X-Forwarded-For: the site cannot know any reader's address, and shows every notice.",
        f"Let it append the address that connected. {_APPEND}",
    ),
    "second-proxy": (
        FAULT,
        "The hop count is wrong: in front of the proxies that the site trusts stands another one, {proxy}, that it "
        "does not know. It takes it for a stranger's, and shows every notice.",
        "If {proxy} is yours or your CDN's, add it to TRUSTED_PROXIES. If it is not, ask from elsewhere.",
    ),
    "overwritten": (
        FAULT,
        "The proxy overwrites X-Forwarded-For: a reader who comes through somebody else's proxy is taken for that "
        "proxy, and can lose the notice.",
        f"Append to it. {_APPEND}",
    ),
    "forged-believed": (
        FAULT,
        "A reader's own X-Forwarded-For is believed: whoever forges it, or uses a proxy that writes it, is taken for "
        "somebody elsewhere and can lose the notice.",
        f"Let the proxy append what connected to it, and trust nobody but your own proxies. {_APPEND}",
    ),
    "real-ip-spoofable": (
        FAULT,
        "The proxy takes the reader's address from {name}, which anybody can send, and hands a forged one on as true.",
        "nginx: let set_real_ip_from name your CDN's blocks and nobody else, or take out real_ip_header.",
    ),
    "trusts-everybody": (
        FAULT,
        "TRUSTED_PROXIES holds a block so wide that everybody is taken for a proxy: whatever a reader writes into "
        "X-Forwarded-For is believed.",
        "Name your own proxies, and the blocks that your CDN publishes, and nobody else.",
    ),
    "underscores": (
        WARNING,
        "The proxy passes header names with underscores on. One such as X_Forwarded_For makes the place unknown, "
        "and on a WSGI server of your own it can displace X-Forwarded-For.",
        "nginx: underscores_in_headers off. Varnish: refuse such names, as docs/proxies/varnish.vcl does.",
    ),
    "chain-doubt": (
        FAULT,
        "The site cannot find the reader's address: {detail}.",
        "Take out what your proxy adds, or configure it; `webapp explain` runs the same steps.",
    ),
    "cdn-doubt": (
        FAULT,
        "The reader's address is known, and yet her place is not: {detail}.",
        "See that every request comes through the CDN named by the setting CDN, and that it sends its country header.",
    ),
    "wrong-address": (
        FAULT,
        "You said that you come from {said}, and the site took you for {found}.",
        f"One of your proxies hides its client. Let every one of them append. {_APPEND}",
    ),
    "wrong-place": (
        FAULT,
        "You said that you are in {said}, and the site puts you into {found}.",
        "See `webapp explain`; docs/territories.md tells how to correct the map.",
    ),
    "vantage-trusted": (
        WARNING,
        "You asked from an address that the site takes for a proxy's ({address}), so how it finds a reader's address "
        "could not be seen.",
        "Ask from a machine outside, such as your own desk.",
    ),
    "direct": (NOTE, "Readers connect directly, as far as can be seen; you came from {peer}.", ""),
    # --- caches
    "cache-ignores-headers": (FAULT, "A cache keeps what was private, no-store: {sign}.", _OBEY),
    "wrong-variant": (
        FAULT,
        "A cache hands the answer made for one reader to another, although their languages differ: a page without the "
        "notice goes to readers who need it.",
        _OBEY,
    ),
    "vary-ignored": (
        FAULT,
        "A cache ignores Vary: Accept-Encoding, and hands compressed bytes to a browser that did not ask for them.",
        "nginx: take out proxy_ignore_headers Vary. Varnish: leave Accept-Encoding and Vary alone.",
    ),
    # --- pages as they arrive
    "header-missing": (FAULT, "{path} arrives without {name}: something on the way strips it.", _LEAVE),
    "header-altered": (FAULT, "{path} arrives with another {name} than the site sends: {value}.", _LEAVE),
    "header-repeated": (FAULT, "{path} arrives with {name} twice, and browsers may believe the wrong one.", _LEAVE),
    "header-traces": (
        FAULT,
        "Something on the way adds {name}: it makes browsers keep or tell what was read.",
        "Take it out there. CDNs have a switch for it: cookies of bot protection, network error logging, ETag.",
    ),
    "header-added": (
        WARNING,
        "Something on the way adds {name}: {value}.",
        "Take it out there. nginx: proxy_hide_header, no add_header; server_tokens off for the version.",
    ),
    "rewritten": (
        FAULT,
        "Something on the way rewrites pages: they are not, byte for byte, what the site sent.",
        "Turn it off: sub_filter, minifiers, e-mail obfuscation, injected scripts. They can take the notice out.",
    ),
    "encoding-broken": (
        FAULT,
        "{path} cannot be decoded when {asked} is asked for: {reason}.",
        "Let the proxy pass Accept-Encoding and Content-Encoding on as they are, and compress nothing by itself.",
    ),
    "encoding-unasked": (
        FAULT,
        "{path} comes as {given} to a browser that asked for {asked}.",
        "Let the proxy pass Accept-Encoding on as it is.",
    ),
    "not-compressed": (
        WARNING,
        "{path} comes without compression, although br, zstd and gzip were asked for.",
        "Let the proxy pass Accept-Encoding on; the site compresses by itself.",
    ),
    "page-too-long": (
        WARNING,
        "{path} takes {size:,} bytes with its headers. In Russia many foreign connections are cut after about 16 KB.",
        "Shorten the article or split it, and see that pages arrive compressed.",
    ),
    "notice-missing": (
        FAULT,
        "{path} came without the notice {notice} to a reader who asked in Russian: she must get it wherever she is.",
        "Look for a cache or a filter on the way. If there is none, `webapp explain` tells what the site decides.",
    ),
    "forged-unseen": (
        FAULT,
        "{path} came without any notice to a reader who brought an X-Forwarded-For of her own: the proxy overwrites "
        "it, or the site believes it.",
        f"Append to it. {_APPEND} Set DOCTOR_TOKEN to learn which of the two it is.",
    ),
    # --- the site itself
    "map-doubt": (
        FAULT,
        "The territory map may not be believed, so every reader gets every notice: {doubt}.",
        "Build a new one: docs/territories.md.",
    ),
    "map-ages": (
        WARNING,
        "The territory map is of {date} and may be believed for {days} more days.",
        "Build a new one: docs/territories.md.",
    ),
    "unreviewed": (
        WARNING,
        "Legal texts are shown that nobody has reviewed: {texts}.",
        "Let a lawyer, and for a translation a native speaker, review them; `webapp check` names each one.",
    ),
    "base-url": (
        WARNING,
        "The site calls itself {said}, and you asked {asked}: canonical links, feeds and the sitemap lead elsewhere.",
        "Set BASE_URL to the public address.",
    ),
    "always": (NOTE, 'Every reader gets every notice, because notice_mode is "always".', ""),
}


def found(code: str, **values: object) -> Finding:
    """Make the finding of that code; `values` fill its words."""
    weight, what, mend = WORDS[code]
    return Finding(code, weight, what.format(**values), mend.format(**values))
