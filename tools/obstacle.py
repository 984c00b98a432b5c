"""What has to be done before a period can be closed: a sentence, and the records that it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Obstacle(str):
    """A sentence for the user that also knows where to go.

    :param text: what is to be done
    :param model: technical name of the records to open; none when there is nothing to open
    :param domain: which of them
    :param defaults: values for new records, by field name
    :param action: external id of the screen to open them on, without the addon's name; the model's own by default
    :param blocking: whether the period cannot be closed before; otherwise it is advice
    :param key: what stays the same when the sentence changes with the figures in it; model and screen by default

    >>> Obstacle("2 vouchers are drafts", 'coop.savings.voucher', [('state', '=', 'draft')])
    '2 vouchers are drafts'
    >>> Obstacle("Lock the books", blocking=False).blocking
    False
    >>> Obstacle("3 vouchers are drafts", 'coop.savings.voucher').key
    'coop.savings.voucher'
    """

    model: str
    domain: list
    defaults: dict[str, object]
    action: str
    blocking: bool
    key: str

    def __new__(
        cls, text: str, model: str = '', domain: Sequence = (), defaults: Mapping[str, object] | None = None,
        action: str = '', blocking: bool = True, key: str = '',
    ) -> Obstacle:
        obstacle = super().__new__(cls, text)
        obstacle.model, obstacle.domain, obstacle.defaults = model, list(domain), dict(defaults or {})
        obstacle.action, obstacle.blocking = action, blocking
        obstacle.key = key or '/'.join(filter(None, (model, action))) or text[:60]
        return obstacle
