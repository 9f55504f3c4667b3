"""Commands about accounts on servers: add, list, remove, sync."""

import argparse
import getpass
import os
from collections import Counter
from dataclasses import asdict
from functools import partial

from fluffy_core.cli import start
from fluffy_core.cli.answer import Answer, plain
from fluffy_core.config import Settings
from fluffy_core.connectors.network.gateway import Endpoint
from fluffy_core.connectors.sign_in import presets
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.core import Core
from fluffy_core.domain.accounts import ALL, AccountSettings, Server, Service
from fluffy_core.domain.counting import number_of
from fluffy_core.domain.ids import AccountId, JobId
from fluffy_core.domain.jobs import Job, JobState
from fluffy_core.errors import UsageError
from fluffy_core.services.accounts import accounts, network
from fluffy_core.services.accounts import changes as account_changes
from fluffy_core.services.accounts import overview as accounts_overview
from fluffy_core.services.sync import estimate
from fluffy_core.services.sync import sync as passes
from fluffy_core.services.sync.estimate import Estimate
from fluffy_core.store import ledger

TLS_PORT, STARTTLS_PORT = 993, 143
SMTP_PORTS = {"tls": 465, "starttls": 587, "insecure-loopback": 25}
SEND_CURE = "Add it again with --smtp-host, or with a password that holds there too."
_UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)


def add_imap(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Sign in to a server once and keep the account."""
    with Core.open(settings) as core:
        wanted = _named(arguments) if arguments.host else _found(core, arguments)
        password = password_of(arguments.password_env, arguments.address)
        if arguments.dry_run:
            return previewed(core, arguments.address, wanted, login=Login(wanted.user, password))
        added = accounts.add(core.store, core.gateway, arguments.address, settings=wanted, password=password)
    return signed_in(added)


def previewed(core: Core, address: str, wanted: AccountSettings, *, login: Login) -> Answer:
    """What the mail of an account would bring; nothing is kept."""
    return _estimates({address: estimate.preview(core.gateway, wanted, login)})


def signed_in(added: accounts.Added) -> Answer:
    """What is fetched of an account from now on, and what is not."""
    fetched = [*added.folders, *(f"the {one}" for one in added.services if one is not Service.MAIL)]
    lines = [f"Signed in. Account {added.id} fetches {', '.join(fetched) or 'nothing: it has no folders'}."]
    if added.left_out:
        lines.append(f"Not fetched: {', '.join(added.left_out)}. Name folders with --folder to choose.")
    lines += [f"Not fetched. {one}" for one in added.missing]
    if added.cannot_send:
        lines.append(f"It cannot send: {added.cannot_send} {SEND_CURE}")
    if Service.MAIL in added.services:
        lines.append(_since_words(added.since))
    lines.append("`fluffy sync` fetches it now; `fluffy run` and the window do so by themselves.")
    return Answer(plain(added), "\n".join(lines))


def _since_words(since: str) -> str:
    if since == ALL:
        return "Fetches all mail, the newest first; `--since DATE` brings less."
    return f"Fetches mail since {since}; `--since {ALL}` brings everything."


def change(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Fetch older mail too, or other folders."""
    folders = () if arguments.usual_folders else tuple(arguments.folder) or None
    if not arguments.since and folders is None:
        raise UsageError("Say what to change: --since, --folder or --usual-folders.")
    with Core.open(settings) as core:
        account = accounts.find(core.store, arguments.account)
        connect = partial(accounts.connect, core.store, core.gateway)
        found = account_changes.change(
            core.store, account.id, connect, since=arguments.since or "", folders=folders
        )
    which = ", ".join(found.folders) or "the usual ones"
    text = f"{_since_words(found.since or ALL)} Folders: {which}. `fluffy sync` lists what is not here yet."
    return Answer({"id": account.id, "since": found.since or ALL, "folders": list(found.folders)}, text)


def _named(arguments: argparse.Namespace) -> AccountSettings:
    security = "starttls" if arguments.starttls else "tls"
    port = arguments.port or (STARTTLS_PORT if arguments.starttls else TLS_PORT)
    if arguments.insecure_loopback:
        security = "insecure-loopback"
    known = presets.for_domain(arguments.address.rpartition("@")[2])
    if known is not None and known.imap.host != arguments.host.lower():
        known = None
    user = arguments.user or arguments.address
    return _settings(arguments, Server(arguments.host, port, security), user, found=known)


def _found(core: Core, arguments: argparse.Namespace) -> AccountSettings:
    if arguments.port or arguments.starttls or arguments.insecure_loopback:
        raise UsageError("A port or an encryption needs its --host.")
    found = accounts.servers_of(core.gateway, arguments.address)
    user = arguments.user or found.user_of(arguments.address)
    return _settings(arguments, _server(found.imap), user, found=found)


def _settings(
    arguments: argparse.Namespace, server: Server, user: str, *, found: presets.Servers | None
) -> AccountSettings:
    sending, files_sent = _sending(arguments), arguments.smtp_files_sent
    if sending is None and found is not None and found.submission is not None:
        sending, files_sent = _server(found.submission), files_sent or found.files_sent
    return AccountSettings(
        server,
        user,
        sending,
        files_sent=files_sent,
        certificate=fingerprint(arguments.certificate),
        folders=tuple(arguments.folder),
        since=arguments.since or "",
    )


def _sending(arguments: argparse.Namespace) -> Server | None:
    """The server for sending that was named, None when none was."""
    if not arguments.smtp_host:
        if arguments.smtp_port or arguments.smtp_security:
            raise UsageError("A port or an encryption for sending needs its --smtp-host.")
        return None
    security = arguments.smtp_security or "tls"
    if arguments.insecure_loopback and not arguments.smtp_security:
        security = "insecure-loopback"
    return Server(arguments.smtp_host, arguments.smtp_port or SMTP_PORTS[security], security)


def _server(endpoint: Endpoint) -> Server:
    return Server(endpoint.host, endpoint.port, endpoint.security.value)


def fingerprint(text: str) -> str:
    """The SHA-256 of a certificate as it is stored, however it was written."""
    return text.replace(":", "").lower()


def password_of(variable: str, address: str) -> str:
    """The password in an environment variable, or asked for. Raises UsageError."""
    return secret_in(variable) if variable else getpass.getpass(f"Password of {address}: ")


def secret_in(variable: str) -> str:
    """What an environment variable holds. Raises UsageError where there is none."""
    if variable not in os.environ:
        raise UsageError(f"There is no environment variable {variable}.")
    return os.environ[variable]


def list_(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Every account on a server."""
    del arguments
    with Core.open(settings) as core:
        found = accounts.listed(core.store)
        states = {one.id: one.words for one in accounts_overview.listed(core.store)}
    lines = []
    for one in found:
        what = number_of(one.messages, "message") if Service.MAIL in one.services else "no mail"
        others = "".join(f", {service}" for service in one.services if service is not Service.MAIL)
        lines.append(f"{one.id:>4}  {one.address}  {one.host or one.kind.capitalize()}  {what}{others}")
        lines.append(f"      {states[one.id]}")
        if one.waiting:
            lines.append(f"      {one.waiting:,} could not be fetched yet and are tried again")
        if one.refused:
            lines.append(f"      {one.refused}")
        if one.cannot_send:
            lines.append(f"      It cannot send: {one.cannot_send}")
    data = [{**asdict(one), "state": states[one.id]} for one in found]
    return Answer({"accounts": plain(data)}, "\n".join(lines) or "No accounts.")


def remove(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Forget an account and its password; what was fetched stays."""
    with Core.open(settings) as core:
        account = accounts.find(core.store, arguments.account)
        gone = accounts.remove(core.store, core.gateway, account.id)
    secret = "permission" if gone.permission else "password"
    kept = f"Its {number_of(gone.messages_kept, 'message stays', 'messages stay')} here."
    text = f"{account.name} is forgotten, with its {secret}. {kept}"
    data = {"id": account.id, "messages_kept": gone.messages_kept, "permission": gone.permission}
    return Answer(data, f"{text} {gone.permission or 'Nothing was changed on the server.'}")


def sync(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Fetch what is new now, and say what came of it; exit code 1 when that did not work."""
    if arguments.again and not arguments.account:
        raise UsageError("Name the account whose mail is to be fetched once more.")
    with Core.open(settings) as core:
        if network.is_offline(core.store):
            raise UsageError("Every connection is switched off. `fluffy privacy --offline off` allows them.")
        chosen = _chosen(core, arguments.account)
        if arguments.dry_run:
            return _estimated(core, chosen)
        if arguments.again:
            for account_id, _ in chosen:
                account_changes.again(core.store, account_id)
        if arguments.apply_deletions:
            for account_id, _ in chosen:
                passes.allow_deletions(core.store, account_id)
        asked = {name: core.fetch(account_id) for account_id, name in chosen}
        every = [one for jobs in asked.values() for one in jobs]
        start.work(core, lambda: not _waits(core, every), quiet=arguments.json)
        found = {name: [ledger.get(core.store, one) for one in jobs] for name, jobs in asked.items()}
    lines = [f"{name}: {' '.join(map(_told, jobs))}" for name, jobs in found.items()]
    data = {
        name: {"state": _worst(jobs), "result": " ".join(map(_told, jobs))}
        for name, jobs in found.items()
        if any(jobs)
    }
    everything = [job for jobs in found.values() for job in jobs]
    failed = any(job is None or job.state is not JobState.SUCCEEDED for job in everything)
    return Answer({"accounts": plain(data)}, "\n".join(lines) or "No accounts.", 1 if failed else 0)


def _estimated(core: Core, chosen: list[tuple[AccountId, str]]) -> Answer:
    """What a sync would bring, account by account and folder by folder; nothing is stored."""
    connect = partial(accounts.connect, core.store, core.gateway)
    found = {name: estimate.of_account(core.store, account_id, connect) for account_id, name in chosen}
    return _estimates(found)


def _estimates(found: dict[str, Estimate]) -> Answer:
    lines, data = [], {}
    for name, one in found.items():
        lines.append(f"{name}: {one.sentence}.")
        lines += [
            f"    {folder.name}: {folder.messages:,}{'' if folder.exact else ' or so'}"
            for folder in one.folders
        ]
        figures = {"messages": one.messages, "bytes": one.bytes, "exact": one.exact, "seconds": one.seconds}
        data[name] = {**figures, "folders": plain(one.folders)}
    return Answer({"accounts": data}, "\n".join(lines) or "No accounts.")


def _chosen(core: Core, word: str) -> list[tuple[AccountId, str]]:
    """(id, address) of one account, or of all; with its kind where an address has several."""
    chosen = accounts.find(core.store, word).id if word else None
    rows = accounts.listed(core.store)
    seen = Counter(one.address for one in rows)
    return [
        (one.id, one.address if seen[one.address] == 1 else f"{one.kind}:{one.address}")
        for one in rows
        if chosen in (None, one.id)
    ]


def _worst(jobs: list[Job | None]) -> JobState:
    """The state of the job that did not succeed, where there is one."""
    states = [job.state for job in jobs if job is not None]
    return next((one for one in states if one is not JobState.SUCCEEDED), JobState.SUCCEEDED)


def _waits(core: Core, job_ids: list[JobId]) -> bool:
    found = [ledger.get(core.store, one) for one in job_ids]
    return any(one is not None and one.state in _UNDER_WAY for one in found)


def _told(job: Job | None) -> str:
    if job is None:
        return "Removed meanwhile."
    if job.state is JobState.WAITING_RETRY:
        return f"{job.error} It is tried again by itself."
    return f"{(job.result or job.error or 'Cancelled').rstrip('.')}."
