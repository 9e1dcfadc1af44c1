"""`python -m stepladder`."""

from stepladder.cli import run

if __name__ == "__main__":
    run()
