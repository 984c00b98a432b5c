from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_amount, format_date

from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN
from odoo.addons.producer_cooperative.models.coop_shu_allocation import ACCOUNTANT, MANAGER
from odoo.addons.producer_cooperative.models.coop_shu_rule_unclaimed import UNCLAIMED_ACCOUNT_TYPES

#: What stays once somebody approved it.
FROZEN_FIELDS = {'company_id', 'meeting_date', 'meeting_number', 'line_ids'}


class CoopShuLapse(models.Model):
    """SHU that nobody came for, given to the cooperative by a meeting's decision: to the reserve or to a fund.

    The bylaws set the term. Who comes later is owed the SHU again: the booking is taken back for that member.
    """
    _name = 'coop.shu.lapse'
    _inherit = ['coop.cash.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Unclaimed SHU to the Cooperative"
    _order = 'date DESC, id DESC'
    _check_company_auto = True

    _transitions = {
        'draft': ('approved', 'cancelled'),
        'approved': ('posted', 'cancelled'),
        'posted': ('cancelled',),
        'cancelled': (),
    }
    _guarded_fields = frozenset({
        'state', 'lock_version', 'name', 'move_id', 'restore_move_ids', 'cancel_reason', 'approved_by_id', 'poster_id',
        'proposed_by_id',
    })

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    date = fields.Date(
        required=True, default=fields.Date.context_today, copy=False, tracking=True,
        help="SHU whose term is over on this day can be given to the cooperative; the entry bears this date.",
    )
    meeting_date = fields.Date(
        string="Date of the Meeting", copy=False, tracking=True, help="The members' meeting that decided.",
    )
    meeting_number = fields.Char(string="Number of the Decision", copy=False, tracking=True)
    line_ids = fields.One2many(comodel_name='coop.shu.lapse.line', inverse_name='lapse_id', copy=False)
    amount_total = fields.Monetary(string="Total", compute='_compute_amount_total', store=True)
    amount_restored = fields.Monetary(
        string="Owed Again", compute='_compute_amount_total', store=True, help="Of members who came later.",
    )
    state = fields.Selection(
        selection=[('draft', "Proposed"), ('approved', "Approved"), ('posted', "Posted"), ('cancelled', "Cancelled")],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    proposed_by_id = fields.Many2one(
        comodel_name='res.users', readonly=True, copy=False, default=lambda self: self.env.user,
    )
    approved_by_id = fields.Many2one(comodel_name='res.users', readonly=True, copy=False)
    poster_id = fields.Many2one(comodel_name='res.users', string="Posted By", readonly=True, copy=False)
    move_id = fields.Many2one(
        comodel_name='account.move', string="Journal Entry", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
    )
    restore_move_ids = fields.Many2many(
        comodel_name='account.move', relation='coop_shu_lapse_restore_move_rel', string="Entries of What Is Owed Again",
        readonly=True, copy=False,
    )
    cancel_reason = fields.Char(string="Reason for Cancelling", readonly=True, copy=False, tracking=True)
    note = fields.Html(string="Remarks")

    # === COMPUTE METHODS === #

    @api.depends('name')
    def _compute_display_name(self):
        for lapse in self:
            lapse.display_name = lapse.name or self.env._("Draft of Unclaimed SHU")

    @api.depends('line_ids.amount', 'line_ids.is_restored')
    def _compute_amount_total(self):
        for lapse in self:
            lapse.amount_total = sum(lapse.line_ids.mapped('amount'))
            lapse.amount_restored = sum(lapse.line_ids.filtered('is_restored').mapped('amount'))

    # === CRUD METHODS === #

    def write(self, vals):
        if FROZEN_FIELDS & vals.keys() and any(lapse.state != 'draft' for lapse in self):
            raise UserError(self.env._("What the meeting decided stays. Cancel it and propose anew."))
        if 'date' in vals and any(lapse.state in ('posted', 'cancelled') for lapse in self):
            raise UserError(self.env._("What is booked stays. Cancel it and propose anew."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        kept = self.filtered(lambda lapse: lapse.state != 'draft')
        if kept:
            raise UserError(self.env._("%s stays in the books; it can only be cancelled.", kept[0].display_name))

    # === ACTIONS === #

    def action_fill(self):
        """Add all SHU whose term is over and that stands on no other proposal.

        :raises UserError: when there is none.
        """
        for lapse in self:
            lapse._check_state_is_draft()
            if not lapse._add(self.env['coop.shu.unclaimed'].search([
                ('company_id', '=', lapse.company_id.id), ('date_lapse', '<=', lapse.date),
            ])):
                raise UserError(self.env._(
                    "There is no SHU whose term is over on that day and that is not proposed already. The term stands in"
                    " the SHU rule of each year.",
                ))

    def action_approve(self):
        """Note that the members' meeting decided.

        :raises UserError: for anybody but the manager or for the person who proposed it, without date and number of
            the meeting, or when a term was not over then.
        """
        for lapse in self:
            lapse._check_user_is(MANAGER)
            lapse._queue_up()
            if lapse.state != 'draft':
                raise UserError(lapse._state_error_message('approved'))
            lapse._check_decided()
            lapse._check_four_eyes()
            lapse._update_state('approved', approved_by_id=self.env.uid)

    def action_post(self):
        """Book what is still owed of it: Dr SHU payable per member / Cr the reserve or funds.

        :raises UserError: for anybody but the accountant, in a closed period, or when everybody has come meanwhile.
        """
        for lapse in self:
            lapse._check_user_is(ACCOUNTANT)
            lapse._queue_up()
            lapse._queue_up_members()
            if lapse.state != 'approved':
                raise UserError(lapse._state_error_message('posted'))
            lapse._check_date()
            lapse.sudo()._post_entry()  # sudo: the accountant was checked; the figures are the document's own

    def action_open_entries(self):
        """Open the journal entries."""
        self.ensure_one()
        return (self.move_id | self.restore_move_ids)._get_records_action(name=self.env._("Journal Entries"))

    # === BUSINESS METHODS - PROPOSING === #

    @api.model
    def _propose(self, unclaimed):
        """Return a new proposal of these rows of unclaimed SHU; those on another proposal are left out.

        :raises UserError: when all of them stand on another one.
        """
        lapse = self.create({'company_id': unclaimed.company_id[:1].id})
        if not lapse._add(unclaimed.filtered(lambda row: row.company_id == lapse.company_id)):
            raise UserError(self.env._("All of these stand on another proposal already."))
        return lapse

    def _add(self, unclaimed):
        """Add these rows, but for those that stand on an open proposal; return the lines."""
        self.ensure_one()
        listed = self.env['coop.shu.lapse.line'].search([
            ('member_line_id', 'in', unclaimed.member_line_id.ids), ('lapse_id.state', 'in', ('draft', 'approved')),
        ]).member_line_id
        return self.env['coop.shu.lapse.line'].create([
            {'lapse_id': self.id, 'member_line_id': row.member_line_id.id}
            for row in unclaimed if row.member_line_id not in listed
        ])

    # === BUSINESS METHODS - CHECKS === #

    def _check_decided(self):
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("Nothing is proposed: fill the list first."))
        if not self.meeting_date or not self.meeting_number:
            raise UserError(self.env._(
                "Enter the date of the members' meeting and the number of its decision on %s first.", self.display_name,
            ))
        if self.meeting_date > fields.Date.context_today(self):
            raise UserError(self.env._(
                "The meeting on %s is still to come; note its decision when it was made.",
                format_date(self.env, self.meeting_date),
            ))
        early = self.line_ids.filtered(lambda line: not line.date_lapse or line.date_lapse > self.meeting_date)
        if early:
            raise UserError(self.env._(
                "The term of %(member)s is not over on the day of the meeting. Take the line off.",
                member=early[0].member_line_id.display_name,
            ))

    def _check_four_eyes(self):
        """Refuse approval by the person who proposed; where the company allows it, keep that in the chatter."""
        self.ensure_one()
        if self.proposed_by_id != self.env.user:
            return
        if self.company_id.coop_shu_four_eyes:
            raise UserError(self.env._(
                "%(user)s proposed %(document)s; somebody else has to approve it.",
                user=self.env.user.name, document=self.display_name,
            ))
        self._message_log(body=self.env._(
            "%s proposed and approved this alone: two people are not required at present.", self.env.user.name,
        ))

    def _get_entry_journal(self):
        self.ensure_one()
        return self.company_id._get_coop_journal('coop_journal_id')

    def _queue_up_members(self):
        # sudo: only to queue up with whatever else pays the same members
        self.line_ids.member_line_id.membership_id.sudo()._queue_up()
        self.line_ids.member_line_id.allocation_id.sudo()._queue_up()

    # === BUSINESS METHODS - BOOKING === #

    def _post_entry(self):
        """Book what is still owed; who was paid since the proposal is left out and named."""
        self.ensure_one()
        self._follow_payments()
        lines = self.line_ids.filtered(lambda line: not self.currency_id.is_zero(line.amount))
        if not lines:
            raise UserError(self.env._(
                "Nothing is left to book: everybody on %s was paid meanwhile. Cancel it.", self.display_name,
            ))
        number = self.company_id._next_coop_number(
            'coop.shu.lapse', 'SHT/%(range_year)s/', date=self.date, gapless=True,
        )
        move = self.env['account.move'].create(self._prepare_move_values(lines, self.date, number, sign=1))
        move._post(soft=False)
        self._update_state('posted', name=number, move_id=move.id, poster_id=self.env.uid)
        items = move.line_ids.sorted('id')[:len(lines)]
        for line, item in zip(lines, items, strict=True):
            line.item_id = item
            line.member_line_id.amount_lapsed += line.amount
        self.env['account.move.line']._reconcile_plan([
            line.member_line_id.payable_line_id | line.item_id for line in lines
        ])

    def _follow_payments(self):
        """Lower the amounts of members who were paid since the proposal, and say so."""
        paid = []
        for line in self.line_ids:
            item = line.member_line_id.payable_line_id
            item.invalidate_recordset(['amount_residual'])
            owed = max(-item.amount_residual, 0.0) if item and line.member_line_id.state in ('posted', 'paid') else 0.0
            if self.currency_id.compare_amounts(owed, line.amount) < 0:
                paid.append(line.membership_id.display_name)
                line.amount = owed
        if paid:
            self._message_log(body=self.env._("Paid since the proposal, as far as that: %s", ", ".join(paid)))

    def _prepare_move_values(self, lines, date, ref, sign):
        """Return the entry: Dr SHU payable per member / Cr the reserve or the funds; the other way round to restore.

        :param sign: 1 to book, -1 to take back.
        """
        self.ensure_one()
        items = [line._prepare_item(ref, sign) for line in lines]
        items += [{
            'account_id': account.id, 'name': ref, 'partner_id': False,
            'balance': -sign * self.currency_id.round(sum(of_account.mapped('amount'))),
        } for account, of_account in lines.grouped('account_id').items()]
        return {
            'move_type': 'entry',
            'journal_id': self._get_entry_journal().id,
            'date': date,
            'company_id': self.company_id.id,
            'ref': ref,
            'coop_source_model': self._name,
            'coop_source_id': self.id,
            'line_ids': [Command.create(item) for item in items],
        }

    # === BUSINESS METHODS - TAKING BACK === #

    def _cancel_with_reason(self, reason):
        """Cancel the document; what was booked is taken back, and the members are owed their SHU again.

        :raises UserError: for anybody but the accountant (the manager may cancel what is not posted yet).
        """
        for lapse in self:
            lapse._check_user_is(*(ACCOUNTANT,) if lapse.state == 'posted' else (ACCOUNTANT, MANAGER))
            lapse._queue_up()
            lapse._queue_up_members()
            was_posted = lapse.state == 'posted'
            lapse._update_state('cancelled', cancel_reason=reason)
            if was_posted:
                # sudo: the accountant was checked; the figures are the document's own
                lapse.sudo()._restore(lapse.line_ids.sudo().filtered(lambda line: line._is_booked()), reason)

    def _restore(self, lines, reason):
        """Owe these members their SHU again, by one entry as of today or the first open day.

        Each member's item is reconciled with its own counterpart, and what was owed before is open again.
        """
        self.ensure_one()
        if not lines:
            return
        journal = self._get_entry_journal()
        date = self.company_id._get_first_open_day(fields.Date.context_today(self), journal)
        ref = self.env._("Owed again: %(document)s, %(reason)s", document=self.name, reason=reason)
        lines.item_id.with_context(coop_owner_token=OWNER_TOKEN).remove_move_reconcile()
        move = self.env['account.move'].create(self._prepare_move_values(lines, date, ref, sign=-1))
        move._post(soft=False)
        self.restore_move_ids |= move
        plan = []
        for line, item in zip(lines, move.line_ids.sorted('id')[:len(lines)], strict=True):
            line.is_restored = True
            line.member_line_id.amount_lapsed -= line.amount
            plan.append(line.item_id | item)
        self.env['account.move.line']._reconcile_plan(plan)


class CoopShuLapseLine(models.Model):
    """One member's SHU of one year that goes to the cooperative."""
    _name = 'coop.shu.lapse.line'
    _inherit = ['coop.guard.mixin']
    _description = "Line of Unclaimed SHU"
    _order = 'lapse_id, id'
    _check_company_auto = True

    _guarded_fields = frozenset({'is_restored', 'item_id'})

    lapse_id = fields.Many2one(comodel_name='coop.shu.lapse', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='lapse_id.company_id', store=True, precompute=True)
    currency_id = fields.Many2one(related='lapse_id.currency_id')
    state = fields.Selection(related='lapse_id.state', string="State of the Document")
    member_line_id = fields.Many2one(
        comodel_name='coop.shu.member.line', string="Member's SHU", required=True, index=True, check_company=True,
        ondelete='restrict', domain="[('company_id', '=', company_id), ('amount_residual', '>', 0)]",
    )
    membership_id = fields.Many2one(related='member_line_id.membership_id')
    date_lapse = fields.Date(string="Term Ends On", compute='_compute_date_lapse')
    amount = fields.Monetary(compute='_compute_amount', store=True, precompute=True)
    account_id = fields.Many2one(
        comodel_name='account.account', string="Goes To", check_company=True, ondelete='restrict',
        index='btree_not_null', compute='_compute_account_id', store=True, readonly=False, precompute=True,
        domain="[('account_type', 'in', ('equity', 'liability_current', 'liability_non_current'))]",
    )
    item_id = fields.Many2one(
        comodel_name='account.move.line', readonly=True, copy=False, index='btree_not_null', ondelete='restrict',
        string="Journal Item",
    )
    is_restored = fields.Boolean(string="Owed Again", readonly=True, copy=False)

    _member_line_uniq = models.Constraint(
        'UNIQUE (lapse_id, member_line_id)', "This SHU stands on the proposal already.",
    )

    # === COMPUTE METHODS === #

    @api.depends('member_line_id')
    def _compute_date_lapse(self):
        rows = self.env['coop.shu.unclaimed'].search([('member_line_id', 'in', self.member_line_id.ids)])
        dates = {row.member_line_id: row.date_lapse for row in rows}
        for line in self:
            line.date_lapse = dates.get(line.member_line_id, False)

    @api.depends('member_line_id')
    def _compute_amount(self):
        for line in self:
            line.amount = line.member_line_id.amount_residual

    @api.depends('member_line_id')
    def _compute_account_id(self):
        for line in self:
            rule = line.member_line_id.sudo().allocation_id.rule_id  # sudo: where the rule lets it go to
            line.account_id = rule.unclaimed_account_id or line.company_id._find_coop_account('reserve')

    # === CONSTRAINT METHODS === #

    @api.constrains('account_id')
    def _check_account(self):
        for line in self:
            if line.account_id and line.account_id.account_type not in UNCLAIMED_ACCOUNT_TYPES:
                raise ValidationError(self.env._(
                    "%s is neither a reserve nor a fund: SHU that nobody came for goes to equity or to a liability.",
                    line.account_id.display_name,
                ))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_is_open()
        return lines

    def write(self, vals):
        self._check_is_open()
        res = super().write(vals)
        self._check_is_open()  # a line can be moved to another document
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self._check_is_open()

    def _check_is_open(self):
        """Refuse to change what was decided; the document itself notes what became of it."""
        if not self.env.su and any(lapse.state != 'draft' for lapse in self.lapse_id):
            raise UserError(self.env._("What the meeting decided stays. Cancel it and propose anew."))

    # === ACTIONS === #

    def action_restore(self):
        """Owe the SHU again to a member who has come: the booking is taken back for this member, and can be paid.

        :raises UserError: for anybody but the accountant, or when it is owed already.
        """
        for line in self:
            lapse = line.lapse_id
            lapse._check_user_is(ACCOUNTANT)
            lapse._queue_up()
            lapse._queue_up_members()
            line.invalidate_recordset(['is_restored'])
            if not line._is_booked():
                raise UserError(self.env._(
                    "The SHU of %s is owed already; pay it out.", line.membership_id.display_name,
                ))
            # sudo: the accountant was checked; the figures are the document's own
            lapse.sudo()._restore(line.sudo(), self.env._("%s has come", line.membership_id.display_name))
            lapse._message_log(body=self.env._(
                "%(member)s has come: %(amount)s are owed again.", member=line.membership_id.display_name,
                amount=format_amount(self.env, line.amount, line.currency_id),
            ))

    # === BUSINESS METHODS === #

    def _is_booked(self):
        self.ensure_one()
        return bool(self.item_id) and not self.is_restored

    def _prepare_item(self, name, sign):
        payable = self.member_line_id.payable_line_id
        return {
            'account_id': payable.account_id.id, 'partner_id': payable.partner_id.id, 'name': name,
            'balance': sign * self.amount,
        }


class CoopShuMemberLine(models.Model):
    """What of a member's SHU went to the cooperative, because nobody came for it."""
    _inherit = 'coop.shu.member.line'

    amount_lapsed = fields.Monetary(
        string="Unclaimed", readonly=True, copy=False,
        help="What went to the cooperative after the term, because nobody came for it. Who comes is owed it again.",
    )
    lapse_line_ids = fields.One2many(
        comodel_name='coop.shu.lapse.line', inverse_name='member_line_id', string="Given to the Cooperative",
    )

    # === COMPUTE METHODS === #

    @api.depends('amount_lapsed')
    def _compute_amount_residual(self):
        """What went to the cooperative is neither owed nor paid."""
        super()._compute_amount_residual()
        for line in self:
            if line.amount_lapsed:
                line.amount_paid -= line.amount_lapsed


class CoopShuAllocation(models.Model):
    """An allocation of which something went to the cooperative afterwards."""
    _inherit = 'coop.shu.allocation'

    # === BUSINESS METHODS === #

    def _check_may_be_cancelled(self):
        lapses = self.env['coop.shu.lapse.line'].search([
            ('member_line_id.allocation_id', '=', self.id), ('item_id', '!=', False), ('is_restored', '=', False),
        ]).lapse_id
        if lapses:
            raise UserError(self.env._(
                "SHU of %(allocation)s that nobody came for went to the cooperative. Cancel %(lapses)s first.",
                allocation=self.display_name, lapses=", ".join(lapses.mapped('display_name')),
            ))
        return super()._check_may_be_cancelled()
