from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from odoo.addons.producer_cooperative.models.coop_settlement import ACCOUNTANT


class CoopCommissionAccrual(models.Model):
    """What is earned on goods that are invoiced and not settled yet, booked on the last day of a period.

    That is the commission and the levies that the cooperative keeps; on principal basis the members' part of the sale,
    as cost of goods. What customers never paid, where the terms have the member bear it, is taken off the clearing
    account, and off the expense that it was written off to.

    The entry is reversed the next day. Accruing the same day again books only the difference.
    """
    _name = 'coop.commission.accrual'
    _inherit = ['coop.document.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Commission Accrual"
    _order = 'date DESC, id DESC'
    _check_company_auto = True

    _transitions = {'draft': ('posted',), 'posted': ()}
    _guarded_fields = frozenset({'state', 'lock_version', 'name', 'line_ids', 'move_id', 'reversal_move_id'})

    def _default_date(self):
        """Return the last day of the month before this one."""
        return fields.Date.subtract(fields.Date.start_of(fields.Date.context_today(self), 'month'), days=1)

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    date = fields.Date(
        required=True, copy=False, tracking=True, default=lambda self: self._default_date(),
        help="Last day of the period that is closed; the entry is reversed the next day.",
    )
    state = fields.Selection(
        selection=[('draft', "Draft"), ('posted', "Posted")], default='draft', required=True, readonly=True, copy=False,
        tracking=True, index=True,
    )
    line_ids = fields.One2many(
        comodel_name='coop.commission.accrual.line', inverse_name='accrual_id', readonly=True, copy=False,
    )
    amount_gross = fields.Monetary(string="Unsettled Sales", compute='_compute_amounts', store=True)
    amount_commission = fields.Monetary(string="Earned", compute='_compute_amounts', store=True)
    move_id = fields.Many2one(
        comodel_name='account.move', string="Journal Entry", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
    )
    reversal_move_id = fields.Many2one(
        comodel_name='account.move', string="Reversal", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
    )

    # === COMPUTE METHODS === #

    @api.depends('name', 'date')
    def _compute_display_name(self):
        for accrual in self:
            draft = self.env._("Draft accrual at %s", format_date(self.env, accrual.date) if accrual.date else "…")
            accrual.display_name = accrual.name or draft

    @api.depends('line_ids.amount_gross', 'line_ids.amount_commission')
    def _compute_amounts(self):
        for accrual in self:
            accrual.amount_gross = sum(accrual.line_ids.mapped('amount_gross'))
            accrual.amount_commission = sum(accrual.line_ids.mapped('amount_commission'))

    # === CRUD METHODS === #

    def write(self, vals):
        if {'date', 'company_id'} & vals.keys():
            if any(accrual.state != 'draft' for accrual in self):
                raise UserError(self.env._("A posted accrual is not changed: accrue the same day again."))
            self.sudo().line_ids.unlink()  # sudo: figures for another day, which nobody typed in
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        posted = self.filtered('move_id')
        if posted:
            raise UserError(self.env._("%s was posted; it stays.", posted[0].display_name))

    # === ACTIONS === #

    def action_compute(self):
        """List the commission that is earned and neither settled nor accrued on the day.

        :raises UserError: when there is none.
        """
        for accrual in self:
            accrual._check_state_is_draft()
            accrual.check_access('write')
            # sudo: the figures are the document's own; nobody types them in
            accrual.sudo().line_ids = [Command.clear(), *map(Command.create, accrual._prepare_lines())]
            if not accrual.line_ids:
                raise UserError(self.env._(
                    "There is nothing to accrue on %s: every consigned sale is settled or accrued.",
                    format_date(self.env, accrual.date),
                ))

    def action_post(self):
        """Book the accruals, and their reversals on the next day.

        :raises AccessError: for anybody but the accountant.
        :raises UserError: when the day is still to come, or something was settled or invoiced since the computation.
        """
        self._check_user_is(ACCOUNTANT)
        for accrual in self:
            accrual._queue_up()
            accrual.line_ids.membership_id._queue_up()
            accrual._check_state_is_draft()
            accrual.company_id._coop_check_day_has_come(accrual.display_name, accrual.date)
            accrual._check_days_are_open()
            accrual._check_up_to_date()
            accrual._update_state('posted', name=accrual.company_id._next_coop_number(
                'coop.commission.accrual', 'AKR/%(range_year)s/', date=accrual.date, gapless=True,
            ))
            # sudo: the role was checked; only as superuser do the entries become the accrual's own
            accrual.sudo()._post_entries()

    def action_view_entries(self):
        """Open the accrual's entry and its reversal."""
        self.ensure_one()
        return (self.move_id | self.reversal_move_id)._get_records_action(name=self.env._("Journal Entries"))

    # === BUSINESS METHODS === #

    def _get_owned_entry_message(self, move):
        """Return why an entry of the accrual is not undone, and what to do: an accrual is repeated."""
        self.ensure_one()
        return self.env._(
            "%(entry)s belongs to %(document)s and is not undone by itself. To correct it, accrue %(date)s again: a"
            " new accrual of that day books only the difference.",
            entry=move.display_name, document=self.display_name, date=format_date(self.env, self.date),
        )

    def _check_days_are_open(self):
        """Refuse to accrue where the entry, or its reversal on the next day, would be booked on another day."""
        self.ensure_one()
        journal = self.company_id._get_coop_journal('coop_journal_id')
        for day in (self.date, fields.Date.add(self.date, days=1)):
            self._check_period_is_open(day, journal)

    def _check_up_to_date(self):
        self.ensure_one()
        stored = [
            {'membership_id': line.membership_id.id, 'account_id': line.account_id.id,
             'amount_gross': line.amount_gross, 'amount_commission': line.amount_commission}
            for line in self.line_ids.sorted('id')
        ]
        if not stored or stored != self._prepare_lines():
            raise UserError(self.env._(
                "Something was invoiced, settled or accrued since this was computed. Compute it again.",
            ))

    def _prepare_lines(self):
        """Return one line per member and account with something to accrue."""
        self.ensure_one()
        unaccrued = self.company_id._coop_get_unaccrued(self.date)
        return [
            {
                'membership_id': membership.id, 'account_id': account.id, 'amount_gross': gross,
                'amount_commission': amount,
            }
            for (membership, account), (gross, amount) in unaccrued.items()
        ]

    def _prepare_move_values(self):
        """Return the entry, on the day itself.

        Agent basis: Dr consignment clearing / Cr commission / Cr levies that are kept / Cr the expense of what members
        bear. Principal basis: Dr cost of goods / Cr consignment clearing.
        """
        self.ensure_one()
        ref = self.env._("%s: commission on consigned sales not settled yet", self.name)
        balances = {
            account: -sum(lines.mapped('amount_commission'))
            for account, lines in self.line_ids.grouped('account_id').items()
        }
        clearing = self.company_id._get_coop_account('clearing')
        lines = [
            {'account_id': account.id, 'name': ref, 'balance': self.currency_id.round(balance)}
            for account, balance in ((clearing, -sum(balances.values())), *balances.items())
            if not self.currency_id.is_zero(balance)
        ]
        return {
            'move_type': 'entry',
            'journal_id': self.company_id._get_coop_journal('coop_journal_id').id,
            'company_id': self.company_id.id,
            'date': self.date,
            'ref': ref,
            'coop_source_model': self._name,
            'coop_source_id': self.id,
            'line_ids': [Command.create(values) for values in lines],
        }

    def _post_entries(self):
        self.ensure_one()
        self.move_id = self.env['account.move'].create(self._prepare_move_values())
        self.move_id._post(soft=False)
        self.reversal_move_id = self._reverse_next_day()

    def _reverse_next_day(self):
        self.ensure_one()
        reversal = self.move_id._reverse_moves([{
            'date': fields.Date.add(self.date, days=1),
            'ref': self.env._("Reversal of %s", self.name),
            'coop_source_model': self._name,
            'coop_source_id': self.id,
        }])
        reversal._post(soft=False)
        return reversal
