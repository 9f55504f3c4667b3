"""Servers for the contract suites."""

from tests.fakes.mail_servers import bare_dovecot, certificate, full_dovecot, outbox, smtp
from tests.fakes.radicale_servers import radicale_server

__all__ = ["bare_dovecot", "certificate", "full_dovecot", "outbox", "radicale_server", "smtp"]
