from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from odoo.addons.producer_cooperative.models.coop_membership_payout import PAYOUT_METHODS
from odoo.addons.producer_cooperative.models.coop_payout_shu import BOOKED_STATES


class CoopShuPayOut(models.TransientModel):
    """Write the vouchers that pay SHU: one or more for each way of payment that members chose."""
    _name = 'coop.shu.pay.out'
    _inherit = ['coop.once.mixin']
    _description = "Pay Out SHU"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name='res.company', required=True, readonly=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    allocation_id = fields.Many2one(
        comodel_name='coop.shu.allocation', string="Only This SHU", check_company=True,
        domain="[('state', '=', 'posted'), ('company_id', '=', company_id)]",
        help="Leave empty to pay what is still owed of all years together.",
    )
    member_line_ids = fields.Many2many(
        comodel_name='coop.shu.member.line', string="Only These Members' SHU", check_company=True,
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    cash_journal_id = fields.Many2one(
        comodel_name='account.journal', string="Cash Box", check_company=True, domain="[('type', '=', 'cash')]",
        compute='_compute_journals', store=True, readonly=False, precompute=True,
    )
    bank_journal_id = fields.Many2one(
        comodel_name='account.journal', string="Bank", check_company=True, domain="[('type', '=', 'bank')]",
        compute='_compute_journals', store=True, readonly=False, precompute=True,
    )
    is_cash = fields.Boolean(string="Cash", default=True)
    is_bank = fields.Boolean(string="Bank Transfer", default=True)
    is_savings = fields.Boolean(string="To Voluntary Savings", default=True)
    is_set_off = fields.Boolean(string="Set Off Against Debts", default=True)
    cash_text = fields.Char(compute='_compute_texts', string="Owed in Cash")
    bank_text = fields.Char(compute='_compute_texts', string="Owed by Bank")
    savings_text = fields.Char(compute='_compute_texts', string="Owed Into Savings")
    set_off_text = fields.Char(compute='_compute_texts', string="Owed Against Debts")

    # === COMPUTE METHODS === #

    @api.depends('company_id')
    def _compute_journals(self):
        for wizard in self:
            payout = self.env['coop.payout'].new({'company_id': wizard.company_id.id})
            wizard.cash_journal_id = payout._find_journal_to_post_on(('cash',))
            wizard.bank_journal_id = payout._find_journal_to_post_on(('bank',))

    @api.depends('allocation_id', 'member_line_ids', 'company_id')
    def _compute_texts(self):
        """Say for each way of payment how many members chose it, and what they are owed."""
        for wizard in self:
            groups = self.env['coop.shu.member.line']._read_group(
                wizard._get_open_domain(), ['payout_method'], ['membership_id:count_distinct', 'amount_residual:sum'],
            )
            owed = {method: (count, amount) for method, count, amount in groups}
            for method, _label in PAYOUT_METHODS:
                count, amount = owed.get(method, (0, 0.0))
                wizard[f'{method}_text'] = self.env._(
                    "members: %(count)s, owed: %(amount)s", count=count,
                    amount=format_amount(self.env, amount, wizard.currency_id),
                ) if count else self.env._("nobody")

    # === ACTIONS === #

    def action_confirm(self):
        """Write draft vouchers for the chosen ways of payment, and open them; nothing is posted yet.

        :raises UserError: when nothing can be paid, saying why, and when the same window is used twice.
        """
        self.ensure_one()
        # sudo: officers and cashiers read no journal items; which are open is all that is looked for
        open_lines = self.env['coop.shu.member.line'].sudo().search(self._get_open_domain())
        self._confirm_once(open_lines.allocation_id)
        if not open_lines:
            raise UserError(self.env._("Nothing is owed: all SHU is paid, or not posted yet."))
        owed_from = min(open_lines.payable_line_id.mapped('date'))
        if self.date < owed_from:
            raise UserError(self.env._(
                "This SHU is owed from %s on, the day of the members' meeting. Pay it on that day or a later one.",
                format_date(self.env, owed_from),
            ))
        payouts, messages = self.env['coop.payout'], []
        chosen = set(open_lines.mapped('payout_method'))
        if 'set_off' in chosen:
            chosen.add('cash')  # what is left of it once the debts are settled
        for method, _label in PAYOUT_METHODS:
            if self[f'is_{method}'] and method in chosen:
                made, said = self._create_payouts(method, open_lines.payable_line_id)
                payouts |= made
                messages += said
        messages = list(dict.fromkeys(messages))
        if not payouts:
            raise UserError("\n".join(messages) or self.env._("Choose a way of payment that members have chosen."))
        if messages:
            payouts[0].message_post(body=Markup("<br/>").join(messages))
        return payouts._get_records_action(name=self.env._("Payouts"))

    # === BUSINESS METHODS === #

    def _get_open_domain(self):
        """Return the members' SHU that the window is about, as far as it is owed."""
        self.ensure_one()
        domain = Domain([
            ('company_id', '=', self.company_id.id), ('state', 'in', BOOKED_STATES), ('amount_residual', '>', 0),
        ])
        if self.allocation_id:
            domain &= Domain('allocation_id', '=', self.allocation_id._origin.id)
        if self.member_line_ids:
            domain &= Domain('id', 'in', self.member_line_ids._origin.ids)
        return domain

    def _create_payouts(self, method, payables):
        """Return drafts that pay these open items of members who chose ``method``, and sentences on who is left out.

        As many vouchers as it takes; one pays some thousand members at most.
        """
        values = self._prepare_payout_values(method)
        payout, payouts = self.env['coop.payout'].create(values), self.env['coop.payout']
        payables, messages = payout._filter_payables(payables.filtered(lambda item: item.date <= self.date))
        while payables:
            skipped = payout._add_payables(payables)
            if skipped:
                messages.append(payout._skipped_message(skipped))
            if not payout.line_ids:
                break
            payouts |= payout
            payables -= payout.line_ids.sudo().payable_line_id  # sudo: officers and cashiers read no journal items
            payables = payables.filtered(lambda item, skipped=skipped: item.partner_id not in skipped)
            if payables:
                payout = payout.create(values)
        if not payout.line_ids:
            payout.unlink()
        return payouts, messages

    def _prepare_payout_values(self, method):
        self.ensure_one()
        values = {'company_id': self.company_id.id, 'date': self.date, 'shu_allocation_id': self.allocation_id.id}
        if method in ('savings', 'set_off'):
            return {**values, 'way': method}
        journal = self.cash_journal_id if method == 'cash' else self.bank_journal_id
        if not journal:
            raise UserError(self.env._("Choose the cash box and the bank that the members are paid from."))
        return {**values, 'journal_id': journal.id}
