from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL, format_amount, format_date

from odoo.addons.producer_cooperative.models.coop_shu_allocation import BOOKED_STATES

#: Journal entries stay small enough to be opened and reconciled: this many members in one.
MEMBERS_PER_ENTRY = 500


class CoopShuAllocation(models.Model):
    """Booking the surplus: one entry carries it over, others distribute it as the meeting decided."""
    _inherit = 'coop.shu.allocation'

    year_end_move_id = fields.Many2one(
        comodel_name='account.move', string="Year-End Entry", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
    )
    meeting_move_ids = fields.Many2many(
        comodel_name='account.move', relation='coop_shu_allocation_meeting_move_rel', string="Meeting's Entries",
        readonly=True, copy=False,
    )
    reversal_move_ids = fields.Many2many(
        comodel_name='account.move', relation='coop_shu_allocation_reversal_move_rel', string="Reversals",
        readonly=True, copy=False,
    )
    amount_carried = fields.Monetary(
        string="Carried Over", compute='_compute_zero_checks',
        help="What the year-end entry and closing entries brought to the SHU account.",
    )
    amount_distributed = fields.Monetary(
        string="Distributed", compute='_compute_zero_checks',
        help="What the meeting's entries took from the SHU account.",
    )
    amount_not_carried = fields.Monetary(
        string="Surplus Not Carried Over", compute='_compute_zero_checks', help="Zero once posted.",
    )
    amount_not_distributed = fields.Monetary(
        string="Carried Over, Not Distributed", compute='_compute_zero_checks', help="Zero once posted.",
    )

    # === COMPUTE METHODS === #

    @api.depends('state', 'surplus', 'year_end_move_id', 'meeting_move_ids')
    def _compute_zero_checks(self):
        for allocation in self:
            # sudo: two sums of the allocation's own entries, for users without access to journal items
            allocation_sudo = allocation.sudo()
            posted = allocation.state in BOOKED_STATES
            # Those that were booked after the posting too: they bring the same surplus once more.
            closing = allocation_sudo._get_closing_moves() if posted else allocation_sudo.year_end_move_id.browse()
            carried = -allocation_sudo._sum_shu(allocation_sudo.year_end_move_id | closing) if posted else 0.0
            distributed = allocation_sudo._sum_shu(allocation_sudo.meeting_move_ids) if posted else 0.0
            allocation.amount_carried = carried
            allocation.amount_distributed = distributed
            allocation.amount_not_carried = allocation.surplus - carried if posted else 0.0
            allocation.amount_not_distributed = carried - distributed

    def _sum_shu(self, moves):
        """Return the posted balance, debit positive, of these entries on the SHU account."""
        self.ensure_one()
        [(balance,)] = self.env['account.move.line']._read_group([
            ('move_id', 'in', moves.ids), ('account_id', '=', self.shu_account_id.id), ('parent_state', '=', 'posted'),
        ], [], ['balance:sum'])
        return self.currency_id.round(balance or 0.0)

    # === BUSINESS METHODS - POSTING === #

    def _start_posting(self):
        """Number the allocation and carry the surplus over; distribute it at once, or in the background to many.

        The SHU account holds nothing of this period afterwards.
        """
        self.ensure_one()
        self._check_adds_up()
        self._check_loss_still_covered()
        self._check_meeting_is_open()
        self._propose_closing_entries()
        number = self.company_id._next_coop_number(
            'coop.shu.allocation', 'SHU/%(range_year)s/', date=self.date_to, gapless=True,
        )
        members = self.env['coop.shu.member.line'].search_count(self._get_unbooked_domain())
        entries = max(-(-members // MEMBERS_PER_ENTRY), 1)
        self._start('posting', steps=entries + 1, members=members, name=number)

    def _take_step_posting(self):
        """Carry the surplus over first; then distribute it, some members at a time; then see that nothing is left."""
        self.ensure_one()
        if not self.steps_done:
            self.year_end_move_id = self._create_entries([self._prepare_year_end_values()])
        elif not self._post_meeting_entry():
            self._finish_posting()
            return 0
        return 1

    def _finish_posting(self):
        self.ensure_one()
        self._update_state('posted')
        self._check_zero()
        self._update_paid()

    def _check_meeting_is_open(self):
        """Refuse to book the meeting's decision on another day than that of the meeting.

        :raises UserError: naming the day up to which the books are closed.
        """
        self.ensure_one()
        journal = self.company_id._get_coop_journal('coop_journal_id')
        closed = self._get_closed_until(self.meeting_date, journal)
        if closed:
            raise UserError(self.env._(
                "The books are closed up to %(closed)s, and the members' meeting decided on %(meeting)s. Its decision"
                " is booked on that day: have the period opened, then post %(allocation)s.",
                closed=format_date(self.env, closed), meeting=format_date(self.env, self.meeting_date),
                allocation=self.display_name,
            ))

    def _create_entries(self, values_list):
        """Return posted entries; values without lines make none."""
        moves = self.env['account.move'].create([values for values in values_list if values['line_ids']])
        if moves:
            moves._post(soft=False)
        return moves

    def _prepare_year_end_values(self):
        """Return the entry: Dr unaffected earnings / Cr SHU not yet distributed, the other way round for a loss.

        It is dated the last day of the period, or the first open day after it. What closing entries already brought to
        the SHU account is not carried again; what they left on another equity account is carried from there.
        """
        self.ensure_one()
        closing_lines = self.closing_ids.filtered('is_closing').move_id.line_ids
        brought = closing_lines.filtered(lambda line: line.account_id == self.shu_account_id)
        carry = self.currency_id.round(self.surplus + sum(brought.mapped('balance')))
        unaffected = self.company_id.get_unaffected_earnings_account()
        sources = {}
        for account in self._get_earnings_accounts() - self.shu_account_id - unaffected:
            lines = closing_lines.filtered(lambda line, account=account: line.account_id == account)
            sources[account] = self.currency_id.round(-sum(lines.mapped('balance')))
        sources[unaffected] = self.currency_id.round(carry - sum(sources.values()))
        name = self.env._("SHU %s carried over", self._get_period_label())
        journal = self.company_id._get_coop_journal('coop_journal_id')
        return self._prepare_entry_values(self.company_id._get_first_open_day(self.date_to, journal), [
            *(self._prepare_item(account, name, amount) for account, amount in sources.items()),
            self._prepare_item(self.shu_account_id, name, -carry),
        ])

    def _get_unbooked_domain(self):
        """Return the member lines that no meeting's entry owes anything on yet."""
        self.ensure_one()
        return [('allocation_id', '=', self.id), ('meeting_move_id', '=', False), ('amount_total', '!=', 0)]

    def _post_meeting_entry(self):
        """Book the next members, the first time with reserve and funds; return whether there was anything to book."""
        self.ensure_one()
        lines = self.env['coop.shu.member.line'].search(
            self._get_unbooked_domain(), order='id', limit=MEMBERS_PER_ENTRY,
        )
        first = self.steps_done == 1
        if not lines and not first:
            return False
        if first:
            # In the background, another allocation may have drawn on the same accounts since the posting began.
            self._queue_up_at_equity()
            self._check_loss_still_covered()
        move = self._create_entries([
            self._prepare_meeting_values(lines, self.share_ids if first else self.share_ids.browse()),
        ])
        if move:
            self.meeting_move_ids = [Command.link(move.id)]
            self._link_member_lines(lines, move)
        return True

    def _link_member_lines(self, lines, move):
        """Note on the member lines the journal item that owes them their SHU.

        The items stand in the order of the lines. Who is owed nothing after deductions has none.
        """
        self.ensure_one()
        self.env.flush_all()
        payables = iter(move.line_ids.filtered(lambda line: line.account_id == self.payable_account_id).sorted('id'))
        items = [None if self.currency_id.is_zero(line.amount_net) else next(payables).id for line in lines]
        # In SQL: one UPDATE; what is open follows the journal items from here on.
        self.env.cr.execute(SQL(
            """
            UPDATE coop_shu_member_line line
               SET meeting_move_id = %(move)s, payable_line_id = item.id,
                   amount_residual = COALESCE(-item.amount_residual, 0), amount_paid = 0
              FROM unnest(%(lines)s::int[], %(items)s::int[]) booked(line_id, item_id)
         LEFT JOIN account_move_line item ON item.id = booked.item_id
             WHERE line.id = booked.line_id
            """, move=move.id, lines=lines.ids, items=items,
        ))
        lines.invalidate_recordset(flush=False)

    def _prepare_meeting_values(self, member_lines, shares):
        """Return an entry: Dr SHU not yet distributed / Cr reserve, funds and SHU payable per member.

        For a loss: Dr reserve, Dr accumulated loss / Cr SHU not yet distributed. It is dated the day of the meeting.
        """
        self.ensure_one()
        self._check_meeting_is_open()  # the period may have been closed since the first of several entries
        name = self._get_meeting_label()
        items = [
            self._prepare_item(share.account_id, f"{name}: {share.name}", -share.amount_booked)
            for share in shares if not share._is_for_members()
        ]
        items += [item for line in member_lines for item in self._prepare_member_items(line)]
        total = self.currency_id.round(sum(item['balance'] for item in items))
        return self._prepare_entry_values(
            self.meeting_date, [self._prepare_item(self.shu_account_id, name, -total), *items],
        )

    def _prepare_member_items(self, member_line):
        """Return the items of one member; together they credit the member's SHU.

        The first is what is owed to the member. For a room to withhold something, it must override this method.
        """
        self.ensure_one()
        return [self._prepare_item(
            self.payable_account_id, self._get_meeting_label(), -member_line.amount_net, member_line.partner_id,
        )]

    def _get_meeting_label(self):
        self.ensure_one()
        return self.env._(
            "SHU %(period)s, meeting %(number)s", period=self._get_period_label(), number=self.meeting_number,
        )

    def _prepare_entry_values(self, date, items):
        """Return the values of an entry that this allocation owns; ``date`` lies in an open period."""
        self.ensure_one()
        return {
            'move_type': 'entry',
            'journal_id': self.company_id._get_coop_journal('coop_journal_id').id,
            'company_id': self.company_id.id,
            'date': date,
            'ref': self.name,
            'coop_source_model': self._name,
            'coop_source_id': self.id,
            'line_ids': [Command.create(item) for item in items if not self.currency_id.is_zero(item['balance'])],
        }

    @api.model
    def _prepare_item(self, account, name, balance, partner=None):
        return {
            'account_id': account.id, 'name': name, 'balance': balance, 'partner_id': partner.id if partner else False,
        }

    def _check_zero(self):
        """Refuse to leave anything of the period on the SHU account.

        :raises UserError: naming what would be left.
        """
        self.ensure_one()
        self.invalidate_recordset(['amount_not_carried', 'amount_not_distributed'])
        for amount in (self.amount_not_carried, self.amount_not_distributed):
            if not self.currency_id.is_zero(amount):
                raise UserError(self.env._(
                    "%(allocation)s would leave %(amount)s on %(account)s; nothing was booked.",
                    allocation=self.display_name, amount=format_amount(self.env, amount, self.currency_id),
                    account=self.shu_account_id.display_name,
                ))

    # === BUSINESS METHODS - PAYING === #

    def _get_entries(self):
        """Return all entries of the allocation, those of its payouts not among them."""
        return self.year_end_move_id | self.meeting_move_ids | self.reversal_move_ids
