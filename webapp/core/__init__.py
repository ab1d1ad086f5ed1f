"""The decisions. Values in, values out.

Nothing in this folder may import Flask, gettext, Babel or any other layer of ours but `webapp.errors`,
open a file, read the clock or the environment, talk to a network, or keep a global that changes.
A test in `tests/repo` holds this.
"""
