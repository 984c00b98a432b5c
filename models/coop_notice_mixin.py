from odoo import models
from odoo.tools import format_amount, format_date


class CoopNoticeMixin(models.AbstractModel):
    """Something that members are told of: whom it concerns, and what it says to each of them."""
    _name = 'coop.notice.mixin'
    _description = "What Members Are Told Of"

    # === BUSINESS METHODS === #

    def _queue_notices(self, key, occasion='-'):
        """Write down that the members whom these documents concern are to be told."""
        if not self.env['coop.notice.kind']._find(key):
            return  # an addon that is being installed
        # sudo: whom it concerns, whoever books it; only the queue reads it
        self.env['coop.notice']._queue(key, {
            document: document._get_notice_members(key) for document in self.sudo()
        }, occasion)

    def _get_notices(self):
        """Return what members were or will be told of these documents, as superuser."""
        # sudo: what was told decides over what is told next
        return self.env['coop.notice'].sudo().search([('res_model', '=', self._name), ('res_id', 'in', self.ids)])

    def _get_members_of(self, partners):
        """Return the newest membership of each of these partners, past ones too, as superuser."""
        # sudo: whom a document concerns, whoever books it
        members = self.env['coop.membership'].sudo()._get_in_force(partners.commercial_partner_id, self.company_id)
        return members.union(*(of_partner[:1] for of_partner in members.grouped('partner_id').values()))

    # === BUSINESS METHODS - WHAT MEMBERS ARE TOLD === #

    def _get_notice_members(self, key):
        """Return the memberships that are told; a document of several members must override this method."""
        self.ensure_one()
        return self.membership_id

    def _get_notice_informed(self, key):
        """Return the memberships that are told of a correction also where the first message never went out.

        They know of the document without it. For a document that members take part in, it must override this method.
        """
        self.ensure_one()
        return self.env['coop.membership']

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

    def _search_of_member(self, name, membership):
        """Return those of the rows of a one2many field that are this member's; the others' are not even read.

        A document of a thousand members is told to a thousand of them.
        """
        self.ensure_one()
        field = self._fields[name]
        return self.env[field.comodel_name].search([
            (field.inverse_name, '=', self.id), ('membership_id', '=', membership.id),
        ])

    def _notice_amount(self, amount):
        return format_amount(self.env, amount, self.company_id.currency_id)

    def _notice_amounts(self, rows):
        """Return ``[(label, text)]`` of those of ``[(label, amount)]`` that are not zero."""
        currency = self.company_id.currency_id
        return [(label, self._notice_amount(amount)) for label, amount in rows if not currency.is_zero(amount)]
