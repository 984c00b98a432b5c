from odoo import api, fields, models
from odoo.exceptions import UserError


class CoopConsignmentAgreement(models.Model):
    """What the cooperative takes for selling a member's goods: one member's own agreement, or the one for all."""
    _name = 'coop.consignment.agreement'
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _description = "Consignment Agreement"
    _order = 'company_id, membership_id, id'
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", index='btree_not_null', check_company=True, tracking=True,
        ondelete='restrict', domain="[('state', '!=', 'candidate')]",
        help="Leave empty for the terms that hold for every member without an agreement of their own.",
    )
    partner_id = fields.Many2one(
        related='membership_id.partner_id', string="Owner", store=True, index='btree_not_null',
    )
    active = fields.Boolean(default=True)
    term_ids = fields.One2many(comodel_name='coop.consignment.term', inverse_name='agreement_id', string="Terms")
    note = fields.Html(string="Remarks")

    _one_per_member = models.UniqueIndex(
        "(company_id, membership_id) WHERE active AND membership_id IS NOT NULL",
        "This member has an agreement already.",
    )
    _one_for_all = models.UniqueIndex(
        "(company_id) WHERE active AND membership_id IS NULL", "There is an agreement for all members already.",
    )

    # === COMPUTE METHODS === #

    @api.depends('membership_id')
    def _compute_display_name(self):
        for agreement in self:
            agreement.display_name = agreement.membership_id.display_name or self.env._("All Members")

    # === CRUD METHODS === #

    def write(self, vals):
        before = {agreement: agreement._get_scope() for agreement in self}
        res = super().write(vals)
        for agreement in self:
            if agreement._get_scope() != before[agreement]:
                agreement._check_not_used()
                agreement.term_ids._check_not_settled_past()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_not_used()

    def _get_scope(self):
        """Return whose sales the agreement is about, and whether it holds."""
        self.ensure_one()
        return self.company_id, self.membership_id, self.active

    def _check_not_used(self):
        """Refuse to take agreements away from under the settlements that rest on them.

        :raises UserError: saying to write down new terms instead.
        """
        for agreement in self:
            # sudo: whether anything was settled under the terms, of whatever member
            if agreement.sudo().term_ids._get_used():
                raise UserError(self.env._(
                    "The agreement “%s” was settled with and stays. Write down new terms from a later day on.",
                    agreement.display_name,
                ))

    # === BUSINESS METHODS === #

    @api.model
    def _get_terms(self, company, partners):
        """Return a function ``(partner, day) -> term in force``, empty when nothing was agreed for that day.

        A member's own terms come before the ones for all members. One look-up for all partners.
        """
        # sudo: commissions are computed by whoever settles, and told to the member anyway
        agreements = self.sudo().search([
            ('company_id', '=', company.id), '|', ('membership_id', '=', False), ('partner_id', 'in', partners.ids),
        ])
        by_partner = agreements.grouped('partner_id')
        for_all = by_partner.get(self.env['res.partner'], self.sudo().browse()).term_ids

        def get_term(partner, day):
            own = by_partner[partner].term_ids if partner in by_partner else for_all.browse()
            return own._in_force_on(day) or for_all._in_force_on(day)

        return get_term
