"""Identifiers of stored rows; distinct types so that one cannot stand in for another."""

from typing import NewType

AccountId = NewType("AccountId", int)
ImportId = NewType("ImportId", int)
MessageId = NewType("MessageId", int)
"""Row id of a message. The RFC 5322 Message-ID header is always called `message_id_header`."""
ThreadId = NewType("ThreadId", int)
AddressId = NewType("AddressId", int)
ContactId = NewType("ContactId", int)
CompanyId = NewType("CompanyId", int)
JobId = NewType("JobId", int)
Sha256 = NewType("Sha256", bytes)
"""A raw 32-byte SHA-256 digest."""
