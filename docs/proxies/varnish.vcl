# Varnish in front of the site, one hop, or behind an nginx that ends TLS. tests/functional/test_doctor_proxies.py
# runs it. It keeps what the site lets it keep (sitemap, robots.txt, static files) and never a page: the built-in rules of
# Varnish 6.1 and later obey Cache-Control, Surrogate-Control and Vary, and nothing here overrides them.
#
# Start it so that nothing of a reader is written into its log, which is a file: varnishd … with -p
#     vsl_mask=-SessOpen,-Proxy,-ReqStart,-ReqURL,-ReqHeader,-ReqUnset,-BereqURL,-BereqHeader,-BereqUnset,-Hash,-VCL_trace
#
# Varnish itself appends the address that connected to X-Forwarded-For. TRUSTED_PROXIES: the address it connects from,
# and that of the nginx in front of it, if there is one.
vcl 4.1;

backend default {
    .host = "127.0.0.1";    # yours
    .port = "8000";         # yours
}

sub vcl_recv {
    # To the site these are X-Forwarded-For, Accept-Language and a CDN's country, and would displace what is true.
    unset req.http.X_Forwarded_For;
    unset req.http.X-Forwarded_For;
    unset req.http.X_Forwarded-For;
    unset req.http.Accept_Language;
    unset req.http.CF_IPCountry;
    unset req.http.CF_Region_Code;

    # The site has no cookies and reads none.
    unset req.http.Cookie;

    # The site answers nothing else.
    if (req.method != "GET" && req.method != "HEAD") {
        return (synth(405));
    }
}

sub vcl_backend_response {
    # Never an old page because the site is slow.
    set beresp.grace = 0s;
    set beresp.keep = 0s;
}

sub vcl_deliver {
    unset resp.http.X-Varnish;
    unset resp.http.Via;
}

sub vcl_synth {
    # An answer of Varnish's own carries no article, and may be kept by nobody either.
    set resp.http.Cache-Control = "private, no-store";
    set resp.http.Content-Security-Policy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";
    set resp.http.Referrer-Policy = "no-referrer";
    set resp.http.X-Content-Type-Options = "nosniff";
    set resp.http.Content-Type = "text/plain; charset=utf-8";
    unset resp.http.Server;
    synthetic("Something went wrong. Please try again in a moment." + {"
"});
    return (deliver);
}

sub vcl_backend_error {
    set beresp.ttl = 0s;
    set beresp.http.Cache-Control = "private, no-store";
    set beresp.http.Content-Security-Policy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";
    set beresp.http.Referrer-Policy = "no-referrer";
    set beresp.http.X-Content-Type-Options = "nosniff";
    set beresp.http.Content-Type = "text/plain; charset=utf-8";
    unset beresp.http.Server;
    synthetic("The site cannot be reached. Please try again in a moment." + {"
"});
    return (deliver);
}
