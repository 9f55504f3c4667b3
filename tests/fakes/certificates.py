"""Certificates for servers of tests: good, expired, for another name, signed by themselves."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files of a server, and the authority that a client may trust."""

    chain: Path
    key: Path
    authority: Path
    fingerprint: str


def make(
    folder: Path, *, name: str = "localhost", expired: bool = False, self_signed: bool = False
) -> Certificate:
    """Write a certificate, its key and its authority into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    authority_key = key if self_signed else ec.generate_private_key(ec.SECP256R1())
    issuer = _name(name if self_signed else "Test authority")
    leaf = _builder(_name(name), issuer, expired=expired).public_key(key.public_key())
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    if name == "localhost":
        names.append(x509.IPAddress(ip_address("127.0.0.1")))
    leaf = leaf.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if not self_signed:
        leaf = _identified(leaf, key.public_key(), authority_key.public_key(), is_authority=False)
    certificate = leaf.sign(authority_key, hashes.SHA256())
    top = _builder(issuer, issuer, expired=False).public_key(authority_key.public_key())
    top = _identified(top, authority_key.public_key(), authority_key.public_key(), is_authority=True)
    paths = (folder / "chain.pem", folder / "key.pem", folder / "authority.pem")
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    paths[2].write_bytes(top.sign(authority_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return Certificate(*paths, fingerprint=certificate.fingerprint(hashes.SHA256()).hex())


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(subject: x509.Name, issuer: x509.Name, *, expired: bool) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=40))
        .not_valid_after(now - timedelta(days=10) if expired else now + timedelta(days=40))
    )


def _identified(
    builder: x509.CertificateBuilder,
    own: ec.EllipticCurvePublicKey,
    authority: ec.EllipticCurvePublicKey,
    *,
    is_authority: bool,
) -> x509.CertificateBuilder:
    """With what strict verifiers (Python 3.13) ask for."""
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority)
    return (
        builder.add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own), critical=False)
        .add_extension(identifier, critical=False)
    )
