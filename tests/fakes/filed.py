"""What was delivered by a server that puts sent mail among the sent messages of a mailbox by itself."""

from tests.fakes.dovecot import Dovecot
from tests.fakes.submission import Delivered


class Filed(list[Delivered]):
    """Each message that is delivered lies in the mailbox as well, as at Gmail."""

    def __init__(self, server: Dovecot, user: str) -> None:
        super().__init__()
        self._server = server
        self._user = user

    def append(self, one: Delivered) -> None:
        """Delivered, and filed."""
        super().append(one)
        with self._server.other_client(self._user) as client:
            client.append("Sent", one.content, [rb"\Seen"])
