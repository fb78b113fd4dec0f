"""Which e-mails Zendesk suspends as automatic: they become no comment.

https://support.zendesk.com/hc/en-us/articles/4408828416282-Causes-for-ticket-suspension
"""

import re
from collections.abc import Mapping

_MAIL_SYSTEM = re.compile(r"(?i)^(mailer-daemon|postmaster)@")
_OUT_OF_OFFICE = re.compile(r"(?i)^\W*(out of (the )?office|vacation|auto-?reply|automatic reply)")
_HEADERS = ("x-autoreply", "x-autorespond", "x-autoresponse")


def suspended(sender: str, subject: str, headers: Mapping[str, str]) -> bool:
    """Say whether a mail is put aside. Without a header, subjects in other languages are let through."""
    told = {name.lower(): value.strip().lower() for name, value in headers.items()}
    return bool(
        _MAIL_SYSTEM.match(sender)
        or _OUT_OF_OFFICE.match(subject)
        or told.get("auto-submitted", "no") != "no"
        or told.get("precedence") in ("auto_reply", "bulk", "junk")
        or any(name in told for name in _HEADERS)
    )
