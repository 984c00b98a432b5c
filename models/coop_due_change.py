from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_date

#: What decides on whose debts are moved; frozen once it is asked for.
FROZEN_FIELDS = {'season_id', 'pool_ids', 'membership_ids', 'date_due', 'reason', 'company_id'}


class CoopDueChange(models.Model):
    """Moving the due date of what members owe, because the harvest failed or came late; asked for and approved."""
    _name = 'coop.due.change'
    _inherit = ['coop.document.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Moved Due Date"
    _order = 'id DESC'
    _check_company_auto = True

    _transitions = {
        'draft': ('requested', 'cancelled'), 'requested': ('approved', 'draft', 'cancelled'), 'approved': (),
        'cancelled': (),
    }
    _guarded_fields = frozenset({
        'state', 'lock_version', 'name', 'requested_by_id', 'approved_by_id', 'date_approved', 'line_ids',
        'cancel_reason',
    })

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram', default="")
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    season_id = fields.Many2one(
        comodel_name='coop.season', check_company=True, index='btree_not_null', ondelete='restrict', tracking=True,
        help="Moves what is owed for all rounds of this season.",
    )
    pool_ids = fields.Many2many(
        comodel_name='coop.pool', string="Rounds", check_company=True,
        domain="[('state', 'in', ('distributed', 'done'))]", help="Only these rounds. Empty: all rounds of the season.",
    )
    membership_ids = fields.Many2many(
        comodel_name='coop.membership', string="Members", check_company=True, help="Only these members. Empty: all.",
    )
    date_due = fields.Date(string="New Due Date", required=True, tracking=True)
    reason = fields.Text(required=True, tracking=True, help="For example drought, or an attack of pests, and where.")
    state = fields.Selection(
        selection=[
            ('draft', "Draft"), ('requested', "Requested"), ('approved', "Approved"), ('cancelled', "Cancelled"),
        ],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    requested_by_id = fields.Many2one(comodel_name='res.users', readonly=True, copy=False)
    approved_by_id = fields.Many2one(comodel_name='res.users', readonly=True, copy=False, tracking=True)
    date_approved = fields.Date(string="Approved On", readonly=True, copy=False)
    line_ids = fields.One2many(
        comodel_name='coop.due.change.line', inverse_name='change_id', string="Invoices", readonly=True, copy=False,
    )
    amount_open = fields.Monetary(string="Open Amount", compute='_compute_amount_open', compute_sudo=True)
    cancel_reason = fields.Char(string="Reason for Cancelling", readonly=True, copy=False, tracking=True)

    # === COMPUTE METHODS === #

    @api.depends('name', 'season_id', 'state')
    def _compute_display_name(self):
        for change in self:
            change.display_name = change.name or self.env._("Draft Move of Due Dates")

    @api.depends('season_id', 'pool_ids', 'membership_ids', 'line_ids', 'state')
    def _compute_amount_open(self):
        # sudo (compute_sudo): the sum only
        for change in self:
            if change.state == 'approved':
                change.amount_open = sum(change.line_ids.mapped('amount_open'))
            else:
                change.amount_open = sum(change._get_items().mapped('amount_residual'))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        changes = super().create(vals_list)
        for change in changes:
            # sudo: numbers are drawn, never typed
            change.sudo().name = change.company_id._next_coop_number('coop.due.change', 'PJT/%(range_year)s/')
        return changes

    def write(self, vals):
        frozen = FROZEN_FIELDS & vals.keys()
        if frozen and any(change.state != 'draft' for change in self):
            raise UserError(self.env._(
                "What was asked for is not changed any more: set it back to draft, or cancel it.",
            ))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        for change in self:
            if change.state == 'approved':
                raise UserError(self.env._("%s was approved and stays.", change.display_name))

    # === ACTIONS === #

    def action_request(self):
        """Ask for the approval.

        :raises UserError: when no invoice is open, or none would be due later.
        """
        for change in self:
            change._check_complete()
        self._update_state('requested', requested_by_id=self.env.uid)

    def action_back_to_draft(self):
        """Change what was asked for."""
        self._update_state('draft', requested_by_id=False)

    def action_approve(self):
        """Move the due date of the open invoices and keep the old one.

        :raises AccessError: for anybody but managers.
        :raises UserError: for whoever asked, or when nothing is open any more.
        """
        self._check_user_is('producer_cooperative.group_coop_manager')
        self._queue_up()
        for change in self:
            if change.state == 'requested' and not self.env.su:
                change._check_written_by_others(change.requested_by_id, self.env._(
                    "%s was asked for by you: another manager approves it.", change.display_name,
                ))
            if change.state != 'requested':
                raise UserError(change._state_error_message('approved'))
            change._check_complete()
            change._update_state(
                'approved', approved_by_id=self.env.uid, date_approved=fields.Date.context_today(change),
            )
            change.sudo()._move_due_dates()  # sudo: the approval is what gives the right to it

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Cancel what was not approved."""
        self._update_state('cancelled', cancel_reason=reason)

    def _check_complete(self):
        self.ensure_one()
        if not self.season_id and not self.pool_ids:
            raise UserError(self.env._("Choose the season or the rounds whose due date is moved."))
        if not self._get_items():
            raise UserError(self.env._("Nothing is owed for it: every invoice is paid, or none is posted yet."))
        if not self._get_items_due_earlier():
            raise UserError(self.env._(
                "Every invoice is due on %s or later already.", format_date(self.env, self.date_due),
            ))

    def _get_items(self):
        """Return the open receivable items of the invoices whose due date is meant; none before one is chosen."""
        self.ensure_one()
        if not self.season_id and not self.pool_ids:
            return self.env['account.move.line']
        # sudo: which rounds the season has; the debts are of this company only
        pools = self.pool_ids or self.env['coop.pool'].sudo().search([('season_id', '=', self.season_id.id)])
        domain = (
            Domain('move_id.coop_pool_id', 'in', pools.ids) & Domain('parent_state', '=', 'posted')
            & Domain('display_type', '=', 'payment_term') & Domain('reconciled', '=', False)
            & Domain('company_id', '=', self.company_id.id) & Domain('move_id.move_type', '=', 'out_invoice')
        )
        if self.membership_ids:
            # sudo: the partners of the members that were chosen
            domain &= Domain('partner_id.commercial_partner_id', 'in', self.membership_ids.sudo().partner_id.ids)
        # sudo: officers ask without access to the journal items
        return self.env['account.move.line'].sudo().search(domain, order='partner_id, date_maturity, id')

    def _get_items_due_earlier(self):
        """Return the open items that would be due later than they are now."""
        self.ensure_one()
        return self._get_items().filtered(lambda item: not item.date_maturity or item.date_maturity < self.date_due)

    def _move_due_dates(self):
        """Write the new due date on every open item that is due earlier, and keep the old one."""
        self.ensure_one()
        items = self._get_items_due_earlier()
        self.line_ids = [Command.create({
            'move_id': item.move_id.id, 'partner_id': item.partner_id.id, 'date_before': item.date_maturity,
            'date_after': self.date_due, 'amount_open': item.amount_residual,
        }) for item in items]
        for move in items.move_id:
            instalments = move.line_ids.filtered(lambda line: line.display_type == 'payment_term') - items
            # An invoice is due with its last instalment.
            move.invoice_date_due = max([self.date_due, *filter(None, instalments.mapped('date_maturity'))])
        items.date_maturity = self.date_due
        for move in items.move_id:
            move.message_post(body=self.env._(
                "%(change)s: due on %(after)s. %(reason)s", change=self.name, reason=self.reason,
                after=format_date(self.env, self.date_due),
            ))
