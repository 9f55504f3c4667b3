"""Settings of an account survive being text."""

import pytest

from fluffy_core.domain.accounts import AccountSettings, Server, settings_of

PLAIN = AccountSettings(Server("Mail.example", 993), "me")
FULL = AccountSettings(
    Server("mail.example", 143, "starttls"), "me@x", Server("smtp.example", 587, "starttls"), "ab12",
    ("Inbox", "Entwürfe"), "2024-01-31",
)  # fmt: skip


@pytest.mark.parametrize("settings", [PLAIN, FULL])
def test_text_and_back(settings: AccountSettings) -> None:
    assert settings_of(settings.text()) == settings


def test_hosts_are_in_lower_case() -> None:
    assert PLAIN.hosts == {"mail.example"}
    assert FULL.hosts == {"mail.example", "smtp.example"}
