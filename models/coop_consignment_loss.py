from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.producer_cooperative.models.coop_settlement import ACCOUNTANT

MANAGER = 'producer_cooperative.group_coop_manager'


class CoopConsignmentLoss(models.Model):
    """Members' goods that are missing or found at a count, or spoilt: what, why, whose, and who bears it.

    Whoever counts hands it in, somebody else approves it. Where the cooperative bears the loss, the treasurer then
    books what the owners get for it. What is found is the owners' to be sold: nothing is owed for it, and what they
    got for it when it was lost comes back.
    """
    _name = 'coop.consignment.loss'
    _inherit = ['coop.numbered.mixin', 'coop.printed.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Write-Off of Members' Goods"
    _order = 'date DESC, id DESC'
    _check_company_auto = True
    _number_prefix = 'BAS/%(range_year)s/'

    _transitions = {
        'draft': ('submitted', 'cancelled'),
        'submitted': ('draft', 'approved', 'cancelled'),
        'approved': ('done',),
        'done': (),
        'cancelled': (),
    }
    _guarded_fields = frozenset({
        'state', 'lock_version', 'name', 'cancel_reason', 'submitted_by_id', 'approved_by_id', 'approved_on', 'move_id',
        'print_count',
    })

    currency_id = fields.Many2one(related='company_id.currency_id')
    kind = fields.Selection(
        selection=[('count', "Difference at a count"), ('scrap', "Spoilt or damaged goods")],
        required=True, default='count', tracking=True,
    )
    date = fields.Date(required=True, default=fields.Date.context_today, copy=False, tracking=True)
    location_id = fields.Many2one(
        comodel_name='stock.location', required=True, check_company=True, tracking=True, index=True,
        domain="[('usage', '=', 'internal')]", default=lambda self: self._default_location_id(),
    )
    bearer = fields.Selection(
        selection=[('owner', "The members"), ('cooperative', "The cooperative")],
        string="Borne By", required=True, default='owner', tracking=True,
        help="The members: they get nothing for what is lost. The cooperative: they get the price that was agreed,"
             " without commission.",
    )
    reason = fields.Char(tracking=True, help="Dried, mice, rain through the roof, a broken sack …")
    line_ids = fields.One2many(
        comodel_name='coop.consignment.loss.line', inverse_name='loss_id', string="Goods", copy=True,
    )
    share_ids = fields.One2many(comodel_name='coop.consignment.loss.share', inverse_name='loss_id', copy=False)
    amount_total = fields.Monetary(
        string="For the Owners", compute='_compute_amount_total', store=True,
        help="What the cooperative owes the members for the loss that it bears; below zero, what comes back from them"
             " for goods that were found again.",
        groups='producer_cooperative.group_coop_officer,producer_cooperative.group_coop_accountant,'
               'producer_cooperative.group_coop_supervisor',
    )
    has_amounts = fields.Boolean(compute='_compute_has_amounts')
    state = fields.Selection(
        selection=[
            ('draft', "Draft"), ('submitted', "To Approve"), ('approved', "To Book"), ('done', "Done"),
            ('cancelled', "Cancelled"),
        ],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    submitted_by_id = fields.Many2one(comodel_name='res.users', readonly=True, copy=False, ondelete='restrict')
    approved_by_id = fields.Many2one(
        comodel_name='res.users', readonly=True, copy=False, ondelete='restrict', tracking=True,
    )
    approved_on = fields.Datetime(readonly=True, copy=False)
    move_id = fields.Many2one(
        comodel_name='account.move', string="Journal Entry", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
    )
    note = fields.Html(string="Remarks")

    @api.model
    def _default_location_id(self):
        return self.env['stock.warehouse'].search([('company_id', '=', self.env.company.id)], limit=1).lot_stock_id

    # === COMPUTE METHODS === #

    @api.depends('name')
    def _compute_display_name(self):
        for loss in self:
            loss.display_name = loss.name or self.env._("Draft Write-Off")

    @api.depends('share_ids.amount')
    def _compute_amount_total(self):
        for loss in self:
            loss.amount_total = sum(loss.share_ids.mapped('amount'))

    @api.depends('bearer', 'share_ids.amount')
    def _compute_has_amounts(self):
        for loss in self:
            loss.has_amounts = loss.bearer == 'cooperative' or any(loss.share_ids.mapped('amount'))

    # === CRUD METHODS === #

    def write(self, vals):
        frozen = {'kind', 'date', 'location_id', 'bearer', 'reason', 'line_ids', 'company_id'} & vals.keys()
        if frozen and any(loss.state != 'draft' for loss in self):
            raise UserError(self._frozen_error_message())
        return super().write(vals)

    # === ACTIONS === #

    def action_fill(self):
        """List all members' goods at the place, to be counted."""
        for loss in self:
            loss._check_state_is_draft('submitted')
            rows = loss._prepare_lines()
            if not rows:
                raise UserError(self.env._("No goods of members are at %s.", loss.location_id.display_name))
            loss.line_ids = [Command.clear(), *map(Command.create, rows)]

    def action_submit(self):
        """Share what is lost or found among the owners and hand it in for approval.

        :raises UserError: when the reason is missing, the count is what the books say, more is lost than is there, or
            nobody's goods lie where something was found.
        """
        for loss in self:
            loss._queue_up()
            loss._check_state_is_draft('submitted')
            loss._check_complete()
            number = loss._draw_number()
            # sudo: the shares are the document's own; nobody types them in
            loss.sudo().share_ids = [Command.clear(), *map(Command.create, loss._prepare_shares())]
            loss._update_state('submitted', name=number, submitted_by_id=self.env.uid)

    def action_reopen(self):
        """Give write-offs that were handed in back to be corrected."""
        for loss in self:
            loss._queue_up()
            loss._update_state('draft')

    def action_approve(self):
        """Take what is lost out of the stock, from each owner's goods the part that was shown; bring in what is found.

        :raises AccessError: for anybody but the manager and the treasurer.
        :raises UserError: for whoever handed it in, and when goods moved since.
        """
        self._check_user_is(MANAGER, ACCOUNTANT)
        for loss in self:
            loss._queue_up()
            if loss.state != 'submitted':
                raise UserError(loss._state_error_message('approved'))
            loss._check_written_by_others(
                loss.submitted_by_id | loss.create_uid,
                self.env._("Somebody else than %s approves it.", self.env.user.name),
            )
            # What was paid for goods is taken back once, whoever else finds some of them at this moment.
            loss.share_ids.sudo().origin_share_id.loss_id._queue_up()  # sudo: the counts of other places
            loss._check_up_to_date()
            loss._update_state('approved', approved_by_id=self.env.uid, approved_on=fields.Datetime.now())
            # sudo: the role, the approval and the quantities were checked; only so do goods leave as a write-off
            loss.sudo()._move_goods()
            if not any(loss.share_ids.mapped('amount')):
                loss._update_state('done')

    def action_book(self):
        """Book what the owners get for goods whose loss the cooperative bears, or give back for what was found again.

        :raises AccessError: for anybody but the treasurer.
        :raises UserError: while what they got for goods that were found again is not booked.
        """
        self._check_user_is(ACCOUNTANT)
        for loss in self:
            loss._queue_up()
            if loss.state != 'approved':
                raise UserError(loss._state_error_message('done'))
            # sudo: the role was checked; only as superuser does the entry become the document's own
            loss._update_state('done', move_id=loss.sudo()._post_entry().id)

    def action_view_entry(self):
        """Open the entry."""
        return self.move_id._get_records_action(name=self.env._("Journal Entry"))

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Cancel write-offs that are not approved.

        :raises UserError: once the goods are out of the books.
        """
        for loss in self:
            loss._queue_up()
            if loss.state in ('approved', 'done'):
                raise UserError(self.env._(
                    "%s is approved and the goods are out of the books. What is found again comes in by another count.",
                    loss.display_name,
                ))
            loss._update_state('cancelled', cancel_reason=reason)

    def _frozen_error_message(self):
        return self.env._("What was handed in is not changed: reopen the write-off first.")

    def _get_printed(self):
        return self.filtered(lambda loss: loss.state in ('approved', 'done'))

    def _check_complete(self):
        self.ensure_one()
        self.company_id._coop_check_day_has_come(self.display_name, self.date)
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why the goods are missing, found or spoilt."))
        if not self.line_ids:
            raise UserError(self.env._("Add the goods that were counted, or that are spoilt."))
        for line in self.line_ids:
            line._check_complete()
        if not any(line._get_lost() for line in self.line_ids):
            raise UserError(self.env._("Nothing is lost: what was counted is what the books say."))

    def _check_up_to_date(self):
        """Check that the shares are still what would come out now.

        :raises UserError: saying to hand it in anew.
        """
        self.ensure_one()
        keys = ('line_id', 'owner_id', 'book', 'quantity', 'amount', 'origin_share_id')
        shown = [tuple(share._convert_to_write({key: share[key] for key in keys}).values()) for share in self.share_ids]
        if shown != [tuple(values[key] for key in keys) for values in self._prepare_shares()]:
            raise UserError(self.env._(
                "Goods came in or went out since %s was handed in. Reopen it, look at the count again, and hand it in"
                " anew.", self.display_name,
            ))

    def _prepare_lines(self):
        """Return one line per product and lot of members' goods at the place."""
        self.ensure_one()
        # sudo: quantities only, for whoever counts
        groups = self.env['stock.quant'].sudo()._read_group(
            self._get_quant_domain(), ['product_id', 'lot_id'], ['quantity:sum'],
        )
        return [
            {'product_id': product.id, 'lot_id': lot.id, 'counted': quantity}
            for product, lot, quantity in groups if product.uom_id.compare(quantity, 0) > 0
        ]

    def _get_quant_domain(self):
        self.ensure_one()
        return [
            ('location_id', '=', self.location_id.id), ('owner_id', '!=', False),
            ('company_id', '=', self.company_id.id), ('product_id.coop_consigned', '=', True),
        ]

    def _prepare_shares(self):
        self.ensure_one()
        return [values for line in self.line_ids for values in line._prepare_shares()]

    def _move_goods(self):
        """Move every owner's part out of the stock, or into it where it was found, in that owner's name."""
        self.ensure_one()
        moves = self.env['stock.move'].create([
            share._prepare_move_values() for share in self.share_ids if share.quantity
        ])
        moves._action_done()
