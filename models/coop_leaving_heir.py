from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.producer_cooperative.tools.errors import RuleRefusal
from odoo.addons.producer_cooperative.tools.heirs import check_whole, parse_share


class CoopLeavingHeir(models.Model):
    """One heir of a deceased member, and the heir's share of what the member left."""
    _name = 'coop.leaving.heir'
    _inherit = ['coop.guard.mixin', 'coop.kept.line.mixin']
    _description = "Heir"
    _kept_by = 'leaving_id'
    _guarded_fields = frozenset({'approved_name'})
    _order = 'leaving_id, sequence, id'
    _check_company_auto = True

    leaving_id = fields.Many2one(comodel_name='coop.leaving', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='leaving_id.company_id', store=True, precompute=True)
    currency_id = fields.Many2one(related='leaving_id.currency_id')
    sequence = fields.Integer(default=10)
    partner_id = fields.Many2one(
        comodel_name='res.partner', string="Heir", required=True, index=True, check_company=True, ondelete='restrict',
    )
    relation = fields.Char(help="How the heir is related to the member: widow, son, sister …")
    share = fields.Char(required=True, help="Per cent, like 25 or 33,5, or a fraction of the whole, like 1/3.")
    percent = fields.Float(string="%", compute='_compute_percent', digits=(6, 3))
    approved_name = fields.Char(
        string="Name at Approval", readonly=True, copy=False,
        help="What the heir was called when the leaving was approved, whatever the contact is called now.",
    )
    is_waiting = fields.Boolean(
        compute='_compute_is_waiting', store=True, index=True, export_string_translation=False,
    )
    amount = fields.Monetary(compute='_compute_amount', help="What the heir was credited.")

    _heir_uniq = models.Constraint('UNIQUE (leaving_id, partner_id)', "This heir is named already.")

    # === COMPUTE METHODS === #

    @api.depends('share')
    def _compute_percent(self):
        for heir in self:
            try:
                heir.percent = float(parse_share(heir.share) * 100)
            except RuleRefusal:
                heir.percent = 0.0

    @api.depends('leaving_id.state', 'leaving_id.reason', 'leaving_id.payment_state')
    def _compute_is_waiting(self):
        """Whether the heir was approved and not everything of the leaving is paid: the person is settled till then."""
        for heir in self:
            leaving = heir.leaving_id
            unpaid = leaving.state == 'posted' and leaving.payment_state in ('not_paid', 'partial')
            heir.is_waiting = leaving._has_heirs() and (leaving.state == 'approved' or unpaid)

    @api.depends('leaving_id.payable_line_ids.balance', 'leaving_id.state', 'leaving_id.amount_payable', 'share')
    def _compute_amount(self):
        for leaving, heirs in self.grouped('leaving_id').items():
            booked = leaving.sudo().payable_line_ids  # sudo: how much, not the journal items
            planned = leaving._get_planned_parts() if leaving.state in ('draft', 'approved') else {}
            for heir in heirs:
                own = booked.filtered(lambda item, heir=heir: item.partner_id == heir.partner_id)
                heir.amount = -sum(own.mapped('balance')) if leaving.state == 'posted' else planned.get(heir, 0.0)

    # === CONSTRAINT METHODS === #

    @api.constrains('share')
    def _check_share(self):
        for heir in self:
            heir._get_share()

    @api.constrains('partner_id')
    def _check_partner(self):
        for heir in self:
            if heir.partner_id.commercial_partner_id == heir.leaving_id.partner_id:
                raise ValidationError(self.env._("%s cannot inherit from themselves.", heir.partner_id.display_name))

    # === BUSINESS METHODS === #

    def _settle_persons(self):
        """Keep who the heirs are at the approval; their bank accounts wait for approval like those of members."""
        for heir in self:
            # sudo: the name is guarded; whoever calls approves the leaving
            heir.sudo().approved_name = heir.partner_id.name

    def _get_statement_name(self):
        """Return the heir's name for papers, with the one that was approved beside it when the contact changed."""
        self.ensure_one()
        if self.approved_name and self.approved_name != self.partner_id.name:
            return self.env._(
                "%(name)s (approved as %(approved)s)", name=self.partner_id.name, approved=self.approved_name,
            )
        return self.partner_id.name

    def _check_may_change(self):
        for leaving in self.leaving_id:
            if leaving.state != 'draft':
                raise UserError(self.env._(
                    "%s is approved: its heirs are not changed any more. Cancel it and record the leaving anew.",
                    leaving.display_name,
                ))

    def _get_share(self):
        """Return the share as a part of the whole.

        :raises ValidationError: when it cannot be read.
        """
        self.ensure_one()
        try:
            return parse_share(self.share)
        except RuleRefusal:
            raise ValidationError(self.env._(
                "“%(share)s” is no share of %(heir)s. Write per cent, like 25 or 33,5, or a fraction, like 1/3.",
                share=self.share, heir=self.partner_id.display_name,
            )) from None

    def _check_shares(self, leaving):
        """Refuse heirs who do not get the whole together.

        :raises UserError: when there is none, or the shares do not add up.
        """
        if not self:
            raise UserError(self.env._(
                "Enter the heirs of %s and their shares. As long as they are not known, enter who represents them as"
                " the only heir with 100 %%.", leaving.membership_id.display_name,
            ))
        try:
            check_whole([heir._get_share() for heir in self])
        except RuleRefusal as refusal:
            raise UserError(self.env._(
                "The shares of the heirs of %(member)s add up to %(total)s and not to 100 %%. For equal thirds write"
                " 1/3 three times.",
                member=leaving.membership_id.display_name, total=refusal.params['total'],
            )) from None
