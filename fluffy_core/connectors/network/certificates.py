"""What a server proves about itself: verification, fingerprints, and sentences about what is wrong."""

import hashlib
import socket
import ssl
from collections.abc import Callable

from fluffy_core.errors import UntrustedServerError

_EXPIRED, _NOT_YET = 10, 9
_OTHER_NAME = (62, 64)
_SELF_SIGNED = (18, 19)
"""OpenSSL's X509_V_ERR numbers."""
_LINES = 50


def verified_context() -> ssl.SSLContext:
    """Verifies chain and name by the system's authorities (and SSL_CERT_FILE); TLS 1.2 or newer."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def pinned_context() -> ssl.SSLContext:
    """Verifies nothing: for comparing a fingerprint, before anything is said."""
    context = verified_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def fingerprint(sock: ssl.SSLSocket) -> str:
    """SHA-256 of the server's certificate in hex."""
    return hashlib.sha256(sock.getpeercert(binary_form=True) or b"").hexdigest()


def reason(error: ssl.SSLCertVerificationError, host: str) -> str:
    """Why a certificate was refused, as a sentence."""
    if error.verify_code == _EXPIRED:
        return f"The certificate of {host} has expired."
    if error.verify_code == _NOT_YET:
        return f"The certificate of {host} is not valid yet. Is this computer's clock right?"
    if error.verify_code in _OTHER_NAME:
        return f"The certificate of {host} is made out to another name."
    if error.verify_code in _SELF_SIGNED:
        return f"The certificate of {host} is signed by itself."
    return f"The certificate of {host} is signed by nobody this computer trusts."


def untrusted(why: str, seen: str) -> UntrustedServerError:
    """Tells what is wrong, and how to trust the certificate knowingly."""
    advice = " On a guest Wi-Fi, sign in to it with your browser first."
    if seen:
        advice += (
            " If you run this server, compare this SHA-256 fingerprint with the server's own and trust it "
            f"for this account: {spelled(seen)}"
        )
    return UntrustedServerError(why + advice, fingerprint=seen, why=why)


def changed(host: str, seen: str) -> UntrustedServerError:
    """The certificate is not the one that the user trusted."""
    return untrusted(f"{host} shows another certificate than the one you trusted.", seen)


def spelled(digest: str) -> str:
    """Hex as people compare it: "AB:CD:…"."""
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2)).upper()


def ask_for_tls(raw: socket.socket, protocol: str) -> None:
    """The few lines before TLS begins on a STARTTLS port. Raises OSError when the server says no."""
    stream = raw.makefile("rb")
    if protocol == "smtp":
        _reply(stream.readline)
        for line in (b"EHLO localhost\r\n", b"STARTTLS\r\n"):
            raw.sendall(line)
            _reply(stream.readline)
        return
    stream.readline(_LINES * 100)
    raw.sendall(b"a STARTTLS\r\n")
    for _ in range(_LINES):
        if (line := stream.readline(_LINES * 100)).startswith(b"a OK"):
            return
        if not line or line.startswith(b"a "):
            break
    raise ConnectionAbortedError("no STARTTLS")


def _reply(readline: Callable[[int], bytes]) -> None:
    """Skip one SMTP reply to its last line."""
    for _ in range(_LINES):
        line = readline(_LINES * 100)
        if not line or line[:1] not in b"23":
            break
        if line[3:4] != b"-":
            return
    raise ConnectionAbortedError("no STARTTLS")
