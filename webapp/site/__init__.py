"""The public reader site: from a request to bytes that have passed the gate.

Nothing here reads a source file, and nothing here decides who needs a notice: that is `core.decide`.
"""
