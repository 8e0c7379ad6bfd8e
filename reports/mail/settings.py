"""The `[mail]` table of `daysheet.toml`: from whom, to whom, through which server. Never a secret.

Example:
    [mail]
    from = "Harbor Bookkeeping <books@harbor.example>"
    recipients = ["Dana Whitfield <dana@whitfield-cpa.example>"]
    host = "smtp.harbor.example"
    user = "books@harbor.example"
    secret = "keyring:daysheet-mail/books@harbor.example"
    pdf-password = "command:pass show willow-creek/pack"
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from daysheet.settings import Settings

SECURITIES: Final = ("starttls", "tls")
AUTHS: Final = ("password", "xoauth2", "microsoft", "google")
PORTS: Final = {"starttls": 587, "tls": 465}


@dataclass(frozen=True)
class MailSettings:
    """How mail leaves.

    Attributes:
        sender: the `From` address, with or without a name (key `from`).
        recipients: the only addresses that a pack may be sent to.
        host: the submission server.
        port: its port; 0 for the usual one (587 for starttls, 465 for tls).
        security: `starttls` or `tls`; certificates are always verified.
        ca_file: certificates to trust instead of the system's, for a server with its own authority.
        auth: `password` (an app password too), `xoauth2` (the secret is an access token), `microsoft` or `google`
            (the secret is a refresh token, exchanged for an access token).
        user: the name to log in with; the sender's address when left out.
        secret: where the password or token is kept: `keyring:SERVICE/USER`, `env:NAME` or `command:PROGRAM …`.
        client_id: of the registered application, for `microsoft` and `google`.
        client_secret: where Google's client secret is kept, as `secret`.
        token_url: the authority to ask for access tokens, when it is not the provider's own.
        pdf_password: where the password of the PDF is kept, as `secret`; without it the plain PDF is sent.
        budget_mb: the most that the files of one message may weigh, in megabytes of 1,000,000 bytes.
        timeout: seconds to wait for the server's answer.
    """

    sender: str = field(default="", metadata={"key": "from"})
    recipients: tuple[str, ...] = ()
    host: str = ""
    port: int = 0
    security: str = "starttls"
    ca_file: str = ""
    auth: str = "password"
    user: str = ""
    secret: str = ""
    client_id: str = ""
    client_secret: str = ""
    token_url: str = ""
    pdf_password: str = ""
    budget_mb: int = 18
    timeout: int = 60


def mail_settings(settings: Settings) -> MailSettings:
    """The `[mail]` table, with its words checked.

    Raises:
        DaysheetError: the table is missing what every message needs, or holds an unknown word.
    """
    mail = settings.table("mail", MailSettings)
    for key, value in (("from", mail.sender), ("recipients", mail.recipients)):
        if not value:
            raise settings.error(f'[mail] needs "{key}"', "mail")
    for key, value, known in (("security", mail.security, SECURITIES), ("auth", mail.auth, AUTHS)):
        if value not in known:
            raise settings.error(f'{key} = "{value}" in [mail] is not known', value, known)
    return mail
