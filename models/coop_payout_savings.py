from odoo import api, fields, models
from odoo.exceptions import UserError


class CoopPayout(models.Model):
    """Payouts that move no money: what members are owed goes into their voluntary savings."""
    _inherit = 'coop.payout'

    savings_type_id = fields.Many2one(
        comodel_name='coop.savings.type', string="Savings", check_company=True, tracking=True,
        compute='_compute_savings_type_id', store=True, readonly=False, precompute=True, ondelete='restrict',
        index='btree_not_null', domain="[('kind', '=', 'voluntary')]",
    )

    # === COMPUTE METHODS === #

    @api.depends('company_id', 'way')
    def _compute_savings_type_id(self):
        for payout in self:
            payout.savings_type_id = payout.way == 'savings' and self.env['coop.savings.type'].search(
                [('company_id', '=', payout.company_id.id), ('kind', '=', 'voluntary')], limit=1,
            )

    # === BUSINESS METHODS === #

    def _get_entry_journal(self):
        """Return the journal that the entry is booked in: the cash or bank journal, else the cooperative's own."""
        self.ensure_one()
        return self.journal_id or self.company_id._get_coop_journal('coop_journal_id')

    def _check_savings(self):
        """Refuse to pay into savings of which nothing can be taken out, or of those who save no more.

        :raises UserError: naming the savings or the member.
        """
        self.ensure_one()
        if self.method != 'savings':
            return
        if not self.savings_type_id.account_id or self.savings_type_id.kind != 'voluntary':
            raise UserError(self.env._("Choose voluntary savings that have an account."))
        for line in self.line_ids:
            if line.membership_id.state not in ('active', 'suspended'):
                raise UserError(self.env._(
                    "%s has left the cooperative and saves no more; pay in cash or by bank.", line._get_member_name(),
                ))

    def _prepare_counter_items(self):
        if self.method != 'savings':
            return super()._prepare_counter_items()
        return [{
            **line._prepare_item(), 'account_id': self.savings_type_id.account_id.id,
            'partner_id': line.partner_id.id, 'balance': -line.amount,
        } for line in self.line_ids]

    def _reverse_entry(self):
        """Refuse a cancellation after which a member would have saved less than nothing."""
        super()._reverse_entry()
        types = self._get_savings_types_paid()
        balances = self.line_ids.membership_id._get_savings_balances() if types else {}
        for membership, by_type in balances.items():
            for savings_type in types:
                if self.currency_id.compare_amounts(by_type.get(savings_type, 0.0), 0.0) < 0:
                    raise UserError(self.env._(
                        "%(member)s has taken the money out of %(savings)s already; cancel that payout first.",
                        member=membership.display_name, savings=savings_type.name,
                    ))

    def _get_savings_types_paid(self):
        """Return the savings that the payout paid into."""
        self.ensure_one()
        return self.savings_type_id
