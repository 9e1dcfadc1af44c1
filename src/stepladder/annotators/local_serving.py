"""The child process that serves a model: `python local_serving.py MODEL …`.

A script of its own that imports nothing of stepladder, so that it starts fast. It
prints the server's address, then waits for its parent to go: the parent closes
our standard input, or dies, which closes it as well.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from typing import Any

KEY_VARIABLE = "STEPLADDER_LOCAL_KEY"
"""Environment variable with the key that requests must show."""


def main() -> None:
    """Serve until the parent goes; exit with 1 when the model cannot be served."""
    parent = os.getppid()
    # Ctrl-C is for the parent, which lets the calls in flight finish.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_at_end_of_input, daemon=True).start()
    # Whatever the C++ code prints must not be mistaken for the address.
    address_to = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    server = _server(_arguments())
    print(server.listening_address, file=address_to, flush=True)
    _silence()
    # A process forked from our parent would keep our input open, so look at the parent too.
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


def _leave_at_end_of_input() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    # The server's own threads may hang at an orderly exit, and there is nothing to save.
    os._exit(0)


def _silence() -> None:
    """No log line per request: it would grow with the run."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.dup2(nowhere, sys.stderr.fileno())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--context", type=int, required=True)
    parser.add_argument("--parallel", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--chat", action=argparse.BooleanOptionalAction, default=True)
    return parser.parse_args()


def _server(arguments: argparse.Namespace) -> Any:
    try:
        from xllamacpp import Server

        return Server(_params(arguments))
    except Exception as problem:
        print(f"{type(problem).__name__}: {problem}", file=sys.stderr, flush=True)  # noqa: T201
        os._exit(1)


def _params(arguments: argparse.Namespace) -> Any:
    from xllamacpp import CommonParams

    params = CommonParams()
    params.model.path = arguments.model
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    # Other people on this machine can reach the port too, and prompts may be private.
    params.api_keys = [os.environ[KEY_VARIABLE]]
    params.endpoint_slots = False
    params.n_parallel = arguments.parallel
    params.n_ctx = arguments.context * arguments.parallel
    params.cpuparams.n_threads = arguments.threads
    params.cpuparams_batch.n_threads = arguments.threads
    # No busy waiting: several models and the engine share the cores.
    params.cpuparams.poll = params.cpuparams_batch.poll = 0
    # Without the full window, Gemma reads the whole prompt again for every candidate.
    params.swa_full = True
    # The stable prefix stays in the slot; copies of old prompts would only fill the memory.
    params.cache_ram_mib = 0
    # A base model's file has no chat template.
    params.enable_chat_template = arguments.chat
    return params


if __name__ == "__main__":
    main()
