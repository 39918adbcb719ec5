"""No secret is committed: keys of clouds, private keys, tokens, passwords in addresses."""

from __future__ import annotations

from pathlib import Path

from detect_secrets import SecretsCollection
from detect_secrets.settings import transient_settings

from tests.security.scale import WHOLE, note

ROOT = Path(__file__).parents[2]
PLACES = ("infra", ".chalice", *(("chalicelib", "templates", "docs", "bench", "tests") if WHOLE else ()))
PLUGINS = (
    "AWSKeyDetector",
    "AzureStorageKeyDetector",
    "BasicAuthDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "JwtTokenDetector",
    "NpmDetector",
    "OpenAIDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
    "SendGridDetector",
    "SlackDetector",
    "StripeDetector",
    "TelegramBotTokenDetector",
    "TwilioKeyDetector",
)
"""Those that know what they look for; guesses by entropy would find digests and samples."""

MOST = 400_000
KNOWN = {("test_identity_provider.py", "Basic Auth Credentials")}
"""File and kind of what is no secret: an address that has to be refused."""


def found_in(*files: Path) -> set[tuple[str, str]]:
    """File and kind of each secret."""
    secrets = SecretsCollection()
    with transient_settings({"plugins_used": [{"name": name} for name in PLUGINS], "filters_used": []}):
        for file in files:
            secrets.scan_file(str(file))
    return {(str(Path(name).name), secret.type) for name, secret in secrets}


def test_no_file_holds_a_secret() -> None:
    files = [path for path in ROOT.iterdir() if path.is_file()]
    for place in PLACES:
        files += [path for path in (ROOT / place).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    read = [path for path in files if path.stat().st_size < MOST]
    assert len(read) > (500 if WHOLE else 50)
    assert found_in(*read) == (KNOWN if WHOLE else set())
    note(files_without_secrets=len(read))


def test_secrets_would_be_found(tmp_path: Path) -> None:
    planted = {
        "aws": "AKIA" + "Z7Q4M2N8P6R3T5V9",
        "private": "-----BEGIN " + "EC PRIVATE KEY-----",
        "token": "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
        "address": "https://user:" + "pa55word@example.org/",
    }
    for name, text in planted.items():
        (tmp_path / name).write_text(text)
    assert {name for name, _ in found_in(*tmp_path.iterdir())} == planted.keys()
