"""A stand-in for Rasa's server on a real port: answers requests of its REST channel and for trackers."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@contextmanager
def standing(said: Callable[[str], Any], status: int = 200) -> Iterator[str]:
    """Its address. `said` gives what is answered to a message, each request in a thread of its own; its trackers are empty."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._answer(said(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["message"]))

        def do_GET(self) -> None:
            self._answer({"events": []})

        def _answer(self, content: Any) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
