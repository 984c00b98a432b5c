from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.producer_cooperative.models.coop_shu_allocation import ACCOUNTANT, MANAGER

#: What stays once somebody approved it.
FROZEN_FIELDS = {'company_id', 'meeting_date', 'meeting_number', 'line_ids'}


class CoopShuLapse(models.Model):
    """SHU that nobody came for, given to the cooperative by a meeting's decision: to the reserve or to a fund.

    The bylaws set the term. Who comes later is owed the SHU again: the booking is taken back for that member.
    """
    _name = 'coop.shu.lapse'
    _inherit = ['coop.cash.mixin', 'coop.approval.mixin', 'mail.thread', 'mail.activity.mixin']
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
    })
    _prepared_fields = frozenset({'date', 'line_ids'})
    _is_itself_approved = True

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
                    "There is no SHU whose term is over on that day and that is not proposed already. The term stands"
                    " in the SHU rule of each year.",
                ))

    def action_approve(self):
        """Note that the members' meeting decided.

        :raises UserError: for anybody but the manager or for who proposed or changed it, without date and number of
            the meeting, or when a term was not over then.
        """
        for lapse in self:
            lapse._check_user_is(MANAGER)
            lapse._queue_up()
            if lapse.state != 'draft':
                raise UserError(lapse._state_error_message('approved'))
            lapse._check_decided()
            lapse._check_two_people()
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
            lapse._check_booked_after_meeting()
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

    def _check_booked_after_meeting(self):
        """Refuse to book before it was decided, and so before the term was over."""
        self.ensure_one()
        if self.date < self.meeting_date:
            raise UserError(self.env._(
                "The members' meeting decided on %(meeting)s; it cannot be booked on %(date)s. Enter the day of the"
                " meeting or a later one.", meeting=format_date(self.env, self.meeting_date),
                date=format_date(self.env, self.date),
            ))

    def _check_decided(self):
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("Nothing is proposed: fill the list first."))
        if not self.meeting_date or not (self.meeting_number or '').strip():
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

    def _get_approval_kind(self):
        return 'shu_lapse'

    def _get_approver_groups(self):
        return (MANAGER,)

    def _get_entry_journal(self):
        self.ensure_one()
        return self.company_id._get_coop_journal('coop_journal_id')

    def _queue_up_members(self):
        # sudo: only to queue up with whatever else pays the same members
        self.line_ids.member_line_id.membership_id.sudo()._queue_up()
        self.line_ids.member_line_id.allocation_id.sudo()._queue_up()
