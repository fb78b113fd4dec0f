"""The signing secrets of the account's webhooks."""

from __future__ import annotations

from connector.errors import ApiAnswer, UnreadableAnswer
from connector.reading import mapping, text
from connector.zendesk.access.channel import Channel, body_of, reading, writing


class SigningSecrets:
    """What Zendesk signs its webhooks with. Raises the errors of `connector.errors`.

    https://developer.zendesk.com/api-reference/webhooks/webhooks-api/webhooks/#show-webhook-signing-secret
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def show(self, webhook_id: str) -> str:
        """The secret that Zendesk signs with now."""
        with reading():
            return _secret_in(self._channel.zenpy_read(lambda zenpy: zenpy.webhooks.show_secret(webhook_id)))

    def reset(self, webhook_id: str) -> str:
        """The new secret, with which Zendesk signs from now on. Unclear: `show` tells whether there is one."""
        with writing():
            return _secret_in(self._channel.zenpy(lambda zenpy: zenpy.webhooks.reset_secret(webhook_id)))


def _secret_in(answer: ApiAnswer) -> str:
    secret = text(mapping(body_of(answer).get("signing_secret")).get("secret"))
    if not secret:
        raise UnreadableAnswer("the webhook has no signing secret")
    return secret
