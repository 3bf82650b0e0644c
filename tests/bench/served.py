"""A server process on loopback and what it costs: processor time of everything it makes run, the database's processes included."""

import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import psutil
import waitress


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def on_loopback(app: Any, port: int) -> Iterator[None]:
    """The product's own server in a thread of this process."""
    server = waitress.create_server(app, host="127.0.0.1", port=port, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()

    def end() -> None:
        for channel in list(server.active_channels.values()):
            channel.handle_close()
        server.close()

    try:
        yield
    finally:
        # in its own loop: closed from here, a socket could be gone while the loop looks at it
        server.trigger.pull_trigger(end)
        thread.join(10)
        server.task_dispatcher.shutdown()


class Served:
    """One running server; `others` are processes whose time counts as its own (PostgreSQL's)."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, others: str) -> None:
        self.process = psutil.Process(process.pid)
        self.port = port
        self.others = others
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.cookies: dict[str, str] = {}

    def seconds(self) -> float:
        """User and system seconds spent so far."""
        total = 0.0
        family = [self.process, *self.process.children(recursive=True)]
        if self.others:
            family += [
                found for found in psutil.process_iter(["name"]) if (found.info["name"] or "").startswith(self.others)
            ]
        for each in family:
            try:
                times = each.cpu_times()
            except psutil.Error:
                continue
            total += times.user + times.system
        return total

    def memory(self) -> float:
        """MiB of proportional memory of the server's own processes."""
        total = 0
        for each in [self.process, *self.process.children(recursive=True)]:
            try:
                total += each.memory_full_info().pss
            except psutil.Error:
                continue
        return total / 2**20

    def ask(
        self, method: str, path: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes, dict[str, str]]:
        """One request on the open connection; cookies are kept."""
        sent = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Accept-Language": "ru",
            **(headers or {}),
        }
        body = None
        if form is not None:
            body = urlencode(form)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, sent)
        try:
            answer = self.connection.getresponse()
        except http.client.RemoteDisconnected:
            # the other one's round was so long that the server has let the connection go
            self.connection.close()
            self.connection.request(method, path, body, sent)
            answer = self.connection.getresponse()
        data = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, data, dict(answer.headers)

    def page(self, path: str) -> bytes:
        """A page that must come with status 200."""
        status, data, _ = self.ask("GET", path)
        assert status == 200, f"GET {path}: {status} {data[:300]!r}"
        return data

    def token(self, path: str) -> str:
        """The token of a form on a page."""
        found = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', self.page(path))
        assert found, f"no form on {path}"
        return found[1].decode()

    def send(self, path: str, form: Mapping[str, str]) -> tuple[int, bytes, dict[str, str]]:
        """A form that must be accepted."""
        status, data, headers = self.ask("POST", path, form)
        assert status in (200, 204, 303), f"POST {path}: {status} {data[:500]!r}"
        return status, data, headers


@contextmanager
def serving(target: str, environ: Mapping[str, str], others: str = "") -> Iterator[Served]:
    """Serve `module:app` with one worker of one thread on the first core; yields when it answers."""
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
        "--blocking-threads", "1", "--no-ws", "--log-level", "critical", target,
    ]  # fmt: skip
    process = subprocess.Popen(command, env={**os.environ, **environ}, stdout=subprocess.DEVNULL)
    psutil.Process(process.pid).cpu_affinity([0])
    try:
        _wait(port, process)
        yield Served(process, port, others)
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with status {process.returncode}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            connection.close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server did not answer within 30 seconds")
