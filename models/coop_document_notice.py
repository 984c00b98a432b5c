from odoo import models

#: States of a document that nobody was given anything of: cancelling it then tells nobody who was not told of it.
UNUSED_STATES = ('draft', 'computed', 'requested', 'previewed')


class CoopDocumentMixin(models.AbstractModel):
    """Documents that members are told of."""
    _name = 'coop.document.mixin'
    _inherit = ['coop.document.mixin', 'coop.notice.mixin']

    #: Which kind of message goes to members when the document comes to a state: ``{state: key of the kind}``.
    _notices: dict[str, str] = {}

    # === BUSINESS METHODS === #

    def _update_state(self, target, **values):
        key = self._notices.get(target)
        counted = self._filter_counted() if key and target == 'cancelled' else self
        super()._update_state(target, **values)
        if key:
            counted._queue_notices(key)

    def _filter_counted(self):
        """Return the documents that members have something of in their hands, or were told of."""
        return self.filtered(lambda document: document.state not in UNUSED_STATES or document._get_notices())
