"""Where the database key comes from: OS keyring, passphrase or key file; and the printable recovery code."""

import base64
import hashlib
import json
import os
import secrets
import unicodedata
from pathlib import Path

from filelock import FileLock

from fluffy_core.config import APP_NAME, Settings
from fluffy_core.errors import VaultKeyError

KEY_BYTES = 32
_SCRYPT = {"n": 2**15, "r": 8, "p": 1}
_CHECK_BYTES = 3


def obtain(settings: Settings) -> bytes:
    """The 32-byte key of a home, made on first use. Raises VaultKeyError with what to do about it.

    A home remembers its provider; a new one takes the key file when one is named, then a
    passphrase when one is given, then the OS keyring.
    """
    info = _read_info(settings.paths.key_info)
    if not info.get("provider"):
        return _first_key(settings)
    provider = str(info["provider"])
    if provider == "keyfile":
        return _from_file(settings.key_file or Path(str(info.get("path", ""))))
    if provider == "passphrase":
        return _unwrap(info, settings.passphrase)
    return _from_keyring(settings.paths.home, str(info.get("name", "")))


def _first_key(settings: Settings) -> bytes:
    """Make the key of a new home; of two processes that start at once, the second one reads the first's."""
    paths = settings.paths
    try:
        with FileLock(paths.key_info.with_suffix(".lock")):
            if paths.key_info.exists() and _read_info(paths.key_info).get("provider"):
                return obtain(settings)
            if paths.database.exists():
                raise VaultKeyError(
                    f"{paths.key_info} is missing, so nobody knows how {paths.database} was locked. "
                    "Use `fluffy init --recover` with your recovery code."
                )
            return _create(settings)
    except OSError as error:
        raise VaultKeyError(f"The folder {paths.home} cannot be written: {error.strerror}.") from error


def _chosen_provider(settings: Settings) -> str:
    return "keyfile" if settings.key_file else "passphrase" if settings.passphrase else "keyring"


def provider_name(settings: Settings) -> str:
    """Which provider locks this home: keyring, passphrase or keyfile; "" before the first use."""
    return str(_read_info(settings.paths.key_info).get("provider", ""))


def _create(settings: Settings) -> bytes:
    provider, file = _chosen_provider(settings), settings.key_file
    key = _from_file(file) if file and file.exists() else secrets.token_bytes(KEY_BYTES)
    _write_info(settings.paths.key_info, {"provider": provider} | _lock_with(provider, key, settings))
    return key


def _lock_with(provider: str, key: bytes, settings: Settings) -> dict[str, object]:
    """Hand the key to a provider; what key.json must say besides the provider's name."""
    if provider == "keyfile" and settings.key_file:
        return {"path": str(_holding(settings.key_file, key))}
    if provider == "passphrase":
        return _wrap(key, settings.passphrase or "")
    name = secrets.token_hex(8)
    _into_keyring(name, key)
    return {"name": name}


def _holding(path: Path, key: bytes) -> Path:
    """The key file, made when it is not there; never overwritten: it may open another home."""
    if path.exists():
        if _from_file(path) != key:
            raise VaultKeyError(f"{path} holds another key; name a file that does not exist yet.")
        return path
    try:
        _write_key_file(path, key)
    except OSError as error:
        raise VaultKeyError(f"The key file {path} cannot be written: {error.strerror}.") from error
    return path


def _read_info(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise VaultKeyError(
            f"{path} cannot be read. Use `fluffy init --recover` with your recovery code."
        ) from error
    return found if isinstance(found, dict) else {}


def _write_info(path: Path, info: dict[str, object]) -> None:
    temporary = path.with_suffix(".new")
    try:
        temporary.write_text(json.dumps(info), "utf-8")
        temporary.chmod(0o600)
        temporary.replace(path)
    except OSError as error:
        raise VaultKeyError(f"{path} cannot be written: {error.strerror}.") from error


def _from_file(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        raise VaultKeyError(f"The key file {path} cannot be used: {error}.") from error
    if len(key) != KEY_BYTES:
        raise VaultKeyError(f"The key file {path} does not hold a 32-byte key in hexadecimal.")
    return key


def _write_key_file(path: Path, key: bytes) -> None:
    """A new file that only its owner can read, from its first byte on; OSError when it is there already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")


def _derive(passphrase: str, salt: bytes) -> bytes:
    text = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogateescape")
    return hashlib.scrypt(text, salt=salt, dklen=KEY_BYTES, maxmem=2**26, **_SCRYPT)


def _wrap(key: bytes, passphrase: str) -> dict[str, object]:
    """Lock the key with a passphrase: scrypt (RFC 7914), then AES key wrap (RFC 3394)."""
    from cryptography.hazmat.primitives.keywrap import aes_key_wrap

    if not passphrase:
        raise VaultKeyError("An empty passphrase protects nothing; choose another one.")
    salt = secrets.token_bytes(16)
    return {"salt": salt.hex(), "wrapped": aes_key_wrap(_derive(passphrase, salt), key).hex()}


def _unwrap(info: dict[str, object], passphrase: str | None) -> bytes:
    from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap

    if not passphrase:
        raise VaultKeyError(
            "This home is locked with a passphrase: set FLUFFY_PASSPHRASE or type it when asked."
        )
    try:
        salt, wrapped = bytes.fromhex(str(info["salt"])), bytes.fromhex(str(info["wrapped"]))
        return aes_key_unwrap(_derive(passphrase, salt), wrapped)
    except (KeyError, ValueError, InvalidUnwrap) as error:
        raise VaultKeyError("That passphrase does not open this home.") from error


def _backend() -> object:
    import keyring
    from keyring.backends import chainer

    chosen: object = keyring.get_keyring()
    candidates = chosen.backends if isinstance(chosen, chainer.ChainerBackend) else [chosen]
    for one in candidates:
        module = type(one).__module__
        if module.startswith("keyring.backends.") and not module.endswith((".null", ".fail", ".chainer")):
            return one
    raise VaultKeyError(
        "This computer has no safe keyring. Set FLUFFY_PASSPHRASE to lock your mail with a passphrase, or "
        "FLUFFY_KEY_FILE to a file that will hold the key."
    )


def _into_keyring(name: str, key: bytes) -> None:
    import keyring.errors

    backend = _backend()
    try:
        backend.set_password(APP_NAME, name, key.hex())  # type: ignore[attr-defined]
        if backend.get_password(APP_NAME, name) != key.hex():  # type: ignore[attr-defined]
            raise VaultKeyError(
                "The keyring did not keep the key. Set FLUFFY_PASSPHRASE or FLUFFY_KEY_FILE instead."
            )
    except keyring.errors.KeyringError as error:
        raise VaultKeyError(
            f"The keyring refused the key ({error}). Unlock it, or set FLUFFY_PASSPHRASE."
        ) from error


def _from_keyring(home: Path, name: str) -> bytes:
    import keyring.errors

    try:
        found = _backend().get_password(APP_NAME, name)  # type: ignore[attr-defined]
    except keyring.errors.KeyringError as error:
        raise VaultKeyError(f"The keyring cannot be read ({error}). Unlock it and try again.") from error
    if not found:
        raise VaultKeyError(
            f"The keyring has no key for {home} any more. "
            "Use `fluffy init --recover` with your recovery code."
        )
    try:
        return bytes.fromhex(found)
    except ValueError as error:
        raise VaultKeyError(f"The keyring holds something else than the key of {home}.") from error


def recovery_code(key: bytes) -> str:
    """The key as words to print: Base32 (RFC 4648) with a checksum, in groups of four."""
    check = hashlib.sha256(b"fluffymail recovery" + key).digest()[:_CHECK_BYTES]
    text = base64.b32encode(key + check).decode().rstrip("=")
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def from_recovery_code(code: str) -> bytes:
    """The key in a recovery code; VaultKeyError when it was mistyped."""
    letters = (
        "".join(code.upper().split()).replace("-", "").replace("0", "O").replace("1", "I").replace("8", "B")
    )
    try:
        data = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError as error:
        raise VaultKeyError("That is not a recovery code: it has letters A-Z and digits 2-7 only.") from error
    key = data[:KEY_BYTES]
    if len(data) != KEY_BYTES + _CHECK_BYTES or recovery_code(key).replace("-", "") != letters:
        raise VaultKeyError("The recovery code has a typing mistake somewhere.")
    return key


def recover(settings: Settings, code: str) -> bytes:
    """Lock a home anew with the key of its recovery code, under the provider that `settings` name.

    Raises VaultKeyError for a mistyped code, for the code of another home, and for a key file that holds
    another key; what was there stays.
    """
    from fluffy_core.store.database import Database

    key = from_recovery_code(code)
    if settings.paths.database.exists():
        probe = Database(settings.paths.database, key)
        try:
            probe.one("SELECT 1")
        except VaultKeyError as error:
            raise VaultKeyError(f"That recovery code does not open {settings.paths.database}.") from error
        finally:
            probe.close()
    provider = _chosen_provider(settings)
    _write_info(settings.paths.key_info, {"provider": provider} | _lock_with(provider, key, settings))
    return key
