"""Runs the `webapp` command: `python -m webapp`."""

from webapp.cli.main import main

if __name__ == "__main__":
    main()
