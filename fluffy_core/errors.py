"""One tree of errors: what the environment did to us, and what we did wrong.

FluffyError
├── KnownError               the environment or the input; `str()` is a sentence for the user
│   ├── NotMailError         a path that holds nothing we can import
│   ├── UnreadableError      a file that is truncated, locked or unreadable
│   ├── DiskFullError        no room left; nothing half-written
│   ├── StoreError           the database cannot be opened or is not ours
│   │   ├── VaultKeyError        no key, a wrong key, an unsafe keyring
│   │   ├── NewerStoreError      written by a newer FluffyMail
│   │   └── DamagedStoreError    bytes in it are not what was written
│   ├── HomeBusyError        another process runs this home
│   ├── SignInError          a server refuses who we are
│   ├── UntrustedServerError a server's certificate does not prove who it is
│   ├── CursorExpiredError   a server has forgotten what changed since we last asked
│   ├── FolderGoneError      a folder is not on the server any more
│   ├── RejectedError        a server refuses a message for good
│   ├── UncertainError       a connection broke when a message may have been sent already
│   ├── AnswerError          a provider refuses a request for good; carries the HTTP status
│   ├── BlockedError         the way out is switched off, or not to one of the accounts' own hosts
│   ├── ModelError           a model is missing or damaged
│   ├── TransientError       worth trying again (network, model host died); may carry retry_after
│   │   └── UnreachableError     no way to the server: it goes on by itself when there is one
│   └── UsageError           the command was asked for something it cannot mean
└── BugError                 ours: shown with a report
"""

import time


class FluffyError(Exception):
    """The root of every error this program raises itself."""


class KnownError(FluffyError):
    """Something in the environment or the input; the message is a plain sentence for the user."""


class NotMailError(KnownError):
    """The path holds nothing that can be imported."""


class UnreadableError(KnownError):
    """The file is truncated, locked or cannot be read."""


class DiskFullError(KnownError):
    """There is no room left on the disk; nothing was half-written."""


class StoreError(KnownError):
    """The database cannot be opened or is not one of ours."""


class VaultKeyError(StoreError):
    """There is no key, it does not fit, or the keyring is not safe to use."""


class NewerStoreError(StoreError):
    """The database was written by a newer version of the program."""


class DamagedStoreError(StoreError):
    """Something in the database is not what was written there."""


class HomeBusyError(KnownError):
    """Another process owns the job consumers of this home."""


class SignInError(KnownError):
    """The server refuses the password, or the permission was taken back: sign in again."""


class UntrustedServerError(KnownError):
    """The server's certificate is expired, for another name, or signed by nobody we know.

    `fingerprint` is the SHA-256 of the certificate in hex, which a user who knows it may trust; "" when
    there is no certificate to trust. `why` is the message without how to trust it.
    """

    def __init__(self, message: str, *, fingerprint: str = "", why: str = "") -> None:
        super().__init__(message)
        self.fingerprint = fingerprint
        self.why = why or message


class CursorExpiredError(KnownError):
    """The server no longer knows what changed since this cursor: a full listing heals that."""


class FolderGoneError(KnownError):
    """The folder is not on the server any more; a new list of folders shows which are."""


class RejectedError(KnownError):
    """The server refuses a message for good."""


class UncertainError(KnownError):
    """The connection broke after a message was handed over whole: it may have been sent.

    It is never sent again without looking among the sent ones, and asking the user when it is not there.
    """


class AnswerError(KnownError):
    """A provider refuses a request. `status` is the HTTP status, `reason` its own words.

    Connectors know what it means for what they asked (404, 410); to others it is a request refused for good.
    """

    def __init__(self, message: str, *, status: int, reason: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


class BlockedError(KnownError):
    """A connection that the gateway does not let out: it is offline, or the host is no account's."""


class ModelError(KnownError):
    """A model is missing, damaged or cannot be loaded."""


class TransientError(KnownError):
    """Worth another try; `retry_after` in seconds when the other side said so."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self._raised = time.monotonic()

    @property
    def wait(self) -> float | None:
        """Seconds that are left by now of what the other side asked for; None when it said nothing."""
        if self.retry_after is None:
            return None
        return max(0.0, self.retry_after - (time.monotonic() - self._raised))


class UnreachableError(TransientError):
    """There is no way to a server: the network is gone, the server is down, or the user switched it off."""


class UsageError(KnownError):
    """The command line was asked for something it cannot mean."""


class BugError(FluffyError):
    """An impossible state: ours to mend."""
