from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from odoo.addons.producer_cooperative.models.coop_shu_allocation import ACCOUNTANT


class CoopShuLapseLine(models.Model):
    """One member's SHU of one year that goes to the cooperative."""
    _name = 'coop.shu.lapse.line'
    _inherit = ['coop.guard.mixin']
    _description = "Line of Unclaimed SHU"
    _order = 'lapse_id, id'
    _check_company_auto = True

    _guarded_fields = frozenset({'is_restored', 'restored_on', 'item_id'})

    lapse_id = fields.Many2one(
        comodel_name='coop.shu.lapse', string="Proposal", required=True, index=True, ondelete='cascade',
    )
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
    restored_on = fields.Date(
        string="Owed Again Since", readonly=True, copy=False,
        help="The day on which the member came. The term of the SHU rule begins anew then.",
    )

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
            self.env['coop.shu.rule']._check_is_kept(line.company_id, line.account_id)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_is_open()
        lines.lapse_id._keep_writer()
        return lines

    def write(self, vals):
        self._check_is_open()
        before = self.lapse_id
        res = super().write(vals)
        self._check_is_open()  # a line can be moved to another document
        (before | self.lapse_id)._keep_writer()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self._check_is_open()
        self.lapse_id._keep_writer()

    def _check_is_open(self):
        """Refuse to change what was decided; the document itself notes what became of it."""
        if not self.env.su and any(lapse.state != 'draft' for lapse in self.lapse_id):
            raise UserError(self.env._("What the meeting decided stays. Cancel it and propose anew."))

    # === ACTIONS === #

    def action_restore(self):
        """Owe the SHU again to a member who has come: the booking is taken back for this member, and can be paid.

        It is not proposed again before the term of the rule has passed once more since this day.

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
            line.sudo().restored_on = fields.Date.context_today(self)  # sudo: see above
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
