from odoo import models
from odoo.tools import format_amount


class CoopPoolAllocation(models.Model):
    """A share that was changed by hand is not handed out by who changed it alone, above the limit."""
    _name = 'coop.pool.allocation'
    _inherit = ['coop.pool.allocation', 'coop.approval.mixin']

    _prepared_fields = frozenset({'quantity', 'manual_reason'})

    # === CRUD METHODS === #

    def _creates_document(self, vals):
        return False  # the rule has

    def _writes_document(self, vals):
        """Whether the share is another one by hand; a window sends what it shows, changed or not."""
        if 'quantity' in vals and self.uom_id.compare(vals['quantity'], self.quantity):
            return True
        return 'manual_reason' in vals and (vals['manual_reason'] or '') != (self.sudo().manual_reason or '')

    def write(self, vals):
        res = super().write(vals)
        if 'quantity' in vals:
            back = self.sudo().filtered(lambda share: not share.is_manual and share.prepared_by_ids)
            back.prepared_by_ids = False  # back to what the rule gives: nobody's share
            back._withdraw_approvals()
        return res

    # === BUSINESS METHODS === #

    def _get_approval_kind(self):
        self.ensure_one()
        return 'pool_allocation' if self.is_manual else False

    def _get_approval_amount(self):
        """Return what the member gets more or less than by the rule, at today's vendor price; None without a price."""
        self.ensure_one()
        share = self.sudo()  # sudo: prices decide on the limit, also for those who may not read them
        price = share.price_unit or share.line_id._get_estimated_price(share.line_id.quantity_requested)
        return share.currency_id.round(abs(share.quantity_difference) * price) if price else None

    def _get_approval_content(self):
        self.ensure_one()
        return [self.line_id.id, self.membership_id.id, self.quantity]

    def _get_approval_label(self):
        self.ensure_one()
        return f"{self.pool_id.display_name}, {self.display_name}"

    def _get_beneficiaries(self):
        return self.membership_id.partner_id

    def _waits_for_posting(self):
        return self.is_manual and self.pool_state in ('ordered', 'received')

    def _two_people_error_message(self):
        self.ensure_one()
        company = self.company_id
        limit = company._coop_get_approval_limit('pool_allocation')
        return self.env._(
            "You changed what %(member)s gets of %(product)s by hand, worth more than %(limit)s. Let somebody else"
            " distribute the goods, or press “Ask for Approval” beside the share. It may be approved by: %(names)s.",
            member=self.membership_id.display_name, product=self.line_id.display_name,
            limit=format_amount(self.env, limit.amount, company.currency_id),
            names=", ".join((self._get_approvers() - self._get_preparers()).mapped('name'))
            or self.env._("nobody else has such a role yet"),
        )


class CoopPool(models.Model):
    """Shares changed by hand are looked at before the goods are handed out."""
    _inherit = 'coop.pool'

    # === BUSINESS METHODS === #

    def _check_can_be_distributed(self):
        super()._check_can_be_distributed()
        self.allocation_ids.filtered('is_manual')._check_two_people()
