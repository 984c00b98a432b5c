from odoo import models


class CoopMembership(models.Model):
    """Who noted a member's consent to set SHU off does not set off by it alone, above the limit for consents."""
    _name = 'coop.membership'
    _inherit = ['coop.membership', 'coop.approval.mixin']

    _prepared_fields = frozenset({'shu_set_off_date'})

    # === CRUD METHODS === #

    def _creates_document(self, vals):
        return bool(vals.get('shu_set_off_date'))

    # === BUSINESS METHODS === #

    def _get_approval_kind(self):
        self.ensure_one()
        # sudo: whether there is a consent, for whoever sets off by it
        return 'set_off_consent' if self.sudo().shu_set_off_date else False

    def _get_approval_content(self):
        self.ensure_one()
        return [self.partner_id.id, self.shu_set_off_date]

    def _get_approval_label(self):
        self.ensure_one()
        return self.env._("consent to set-off of %s", self.display_name)

    def _get_beneficiaries(self):
        return self.partner_id

    def _waits_for_posting(self):
        return bool(self.sudo().shu_set_off_date)  # sudo: see above

    def _check_consent_seen(self, amount):
        """Refuse that who noted the consents of these members sets so much off by them alone.

        :param amount: what is set off of one member, in the company's currency.
        :raises UserError: naming the member and who may approve.
        """
        for member in self:
            limit = member.company_id._coop_get_approval_limit('set_off_consent')
            if not limit or limit._needs_two(amount):
                member._check_two_people()


class CoopPayout(models.Model):
    """SHU is set off by consents that two people have seen."""
    _inherit = 'coop.payout'

    # === BUSINESS METHODS === #

    def _check_set_offs(self):
        res = super()._check_set_offs()
        if self.method == 'set_off':
            for member, lines in self.line_ids.grouped('membership_id').items():
                member._check_consent_seen(sum(lines.mapped('amount')))
        return res


class CoopCounterReceipt(models.Model):
    """A consent that is signed on the receipt is the receipt's own; one that stands on the membership was noted before.
    """
    _inherit = 'coop.counter.receipt'

    # === BUSINESS METHODS === #

    def _check_consent(self, chosen):
        res = super()._check_consent(chosen)
        set_off = sum(chosen.filtered(lambda line: line.kind == 'payable').mapped('amount_set_off'))
        if set_off and not self.consent_signed:
            self.membership_id._check_consent_seen(set_off)
        return res
