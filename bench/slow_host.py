"""A file server with the line of a school: so many megabits a second for all, so long a way."""

import gzip
import hashlib
import mimetypes
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias
from urllib.parse import urlsplit

from site_hooks import compressed

# A request's path and body -> what is answered: the type, the content.
Answer: TypeAlias = Callable[[str, bytes], tuple[str, bytes]]

TYPES = {
    "html": "text/html",
    "js": "text/javascript",
    "mjs": "text/javascript",
    "json": "application/json",
    "css": "text/css",
    "svg": "image/svg+xml",
    "wasm": "application/wasm",
}
# What has no hash in its name is asked for anew, and answered with 304 if it is the same.
ASKED_ANEW = (".html", "service-worker.js", "search_index.json")
PIECE = 16_384


class Line:
    """Bandwidth that all connections share."""

    def __init__(self, megabits: float | None) -> None:
        self.seconds_per_byte = 8 / (megabits * 1e6) if megabits else 0.0
        self._free_at = 0.0
        self._lock = threading.Lock()

    def wait(self, size: int) -> None:
        """Returns when that many bytes have gone through."""
        if not self.seconds_per_byte:
            return
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic()) + size * self.seconds_per_byte
            until = self._free_at
        time.sleep(max(0.0, until - time.monotonic()))


def with_brotli(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files, and NAME.br beside each that hosts compress, as a build writes it."""
    wanted = [name for name in files if _is_compressed(name)]
    contents = list(dict.fromkeys(files[name] for name in wanted))
    contents = [content for content in contents if len(content) >= compressed.LEAST_BYTES]
    packed = compressed.compressed([(content, "br11") for content in contents])
    made = dict(zip(contents, packed, strict=True))
    return files | {f"{name}.br": made[files[name]] for name in wanted if files[name] in made}


def _is_compressed(name: str) -> bool:
    return name.rpartition(".")[2] in TYPES


@cache
def _zipped(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)


def _packed(files: dict[str, bytes]) -> dict[str, tuple[str, bytes]]:
    """Name -> how it is compressed, and to what: with Brotli where that lies beside it."""
    return {
        name: ("br", files[f"{name}.br"]) if f"{name}.br" in files else ("gzip", _zipped(content))
        for name, content in files.items()
        if _is_compressed(name)
    }


class Server(ThreadingHTTPServer):
    """A browser that goes away in mid-download is no error."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing."""


class Host:
    """Files in memory, served with the headers of a good static host; counts what it sends.

    Text and WebAssembly are compressed: with Brotli where NAME.br is there, else with gzip.

    Args:
        files: address -> content.
        megabits: of the line, a second; None: no limit.
        delay: seconds that the way takes, there and back.
        headers: of every file's answer, besides.
        spoken: first folder of a path -> what answers for it, in place of files.
    """

    def __init__(
        self,
        files: dict[str, bytes],
        megabits: float | None,
        delay: float,
        headers: Mapping[str, str] | None = None,
        spoken: Mapping[str, Answer] | None = None,
    ) -> None:
        self.line = Line(megabits)
        self.delay = delay
        self.sent = 0
        self.requests = 0
        self.asked: list[str] = []
        self.files = files
        self.packed = _packed(files)
        self.headers = headers or {}
        self.spoken = spoken or {}
        host = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                time.sleep(host.delay)  # the handshake goes the way once, there and back

            def do_POST(self) -> None:
                self._speak(self.rfile.read(int(self.headers["Content-Length"])))

            @property
            def folder(self) -> str:
                return urlsplit(self.path).path.split("/")[1]

            def _speak(self, body: bytes) -> None:
                kind, content = host.spoken[self.folder](urlsplit(self.path).path, body)
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                with suppress(ConnectionError):  # a page that was left while it waited
                    self.wfile.write(content)

            def end_headers(self) -> None:
                if self.folder not in host.spoken:
                    for name, value in host.headers.items():
                        self.send_header(name, value)
                super().end_headers()

            def do_GET(self) -> None:
                if self.folder in host.spoken:
                    self._speak(b"")
                    return
                time.sleep(host.delay)
                name = urlsplit(self.path).path.lstrip("/")
                name = name + "index.html" if not name or name.endswith("/") else name
                encoding, content = host.packed.get(name, ("", host.files.get(name)))
                host.requests += 1
                host.asked.append(name)
                if content is None:
                    self.send_error(404)
                    return
                anew = name.endswith(ASKED_ANEW)
                mark = f'"{hashlib.sha256(content).hexdigest()[:16]}"' if anew else ""
                if anew and self.headers["If-None-Match"] == mark:
                    self.send_response(304)
                    self.send_header("ETag", mark)
                    self.end_headers()
                    return
                suffix = name.rpartition(".")[2]
                self.send_response(200)
                guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
                self.send_header("Content-Type", TYPES.get(suffix, guessed))
                self.send_header("Content-Length", str(len(content)))
                if encoding:
                    self.send_header("Content-Encoding", encoding)
                lasting = "no-cache" if anew else "max-age=31536000, immutable"
                self.send_header("Cache-Control", lasting)
                if anew:
                    self.send_header("ETag", mark)
                self.end_headers()
                for at in range(0, len(content), PIECE):
                    piece = content[at : at + PIECE]
                    host.line.wait(len(piece))
                    self.wfile.write(piece)
                    host.sent += len(piece)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/"

    def change(self, files: dict[str, bytes]) -> None:
        """Deploys other files."""
        self.files = files
        self.packed = _packed(files)

    @contextmanager
    def running(self) -> Iterator["Host"]:
        """Serves as long as the block runs."""
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
