"""Who logs in at the server: a password, an app password, or an access token for XOAUTH2.

Microsoft and Google give an access token for a refresh token; their own libraries ask for it (`daysheet[oauth]`).
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from daysheet.errors import DaysheetError
from daysheet.reports.mail.recipients import mailbox
from daysheet.reports.mail.secret import resolve
from daysheet.reports.mail.settings import MailSettings
from daysheet.reports.mail.submission import Login

# https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
MICROSOFT_SCOPE: Final = "https://outlook.office.com/SMTP.Send"
MICROSOFT_AUTHORITY: Final = "https://login.microsoftonline.com/common"
# https://developers.google.com/gmail/imap/xoauth2-protocol
GOOGLE_SCOPE: Final = "https://mail.google.com/"
GOOGLE_TOKEN_URL: Final = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address, not a secret


def login(mail: MailSettings, folder: Path) -> Login:
    """The login that `[mail]` describes; `folder` holds the books whose settings it is part of.

    Raises:
        DaysheetError: the secret is not there, the provider's library is not installed, or the provider refuses.
    """
    user = mail.user or mailbox(mail.sender).address
    secret = resolve(mail.secret, "mail password" if mail.auth == "password" else "mail token", folder)
    if mail.auth == "password":
        return Login(user, secret, None)
    if mail.auth == "microsoft":
        secret = _microsoft(mail, secret)
    elif mail.auth == "google":
        secret = _google(mail, secret, folder)
    return Login(user, None, secret)


def _microsoft(mail: MailSettings, refresh_token: str) -> str:
    _needs("msal")
    import msal  # noqa: PLC0415 - an optional extra

    authority = mail.token_url or MICROSOFT_AUTHORITY
    try:
        application = msal.PublicClientApplication(
            mail.client_id, authority=authority, instance_discovery=not mail.token_url
        )
        answer: dict[str, Any] = application.acquire_token_by_refresh_token(refresh_token, [MICROSOFT_SCOPE])
    except (OSError, ValueError) as problem:
        raise DaysheetError(f"Microsoft cannot be asked for an access token: {type(problem).__name__}") from None
    if "access_token" not in answer:
        raise DaysheetError(
            f"Microsoft refuses an access token: {answer.get('error', 'without a reason')}",
            remedy="sign in again and store the new refresh token",
        )
    return str(answer["access_token"])


def _google(mail: MailSettings, refresh_token: str, folder: Path) -> str:
    _needs("google.auth")
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415 - an optional extra
    from google.auth.transport.requests import Request  # noqa: PLC0415
    from google.oauth2.credentials import Credentials  # noqa: PLC0415

    credentials: Any = Credentials(  # type: ignore[no-untyped-call]
        None,
        refresh_token=refresh_token,
        token_uri=mail.token_url or GOOGLE_TOKEN_URL,
        client_id=mail.client_id,
        client_secret=resolve(mail.client_secret, "client secret of the Google application", folder),
        scopes=[GOOGLE_SCOPE],
    )
    try:
        credentials.refresh(Request())
    except GoogleAuthError as problem:
        raise DaysheetError(
            f"Google refuses an access token: {type(problem).__name__}",
            remedy="sign in again and store the new refresh token",
        ) from None
    return str(credentials.token)


def _needs(module: str) -> None:
    try:
        found = find_spec(module)
    except ModuleNotFoundError:
        found = None
    if found is None:
        raise DaysheetError(f"{module} is not installed", remedy="pip install 'daysheet[oauth]'")
