from odoo import models
from odoo.tools import format_amount, format_date

#: States of a document that nobody was given anything of: cancelling it then tells nobody.
UNUSED_STATES = ('draft', 'computed', 'requested', 'previewed')


class CoopDocumentMixin(models.AbstractModel):
    """Documents that members are told of."""
    _inherit = 'coop.document.mixin'

    #: Which kind of message goes to members when the document comes to a state: ``{state: key of the kind}``.
    _notices: dict[str, str] = {}

    # === BUSINESS METHODS === #

    def _update_state(self, target, **values):
        key = self._notices.get(target)
        counted = self.filtered(lambda document: document.state not in UNUSED_STATES) if key else self.browse()
        super()._update_state(target, **values)
        if key:
            (counted if target == 'cancelled' else self)._queue_notices(key)

    def _queue_notices(self, key, occasion='-'):
        """Write down that the members whom these documents concern are to be told."""
        if not self.env['coop.notice.kind']._find(key):
            return  # an addon that is being installed
        # sudo: whom it concerns, whoever books it; only the queue reads it
        self.env['coop.notice']._queue(key, {
            document: document._get_notice_members(key) for document in self.sudo()
        }, occasion)

    # === BUSINESS METHODS - WHAT MEMBERS ARE TOLD === #

    def _get_notice_members(self, key):
        """Return the memberships that are told; a document of several members must override this method."""
        self.ensure_one()
        return self.membership_id

    def _get_notice_rows(self, membership, key):
        """Return ``[(label, text)]`` of what concerns this member; each document must override this method."""
        self.ensure_one()
        return []

    def _get_notice_date(self):
        """Return the day that the document bears, as text."""
        self.ensure_one()
        return format_date(self.env, self.date)

    def _get_notice_reason(self):
        """Return why the document was corrected."""
        self.ensure_one()
        return self.cancel_reason

    def _notice_amount(self, amount):
        return format_amount(self.env, amount, self.company_id.currency_id)
