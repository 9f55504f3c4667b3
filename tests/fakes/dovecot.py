"""A real Dovecot on loopback, with everything or with the extensions switched off; ends with the tests."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import imapclient

from fluffy_core.connectors.network.gateway import Endpoint, Security
from tests.fakes.certificates import Certificate

PASSWORD = "correct-horse"
BARE = "IMAP4rev1 LITERAL+ ID NAMESPACE AUTH=PLAIN"
"""What remains when CONDSTORE, QRESYNC, IDLE, SPECIAL-USE, UIDPLUS, MOVE and ENABLE are switched off."""
_STARTED = 20.0

_FULL_FOLDERS = """
namespace inbox {
  inbox = yes
  separator = /
  mailbox Drafts {
    auto = create
    special_use = \\Drafts
  }
  mailbox Sent {
    auto = create
    special_use = \\Sent
  }
  mailbox Junk {
    auto = create
    special_use = \\Junk
  }
  mailbox "Old things" {
    auto = create
    special_use = \\Archive
  }
}
"""
_BARE_FOLDERS = """
namespace inbox {
  inbox = yes
  prefix = INBOX.
  separator = .
  mailbox "Entwürfe" {
    auto = create
  }
  mailbox Gesendet {
    auto = create
  }
  mailbox Spam {
    auto = create
  }
  mailbox Archiv {
    auto = create
  }
}
"""


def program() -> str | None:
    """Where Dovecot is, None where it is not installed."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def missing() -> str:
    """Why there can be no server here, "" when there can."""
    found = program()
    if found is None:
        return "Dovecot is not installed (on Debian: apt-get install dovecot-imapd)"
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    if not version.startswith("2.3."):
        return f"Dovecot {version.split()[:1]} has another language for its configuration than 2.3"
    return ""


@dataclass(frozen=True, slots=True)
class Dovecot:
    """A running server. Any user name signs in with `PASSWORD` and owns an empty mailbox at first."""

    folder: Path
    plain_port: int
    tls_port: int
    bare: bool
    process: subprocess.Popen[bytes]

    @property
    def endpoint(self) -> Endpoint:
        """Plain text on loopback."""
        return Endpoint("127.0.0.1", self.plain_port, Security.INSECURE_LOOPBACK, "imap")

    @property
    def starttls(self) -> Endpoint:
        """Encrypted after STARTTLS."""
        return Endpoint("localhost", self.plain_port, Security.STARTTLS, "imap")

    @property
    def tls(self) -> Endpoint:
        """Encrypted from the start."""
        return Endpoint("localhost", self.tls_port, Security.TLS, "imap")

    @contextmanager
    def other_client(self, user: str) -> Iterator[imapclient.IMAPClient]:
        """A second mail program of the same user, which does things behind our back."""
        client = imapclient.IMAPClient("127.0.0.1", self.plain_port, ssl=False, timeout=20)
        try:
            client.login(user, PASSWORD)
            yield client
        finally:
            client.logout()

    def maildir(self, user: str) -> Path:
        """Where the mail of a user lies."""
        return self.folder / "home" / user / "Maildir"

    def stop(self) -> None:
        """End it and its children."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def start(certificate: Certificate, *, bare: bool = False) -> Dovecot:
    """Start a server. Raises RuntimeError when it does not come up."""
    found = program()
    if found is None or missing():
        raise RuntimeError(missing())
    ports = _free_ports()
    # Not in pytest's folder: names of Unix sockets are short, and pytest keeps other users out of its own.
    folder = Path(tempfile.mkdtemp(prefix="dc-", dir="/tmp"))
    folder.chmod(0o755)
    (folder / "home").mkdir()
    config = folder / "dovecot.conf"
    config.write_text(_config(folder, certificate, ports=ports, bare=bare), encoding="utf-8")
    if os.geteuid() == 0:
        shutil.chown(folder / "home", "nobody", _group_of_nobody())
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen([found, "-F", "-c", str(config)], stdout=output, stderr=output)
    server = Dovecot(folder, *ports, bare, process)
    if not _answers(server):
        logs = [
            path.read_text(errors="replace") for path in (folder / "output", folder / "log") if path.exists()
        ]
        server.stop()
        raise RuntimeError(f"Dovecot did not start: {''.join(logs)[-2000:]}")
    return server


_UNPRIVILEGED = """
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
}}
"""


def _config(folder: Path, certificate: Certificate, *, ports: tuple[int, int], bare: bool) -> str:
    """As root the mail belongs to `nobody`, since Dovecot refuses mail of root; else to us."""
    import grp
    import pwd

    owner = pwd.getpwuid(os.geteuid()) if os.geteuid() else pwd.getpwnam("nobody")
    group = grp.getgrgid(owner.pw_gid).gr_name
    rights = _UNPRIVILEGED.format(user=owner.pw_name, group=group) if os.geteuid() else ""
    return f"""
protocols = imap
base_dir = {folder / "run"}
state_dir = {folder / "run"}
log_path = {folder / "log"}
listen = 127.0.0.1
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir
mail_max_userip_connections = 100
auth_failure_delay = 0
auth_mechanisms = plain login
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{certificate.chain}
ssl_key = <{certificate.key}
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={owner.pw_uid} gid={owner.pw_gid} home={folder}/home/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {ports[0]}
  }}
  inet_listener imaps {{
    port = {ports[1]}
    ssl = yes
  }}
}}
protocol imap {{
  {f"imap_capability = {BARE}" if bare else ""}
}}
{rights}{_BARE_FOLDERS if bare else _FULL_FOLDERS}"""


def _group_of_nobody() -> int:
    import pwd

    return pwd.getpwnam("nobody").pw_gid


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def _answers(server: Dovecot) -> bool:
    end = time.monotonic() + _STARTED
    while time.monotonic() < end and server.process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", server.plain_port), 5) as sock:
                return sock.recv(100).startswith(b"* OK")
        except ConnectionRefusedError:
            time.sleep(0.05)  # nothing tells when another program listens
    return False
