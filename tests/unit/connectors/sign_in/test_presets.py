"""The file of providers: every entry whole, encrypted and found by its domains."""

import tomllib

import pytest

from fluffy_core.config import resources_folder
from fluffy_core.connectors.network.gateway import Endpoint, Security
from fluffy_core.connectors.sign_in import presets

FILE = resources_folder() / "mail" / "providers.toml"
PROVIDERS = tomllib.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_provider_is_whole(name: str) -> None:
    told = PROVIDERS[name]
    for domain in told["domains"]:
        found = presets.for_domain(domain)
        assert found is not None
        assert found.name == told["name"]
        assert (found.imap.protocol, found.imap.port, found.imap.security) == ("imap", 993, Security.TLS)
        assert found.submission is not None
        assert (found.submission.port, found.submission.security) in {
            (465, Security.TLS),
            (587, Security.STARTTLS),
        }
        assert found.user in {"address", "local"}
        assert not found.hint or found.hint.endswith(".")
    assert told.keys() <= {"name", "domains", "imap", "smtp", "user", "files_sent", "hint", "oauth"}


def test_no_domain_is_named_twice() -> None:
    domains = [domain for told in PROVIDERS.values() for domain in told["domains"]]
    assert len(domains) == len(set(domains))
    assert all(domain == domain.lower() for domain in domains)


@pytest.mark.parametrize(
    ("domain", "host"),
    [
        ("gmail.com", "imap.gmail.com"),
        ("GoogleMail.com.", "imap.gmail.com"),
        ("hotmail.de", "outlook.office365.com"),
        ("web.de", "imap.web.de"),
        ("gmx.net", "imap.gmx.net"),
        ("me.com", "imap.mail.me.com"),
        ("posteo.net", "posteo.de"),
    ],
)
def test_common_domains(domain: str, host: str) -> None:
    found = presets.for_domain(domain)
    assert found is not None
    assert found.imap == Endpoint(host, 993, Security.TLS, "imap")


def test_what_users_have_to_know() -> None:
    gmail, outlook, free = (presets.for_domain(one) for one in ("gmail.com", "live.com", "free.fr"))
    assert gmail is not None
    assert (gmail.oauth, gmail.files_sent) == ("google", True)
    assert "app password" in gmail.hint
    assert outlook is not None
    assert outlook.oauth == "microsoft"
    assert free is not None
    assert free.user_of("ann@free.fr") == "ann"
    assert gmail.user_of("ann@gmail.com") == "ann@gmail.com"


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("ASPMX.L.GOOGLE.COM.", "Gmail"),
        ("alt1.gmail-smtp-in.l.google.com", "Gmail"),
        ("example-com.mail.protection.outlook.com", "Outlook"),
        ("in1-smtp.messagingengine.com", "Fastmail"),
        ("mx00.kundenserver.de", "IONOS"),
        ("mx.example.com", None),
        ("com", None),
        ("notgoogle.com", None),
        ("", None),
    ],
)
def test_own_domains_by_their_mail_exchanger(host: str, name: str | None) -> None:
    found = presets.for_mail_host(host)
    assert (found.name if found else None) == name


def test_unknown_domains() -> None:
    assert presets.for_domain("example.com") is None
    assert presets.for_domain("mail.gmail.com") is None
    assert presets.for_domain("") is None
