"""The operator's self-check: asks the site through its own proxy or CDN, and says what is wrong and how to mend it.

It sends a bounded number of requests to the one address it is given and to nobody else. It never asks a cache that it
has caught for a page without the notice, reads no sources and writes no file.

    wire.py        one request over a connection of its own
    asking.py      the question how the site sees a request, and where the secret may go
    findings.py    what was found, and the exit code
    words.py       every finding in words, with its remedy
    transport.py   TLS, its certificate, http led to https
    chain.py       how the site finds the reader's address behind the proxies
    caches.py      answers handed to somebody else than they were made for
    pages.py       headers, compression, length and notices of the pages as they arrive
    state.py       the map, the legal texts, the site's own settings
    examine.py     the whole examination
"""
