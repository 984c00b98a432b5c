from odoo import models


class CoopConsignmentTerm(models.Model):
    """Who noted a member's consent to a set-off does not set off by it alone."""
    _name = 'coop.consignment.term'
    _inherit = ['coop.consignment.term', 'coop.approval.mixin']

    _prepared_fields = frozenset({'set_off_rate', 'set_off_consent_date', 'set_off_consent_ref'})

    # === CRUD METHODS === #

    def _creates_document(self, vals):
        return bool(vals.get('set_off_consent_date'))

    # === BUSINESS METHODS === #

    def _get_approval_kind(self):
        self.ensure_one()
        return 'set_off_consent' if self.set_off_rate and self.set_off_consent_date else False

    def _get_approval_content(self):
        self.ensure_one()
        return [self.agreement_id.id, self.set_off_rate, self.set_off_consent_date, self.set_off_consent_ref]

    def _get_approval_label(self):
        self.ensure_one()
        return self.env._("consent to set-off of %s", self.agreement_id.display_name)

    def _get_beneficiaries(self):
        return self.agreement_id.membership_id.partner_id

    def _waits_for_posting(self):
        return bool(self.set_off_rate and self.set_off_consent_date)


class CoopSettlement(models.Model):
    """Sets off by consents that two people have seen."""
    _inherit = 'coop.settlement'

    # === BUSINESS METHODS === #

    def _post_checked(self):
        self._check_consents_seen()
        return super()._post_checked()

    def _check_consents_seen(self):
        """Refuse that who noted a consent sets off by it alone, above the limit.

        :raises UserError: naming the agreement and who may approve.
        """
        with_set_off = self.filtered(lambda one: not one.currency_id.is_zero(one.amount_set_off))
        for company, settlements in with_set_off.grouped('company_id').items():
            limit = company._coop_get_approval_limit('set_off_consent')
            large = settlements.filtered(lambda one, limit=limit: not limit or limit._needs_two(one.amount_set_off))
            large.line_ids.term_id.filtered('set_off_consent_date')._check_two_people()


class CoopConsignmentBill(models.Model):
    """What is bought outright is set off by the same consents, or by one that is noted on the bill."""
    _name = 'coop.consignment.bill'
    _inherit = ['coop.consignment.bill', 'coop.approval.mixin']

    _prepared_fields = frozenset({'set_off_rate', 'set_off_consent_date'})

    # === CRUD METHODS === #

    def _creates_document(self, vals):
        return bool(vals.get('set_off_consent_date'))

    # === BUSINESS METHODS === #

    def _get_approval_kind(self):
        self.ensure_one()
        return 'set_off_consent' if self.set_off_rate and self.set_off_consent_date else False

    def _get_approval_amount(self):
        """Return what is set off; before that is known, the share of what the bill will come to."""
        self.ensure_one()
        return self.amount_set_off or self.currency_id.round(self.amount_expected * self.set_off_rate / 100)

    def _get_approval_content(self):
        self.ensure_one()
        return [self.partner_id.id, self.set_off_rate, self.set_off_consent_date]

    def _get_preparers(self):
        """Return who noted the consent: in the agreement, on the purchase that made the bill, or on the bill itself."""
        self.ensure_one()
        # sudo: who noted the consent; the bill's own user may not read the purchase
        purchase = self.buyout_id.sudo()
        noted = self.set_off_consent_date, self.set_off_rate
        if purchase and (purchase.set_off_consent_date, purchase.set_off_rate) == noted:
            return purchase.noted_by_id
        term = self._get_consented_term()
        if term._get_signed_set_off() == noted:
            return term._get_preparers() if term else self.env['res.users']
        return super()._get_preparers()

    def _get_beneficiaries(self):
        return self.partner_id

    def _check_consent_is_seen(self):
        """Refuse that who noted the consent sets off by it alone, above the limit; once the set-off is known."""
        self.filtered('set_off_move_id')._check_two_people()

    def _get_consented_term(self):
        self.ensure_one()
        get_term = self.env['coop.consignment.agreement']._get_terms(self.company_id, self.partner_id)
        goods = self.consignment_id.line_ids.product_id or self.buyout_id.line_ids.product_id
        return get_term(self.partner_id, self.date, goods[:1].categ_id)
