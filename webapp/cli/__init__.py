"""The `webapp` command. Thin: parses arguments, calls the layers below, prints, sets the exit code.

Exit codes: 0 done and clean; 1 the sources or the answer have faults; 2 the command was called wrongly.
"""
