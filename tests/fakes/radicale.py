"""A real Radicale on loopback, with users of a password file and its own storage; ends with the tests."""

import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from urllib.parse import quote

from tests.fakes.certificates import Certificate

PASSWORD = "correct horse: ü"
ADMIN = "admin"
_STARTED = 30.0

_RIGHTS = """
[admin]
user: admin
collection: .*
permissions: RrWw

[root]
user: .+
collection:
permissions: R

[principal]
user: .+
collection: {user}
permissions: RW

[shared]
user: .+
collection: {user}/shared-[^/]*
permissions: r

[own]
user: .+
collection: {user}/[^/]+
permissions: rw
"""
_MAKE = """<?xml version="1.0"?>
<mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CR="urn:ietf:params:xml:ns:carddav">
<set><prop><resourcetype><collection/><{kind}/></resourcetype><displayname>{name}</displayname>{more}</prop></set>
</mkcol>"""


@dataclass(frozen=True, slots=True)
class Radicale:
    """A running server. Users sign in with `PASSWORD`; `admin` may write everywhere."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    certificate: Certificate | None = None

    @property
    def url(self) -> str:
        """Its root."""
        return f"http://127.0.0.1:{self.port}/" if not self.certificate else f"https://localhost:{self.port}/"

    def add_user(self, name: str) -> None:
        """Let a user in."""
        with (self.folder / "users").open("a", encoding="utf-8") as file:
            file.write(f"{name}:{PASSWORD}\n")
        status, words = self.request("PROPFIND", f"/{name}/", user=name)  # the first visit makes the place
        assert status == 207, words

    def request(
        self,
        method: str,
        path: str,
        content: str = "",
        *,
        user: str = ADMIN,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """What another program does: status and content of the answer."""
        sign_in = b64encode(f"{user}:{PASSWORD}".encode()).decode()
        connection = self._connection()
        try:
            sent = {"Authorization": f"Basic {sign_in}", **(headers or {})}
            connection.request(method, quote(path), content.encode(), sent)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        if self.certificate is None:
            return HTTPConnection("127.0.0.1", self.port, timeout=30)
        trusting = ssl.create_default_context(cafile=str(self.certificate.authority))
        return HTTPSConnection("localhost", self.port, timeout=30, context=trusting)

    def make_calendar(self, path: str, name: str, *, components: str = "VEVENT") -> None:
        """A new calendar for entries of one kind."""
        kinds = "supported-calendar-component-set"
        more = f'<C:{kinds}><C:comp name="{components}"/></C:{kinds}>'
        self._make(path, _MAKE.format(kind="C:calendar", name=_safe(name), more=more))

    def make_book(self, path: str, name: str) -> None:
        """A new address book."""
        self._make(path, _MAKE.format(kind="CR:addressbook", name=_safe(name), more=""))

    def _make(self, path: str, content: str) -> None:
        status, words = self.request("MKCOL", path, content)
        assert status == 201, words

    def put(self, path: str, content: str, *, kind: str = "text/calendar") -> None:
        """Write an entry or a card."""
        status, words = self.request("PUT", path, content, headers={"Content-Type": f"{kind}; charset=utf-8"})
        assert status in (201, 204), words

    def delete(self, path: str) -> None:
        """Delete an entry, a card or a whole collection."""
        status, words = self.request("DELETE", path)
        assert status == 200, words

    def forget_tokens(self) -> None:
        """No sync token is good any more."""
        for folder in (self.folder / "collections").rglob("sync-token"):
            shutil.rmtree(folder)

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def start(certificate: Certificate | None = None) -> Radicale:
    """Start a server, encrypted if it has a certificate. Raises RuntimeError when it does not come up."""
    folder = Path(tempfile.mkdtemp(prefix="radicale-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "users").write_text(f"{ADMIN}:{PASSWORD}\n", encoding="utf-8")
    (folder / "rights").write_text(_RIGHTS, encoding="utf-8")
    config = folder / "config"
    config.write_text(
        f"[server]\n{_tls(certificate)}hosts = 127.0.0.1:{port}\nmax_connections = 40\ndelay_on_error = 0\n"
        f"[auth]\ntype = htpasswd\nhtpasswd_filename = {folder}/users\nhtpasswd_encryption = plain\n"
        "delay = 0\n"
        f"[rights]\ntype = from_file\nfile = {folder}/rights\n"
        f"[storage]\nfilesystem_folder = {folder}/collections\n"
        "[logging]\nlevel = warning\n[web]\ntype = none\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "radicale", "--config", str(config)]
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=folder)
    server = Radicale(folder, port, process, certificate)
    try:
        if _answers(server):
            return server
        words = (folder / "output").read_text(errors="replace")
    except BaseException:
        server.stop()
        raise
    server.stop()
    raise RuntimeError(f"Radicale did not start: {words[-2000:]}")


def _tls(certificate: Certificate | None) -> str:
    files = f"certificate = {certificate.chain}\nkey = {certificate.key}\n" if certificate else ""
    return f"ssl = True\n{files}" if certificate else ""


def _answers(server: Radicale) -> bool:
    end = time.monotonic() + _STARTED
    while time.monotonic() < end and server.process.poll() is None:
        try:
            return server.request("OPTIONS", "/")[0] == 200
        except ConnectionRefusedError:
            time.sleep(0.05)  # nothing tells when another program listens
    return False
