"""Servers for the contract suites."""

from tests.fakes.mail_servers import bare_dovecot, certificate, full_dovecot, outbox, smtp

__all__ = ["bare_dovecot", "certificate", "full_dovecot", "outbox", "smtp"]
