"""Servers for tests of connectors."""

from tests.fakes.mail_servers import bare_dovecot, certificate, full_dovecot, outbox, smtp

__all__ = ["bare_dovecot", "certificate", "full_dovecot", "outbox", "smtp"]
