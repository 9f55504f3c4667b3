"""Submission by SMTP: encryption, ways to sign in, sizes and letters, and connections that break."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from fluffy_core.connectors.imap import smtp as submission
from fluffy_core.connectors.imap.smtp import Letter, check, send, without_bcc
from fluffy_core.connectors.network.gateway import Endpoint, Gateway, Rules, Security
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.errors import (
    BlockedError,
    RejectedError,
    SignInError,
    TransientError,
    UncertainError,
    UnreachableError,
    UntrustedServerError,
)
from tests.fakes import listeners
from tests.fakes.certificates import Certificate
from tests.fakes.submission import Outbox, serve

ME, BEN = "ann@example.com", "ben@example.com"
MESSAGE = b"From: ann@example.com\r\nSubject: Hello\r\n\r\nHello\r\n"
NOBODY = Login("")


def gateway(*, pin: str = "") -> Gateway:
    return Gateway(Rules(lambda host: True, pinned=lambda host, port: pin), lambda traffic: None)


def letter(message: bytes = MESSAGE, *, sender: str = ME, recipients: tuple[str, ...] = (BEN,)) -> Letter:
    return Letter(message, sender, recipients)


# --- signing in ---


def test_starttls_and_plain(certificate: Certificate, outbox: Outbox) -> None:
    outbox.passwords[ME] = "pässword"
    with serve(outbox, certificate) as endpoint:
        send(gateway(pin=certificate.fingerprint), endpoint, Login(ME, "pässword"), letter=letter())
    assert outbox.signed_in == [("PLAIN", ME)]
    assert [one.content for one in outbox.delivered] == [MESSAGE]


@pytest.mark.parametrize("without", [frozenset({"PLAIN"}), frozenset({"LOGIN"})])
def test_whichever_mechanism_is_offered(
    certificate: Certificate, outbox: Outbox, without: frozenset[str]
) -> None:
    outbox.passwords[ME] = "secret"
    with serve(outbox, certificate, mechanisms=without) as endpoint:
        send(gateway(pin=certificate.fingerprint), endpoint, Login(ME, "secret"), letter=letter())
    assert [mechanism for mechanism, _ in outbox.signed_in] == [("LOGIN" if "PLAIN" in without else "PLAIN")]


def test_a_token(certificate: Certificate, outbox: Outbox) -> None:
    outbox.passwords[ME] = "ya29.token"
    with serve(outbox, certificate) as endpoint:
        login = Login(ME, token=lambda rejected="": "ya29.token")
        send(gateway(pin=certificate.fingerprint), endpoint, login, letter=letter())
        with pytest.raises(SignInError, match="permission"):
            send(
                gateway(pin=certificate.fingerprint),
                endpoint,
                Login(ME, token=lambda rejected="": "stale"),
                letter=letter(),
            )
    assert outbox.signed_in == [("XOAUTH2", ME)]
    assert len(outbox.delivered) == 1


@pytest.mark.parametrize("without", [frozenset({"PLAIN"}), frozenset({"LOGIN"})])
def test_a_wrong_password(certificate: Certificate, outbox: Outbox, without: frozenset[str]) -> None:
    outbox.passwords[ME] = "right"
    with (
        serve(outbox, certificate, mechanisms=without) as endpoint,
        pytest.raises(SignInError, match="password"),
    ):
        send(gateway(pin=certificate.fingerprint), endpoint, Login(ME, "wrong"), letter=letter())
    assert outbox.delivered == []


def test_an_untrusted_certificate_gets_no_password(certificate: Certificate, outbox: Outbox) -> None:
    outbox.passwords[ME] = "secret"
    with serve(outbox, certificate) as endpoint, pytest.raises(UntrustedServerError) as caught:
        send(gateway(), endpoint, Login(ME, "secret"), letter=letter())
    assert caught.value.fingerprint == certificate.fingerprint
    assert outbox.signed_in == []


def test_no_encryption_to_be_had(outbox: Outbox) -> None:
    with serve(outbox) as plain:
        endpoint = Endpoint("localhost", plain.port, Security.STARTTLS, "smtp")
        with pytest.raises(UntrustedServerError, match="no encryption"):
            send(gateway(), endpoint, Login(ME, "secret"), letter=letter())


def test_checking_signs_in_and_sends_nothing(certificate: Certificate, outbox: Outbox) -> None:
    outbox.passwords[ME] = "secret"
    with serve(outbox, certificate) as endpoint:
        check(gateway(pin=certificate.fingerprint), endpoint, Login(ME, "secret"))
        with pytest.raises(SignInError):
            check(gateway(pin=certificate.fingerprint), endpoint, Login(ME, "wrong"))
    assert outbox.signed_in == [("PLAIN", ME)]
    assert outbox.delivered == []
    with pytest.raises(TransientError):
        check(gateway(), endpoint, NOBODY)


# --- what is sent ---


def test_letters_beyond_ascii(smtp: Endpoint, outbox: Outbox) -> None:
    message = "From: änn@exämple.com\r\nSubject: Grüße\r\n\r\nGrüße\r\n".encode()
    send(
        gateway(),
        smtp,
        NOBODY,
        letter=letter(message, sender="änn@example.com", recipients=("bèn@example.com",)),
    )
    (one,) = outbox.delivered
    assert (one.sender, one.recipients, one.content) == ("änn@example.com", ("bèn@example.com",), message)


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        (b"A: b\n\nunix\n", b"A: b\r\n\r\nunix\r\n"),
        (b"A: b\r\n\r\nno end", b"A: b\r\n\r\nno end\r\n"),
        (b"A: b\r\n\r\n.\r\n..x\r\n", b"A: b\r\n\r\n.\r\n..x\r\n"),
        (b"A: b\r\n\r\nold\rmac\r", b"A: b\r\n\r\nold\r\nmac\r\n"),
    ],
)
def test_line_ends_and_dots(smtp: Endpoint, outbox: Outbox, sent: bytes, arrives: bytes) -> None:
    send(gateway(), smtp, NOBODY, letter=letter(sent))
    assert outbox.delivered[0].content == arrives


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        (b"Bcc: a@b\r\nA: b\r\n\r\nBcc: text\r\n", b"A: b\r\n\r\nBcc: text\r\n"),
        (b"A: b\nBCC : a@b,\n\tc@d\nC: d\n\nx", b"A: b\nC: d\n\nx"),
        (b"A: b\r\nResent-Bcc: a@b\r\n\r\n", b"A: b\r\n\r\n"),
        (b"A: b\r\nX-Bcc: stays\r\n\r\n", b"A: b\r\nX-Bcc: stays\r\n\r\n"),
        (b"Bcc: a@b", b""),
    ],
)
def test_bcc_is_taken_out_of_the_header_alone(message: bytes, kept: bytes) -> None:
    assert without_bcc(message) == kept


@pytest.mark.parametrize(
    "address", ["", "a b@example.com", "a@example.com>\r\nRCPT TO:<x@y", "<a@example.com>", "x" * 400]
)
def test_an_address_that_is_none(smtp: Endpoint, outbox: Outbox, address: str) -> None:
    for one in (letter(sender=address), letter(recipients=(BEN, address))):
        with pytest.raises(RejectedError, match="no address"):
            send(gateway(), smtp, NOBODY, letter=one)
    assert outbox.delivered == []


def test_nobody_to_send_to_and_no_way_to_send(smtp: Endpoint) -> None:
    with pytest.raises(RejectedError, match="Nobody"):
        send(gateway(), smtp, NOBODY, letter=letter(recipients=()))
    with pytest.raises(RejectedError, match="no server"):
        send(gateway(), None, NOBODY, letter=letter())


def test_offline(smtp: Endpoint, outbox: Outbox) -> None:
    with pytest.raises(BlockedError):
        send(Gateway(Rules(lambda host: True, lambda: True), lambda one: None), smtp, NOBODY, letter=letter())
    assert outbox.delivered == []


# --- servers that misbehave ---


@contextmanager
def scripted(replies: dict[bytes, bytes | None], *, features: bytes = b"") -> Iterator[Endpoint]:
    """A server that answers 250, but what `replies` says to commands of that name; None hangs up."""

    def talk(sock: socket.socket) -> None:
        stream = sock.makefile("rb")
        sock.sendall(replies.get(b"greeting") or b"220 ready\r\n")
        while line := stream.readline():
            name = line.split()[0].upper()
            if name == b"EHLO":
                answer: bytes | None = b"250-hello\r\n" + features + b"250 8BITMIME\r\n"
            elif name == b"DATA":
                answer = b"354 go on\r\n"
            else:
                answer = b"250 fine\r\n"
            answer = replies.get(name, answer)
            if answer is None:
                return
            sock.sendall(answer)
            if name == b"DATA" and answer.startswith(b"354"):
                while stream.readline() not in (b".\r\n", b""):
                    pass
                if (answer := replies.get(b"dot", b"250 taken\r\n")) is None:
                    return
                sock.sendall(answer)

    with listeners.listen(talk) as port:
        yield Endpoint("127.0.0.1", port, Security.INSECURE_LOOPBACK, "smtp")


def outcome(endpoint: Endpoint, one: Letter | None = None) -> type[Exception] | None:
    try:
        send(gateway(), endpoint, NOBODY, letter=one or letter())
    except (RejectedError, TransientError, UncertainError) as error:
        return type(error)
    return None


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ({}, None),
        ({b"greeting": b"554 not you\r\n"}, RejectedError),
        ({b"greeting": b"421 busy\r\n"}, TransientError),
        ({b"greeting": b"HTTP/1.1 200 OK\r\n"}, TransientError),
        ({b"MAIL": b"451 later\r\n"}, TransientError),
        ({b"MAIL": b"550 never\r\n"}, RejectedError),
        ({b"MAIL": None}, TransientError),
        ({b"MAIL": b"\x00\xff\r\n"}, TransientError),
        ({b"RCPT": b"x" * 20_000 + b"\r\n"}, TransientError),
        ({b"RCPT": None}, TransientError),
        ({b"DATA": b"250 what?\r\n"}, TransientError),
        ({b"DATA": b"554 no\r\n"}, RejectedError),
        ({b"DATA": None}, TransientError),
        ({b"dot": b"550 spam\r\n"}, RejectedError),
        ({b"dot": b"452 full\r\n"}, TransientError),
        ({b"dot": None}, UncertainError),
        ({b"dot": b"x" * 20_000 + b"\r\n"}, UncertainError),
        ({b"EHLO": b"502 what?\r\n", b"HELO": b"250 hello\r\n"}, None),
    ],
)
def test_every_reply_has_one_meaning(
    replies: dict[bytes, bytes | None], expected: type[Exception] | None
) -> None:
    with scripted(replies) as endpoint:
        assert outcome(endpoint) is expected


def test_silence_after_the_last_dot_is_uncertain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submission, "ANSWER_SECONDS", 0.2)
    with scripted({b"dot": b""}) as endpoint:
        assert outcome(endpoint) is UncertainError


def test_silence_before_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submission, "TRANSFER_SECONDS", -1.0)
    with scripted({}) as endpoint:
        assert outcome(endpoint) is TransientError


def test_a_message_larger_than_the_server_takes_is_not_sent() -> None:
    with scripted({b"MAIL": None}, features=b"250-SIZE 1000\r\n") as endpoint:
        assert outcome(endpoint, letter(MESSAGE + b"x" * 2000)) is RejectedError


def test_addresses_that_an_old_server_cannot_take() -> None:
    with scripted({b"MAIL": None}) as endpoint:
        assert outcome(endpoint, letter(recipients=("bèn@example.com",))) is RejectedError


def test_a_server_that_is_not_there() -> None:
    with scripted({}) as endpoint:
        pass
    assert outcome(endpoint) is UnreachableError
