"""A throw-away certificate authority for servers on loopback.

The local identity provider and the local STS get their certificates here, and whoever is to trust them is given `ca_file`. Certificates carry
what OpenSSL's strict checks ask for, so that a client that rejects one does so for the reason that a test chose.
"""

import datetime
import ipaddress
import os
import shutil
import subprocess
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)


class Authority:
    """A certificate authority that lives in a directory; it is made there on first use, and found again by a second run."""

    def __init__(self, directory):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.ca_file = self.directory / "ca.pem"
        key_file = self.directory / "ca.key"
        if self.ca_file.exists():
            self._certificate = x509.load_pem_x509_certificate(self.ca_file.read_bytes())
            self._key = serialization.load_pem_private_key(key_file.read_bytes(), None)
            return
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Throw-away authority for tests")])
        usage = x509.KeyUsage(key_cert_sign=True, crl_sign=True, digital_signature=False, content_commitment=False, key_encipherment=False,
                              data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False)
        self._certificate = _sign(self._key, name, name, self._key, _now() - DAY, _now() + 30 * DAY, [
            (x509.BasicConstraints(ca=True, path_length=0), True),
            (usage, True),
        ])
        write_private_key(key_file, self._key)
        self.ca_file.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def hashed_folder(self, folder):
        """Make a folder, for everybody to read, in which OpenSSL finds the authority's certificate by its hash."""
        folder = Path(folder)
        folder.mkdir()
        folder.chmod(0o755)
        Path(shutil.copy(self.ca_file, folder)).chmod(0o644)
        subprocess.run(["openssl", "rehash", folder], check=True, capture_output=True)
        return folder

    def server(self, name, *names, valid_from=None, valid_until=None, self_signed=False):
        """A new key and certificate for the DNS names and IP addresses `names`, in files called `name`: (certificate path, key path).

        Valid from yesterday for eight days, unless a test wants one that is not yet, or no longer, valid (datetimes with a time zone)."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        usage = x509.KeyUsage(digital_signature=True, key_cert_sign=False, crl_sign=False, content_commitment=False, key_encipherment=False,
                              data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False)
        issuer, issuer_key = (subject, key) if self_signed else (self._certificate.subject, self._key)
        certificate = _sign(issuer_key, issuer, subject, key, valid_from or _now() - DAY, valid_until or _now() + 7 * DAY, [
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (usage, True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
            (x509.SubjectAlternativeName([_general_name(each) for each in names]), False),
        ])
        certificate_file, key_file = self.directory / f"{name}.pem", self.directory / f"{name}.key"
        write_private_key(key_file, key)
        certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return certificate_file, key_file


def write_private_key(path, key):
    """Write a private key as PEM, readable by its owner only from the first moment on."""
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)


def _sign(issuer_key, issuer, subject, key, valid_from, valid_until, extensions):
    """Make a certificate, adding the two key identifiers to the extensions, each given with its criticality."""
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
               .serial_number(x509.random_serial_number()).not_valid_before(valid_from).not_valid_after(valid_until))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False)
    return builder.sign(issuer_key, hashes.SHA256())


def _general_name(name):
    """A name for a certificate: an IP address where it reads as one, else a DNS name."""
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _now():
    return datetime.datetime.now(datetime.timezone.utc)
