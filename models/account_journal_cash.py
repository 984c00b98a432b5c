from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: A count in one of these states was signed, and its difference is not booked yet.
PENDING_COUNTS = ('counted', 'witnessed')


class AccountJournal(models.Model):
    """The drawer of a cash journal: what should be in it by the books, and who holds it."""
    _name = 'account.journal'
    _inherit = ['account.journal', 'coop.queue.mixin']

    coop_handover_ids = fields.One2many(
        comodel_name='coop.cash.handover', inverse_name='journal_id', string="Hand-Overs", readonly=True,
    )
    coop_holder_id = fields.Many2one(
        comodel_name='res.users', string="Held By", compute='_compute_coop_holder_id',
        help="Who confirmed to have received the drawer last. Nobody: the drawer was never handed over in the books,"
             " and every cashier of the journal may use it.",
    )
    coop_held_since = fields.Datetime(string="Held Since", compute='_compute_coop_holder_id')

    # === COMPUTE METHODS === #

    @api.depends('coop_handover_ids.state')
    def _compute_coop_holder_id(self):
        last = self._coop_get_last_handovers()
        for journal in self:
            handover = last.get(journal._origin.id)
            journal.coop_holder_id = handover.to_user_id if handover else False
            journal.coop_held_since = handover.received_on if handover else False

    # === BUSINESS METHODS - WHO === #

    def _coop_get_last_handovers(self):
        """Return ``{journal id: its last hand-over that was received}``, as superuser."""
        # sudo: who holds a drawer, for everybody who works with it
        Handover = self.env['coop.cash.handover'].sudo()
        groups = Handover._read_group(
            [('journal_id', 'in', self._origin.ids), ('state', '=', 'done')], ['journal_id'], ['booking_number:max'],
        )
        latest = Handover.search(Domain.OR(
            Domain([('journal_id', '=', journal.id), ('booking_number', '=', number), ('state', '=', 'done')])
            for journal, number in groups
        )) if groups else Handover
        return {handover.journal_id.id: handover for handover in latest}

    def _coop_get_holder(self):
        """Return who holds the drawer; empty where it was never handed over in the books."""
        self.ensure_one()
        handover = self._coop_get_last_handovers().get(self._origin.id)
        return handover.to_user_id.with_env(self.env) if handover else self.env['res.users']

    def _coop_check_holds(self):
        """Refuse cashiers who do not hold the drawer, once it was handed over in the books.

        :raises UserError: naming who holds it, and what to do.
        """
        self.ensure_one()
        # sudo: the type and the name of the journal, for a cashier
        journal = self.sudo()
        if journal.type == 'cash' and journal.coop_handover_ids:
            journal._queue_up()  # who hands the drawer over at this moment comes before or after
        holder = journal.type == 'cash' and journal._coop_get_holder()
        if not holder:
            return
        if holder != self.env.user:
            raise UserError(self.env._(
                "%(holder)s holds the drawer of %(journal)s. Take it over first: under Cash / Hand-Overs.",
                holder=holder.sudo().name, journal=journal.display_name,
            ))
        waiting = self.env['coop.cash.handover'].sudo().search(  # sudo: the drawer's own papers
            [('journal_id', '=', journal.id), ('state', '=', 'offered')], limit=1,
        )
        if waiting:
            raise UserError(self.env._(
                "You have handed the drawer of %(journal)s over to %(receiver)s (%(handover)s). Nothing is booked on it"
                " until that is confirmed; to go on yourself, take the hand-over back.",
                journal=journal.display_name, receiver=waiting.to_user_id.name, handover=waiting.display_name,
            ))

    # === BUSINESS METHODS - HOW MUCH === #

    def _coop_get_cash_balance(self, date=None):
        """Return what the posted entries up to a day leave in the drawer; up to today and later by default."""
        self.ensure_one()
        # sudo: one sum, for the cashier who counts
        journal = self.sudo()
        domain = [('account_id', '=', journal.default_account_id.id), ('parent_state', '=', 'posted')]
        if date:
            domain.append(('date', '<=', date))
        [(balance,)] = self.env['account.move.line'].sudo()._read_group(domain, [], ['balance:sum'])
        return journal.company_id.currency_id.round(balance or 0.0)

    def _coop_get_pending_differences(self, date):
        """Return what earlier counts found more (or less), and nobody has approved yet: the money is there, or not."""
        self.ensure_one()
        # sudo: the drawer's own papers
        [(difference,)] = self.env['coop.cash.count'].sudo()._read_group([
            ('journal_id', '=', self.id), ('state', 'in', PENDING_COUNTS), ('date', '<=', date),
        ], [], ['difference:sum'])
        return self.sudo().company_id.currency_id.round(difference or 0.0)

    def _coop_get_difference_account(self, difference, company):
        """Return the account that a cash difference is booked on: the journal's own, else the cooperative's.

        :param difference: above zero for more cash than booked, below for less.
        """
        self.ensure_one()
        journal = self.sudo()  # sudo: the journal's settings, for whoever approves
        account = journal.profit_account_id if difference > 0 else journal.loss_account_id
        return account or company._get_coop_account('cash_difference')

    def _coop_check_is_drawer(self):
        """Refuse journals whose cash cannot be counted.

        :raises UserError: for another type than cash, without an account, or in another currency.
        """
        self.ensure_one()
        journal = self.sudo()  # sudo: see above
        if journal.type != 'cash':
            raise UserError(self.env._("%s is no cash journal; only cash is counted.", journal.display_name))
        if not journal.default_account_id:
            raise UserError(self.env._(
                "The journal %s has no account of its own yet. Ask the accountant to choose one in the journal's"
                " settings.", journal.display_name,
            ))
        if journal.currency_id and journal.currency_id != journal.company_id.currency_id:
            raise UserError(self.env._(
                "The journal %(journal)s is kept in %(currency)s. Choose one in the cooperative's own currency.",
                journal=journal.display_name, currency=journal.currency_id.name,
            ))
