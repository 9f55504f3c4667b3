"""Options of `fluffy account add`, by the kind of account."""

import argparse
from datetime import date

from fluffy_core.domain.accounts import ALL

SERVICES = ("mail", "calendar", "contacts")


def part_of_the_mail(leaf: argparse.ArgumentParser) -> None:
    """Which mail is fetched."""
    leaf.add_argument(
        "--since", type=day, metavar="DATE", help="only mail that arrived since then (default: all)"
    )
    leaf.add_argument(
        "--folder", action="append", default=[], metavar="NAME", help="only this folder (repeatable)"
    )
    leaf.add_argument("--dry-run", action="store_true", help="say what mail it would bring; keep nothing")


def provider(leaf: argparse.ArgumentParser, *, push: bool) -> None:
    """Options of accounts that sign in in the browser; `push` for those that can be told of new mail."""
    leaf.add_argument("--address", required=True, help="your address there")
    _only(leaf, SERVICES)
    leaf.add_argument("--client-id", default="", metavar="ID", help="your own (docs/own-client-id.md)")
    leaf.add_argument(
        "--client-secret-env", default="", metavar="VARIABLE", help="holds the secret of that client id"
    )
    leaf.add_argument("--no-browser", action="store_true", help="print the address to open, and wait")
    leaf.add_argument(
        "--refresh-token-env", default="", metavar="VARIABLE", help="holds a refresh token: no browser needed"
    )
    leaf.set_defaults(subscription="")
    if push:
        leaf.add_argument("--subscription", metavar="NAME", help="of Pub/Sub: tells of new mail at once")
    part_of_the_mail(leaf)


def dav(leaf: argparse.ArgumentParser) -> None:
    """Options of accounts with a server of calendars and address books."""
    leaf.add_argument("--address", required=True, help="your mail address")
    leaf.add_argument("--url", required=True, help="the server, as its makers say it")
    leaf.add_argument("--user", default="", help="the name to sign in with (default: the address)")
    leaf.add_argument(
        "--password-env", default="", metavar="VARIABLE", help="holds the password (default: asked)"
    )
    _only(leaf, SERVICES[1:])
    leaf.add_argument("--certificate", default="", metavar="SHA256", help="trust this certificate knowingly")
    leaf.add_argument(
        "--insecure-loopback", action="store_true", help="no encryption, to a server on this computer only"
    )


def _only(leaf: argparse.ArgumentParser, services: tuple[str, ...]) -> None:
    leaf.add_argument(
        "--only", action="append", default=[], choices=services, help="fetch only this (repeatable)"
    )


def day(text: str) -> str:
    """A date as YYYY-MM-DD, or "all"."""
    if text == ALL:
        return text
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text[:40]}” is not a date such as 2024-01-31") from error
