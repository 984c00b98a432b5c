from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount


class CoopShuPayoutLine(models.Model):
    """What one member is paid of the SHU."""
    _name = 'coop.shu.payout.line'
    _description = "SHU Payout Line"
    _order = 'payout_id, id'
    _check_company_auto = True

    payout_id = fields.Many2one(comodel_name='coop.shu.payout', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='payout_id.company_id', store=True, precompute=True)
    currency_id = fields.Many2one(related='payout_id.currency_id')
    allocation_id = fields.Many2one(related='payout_id.allocation_id')
    member_line_id = fields.Many2one(
        comodel_name='coop.shu.member.line', string="Member's SHU", required=True, index=True, check_company=True,
        ondelete='restrict', domain="[('allocation_id', '=', allocation_id), ('amount_residual', '>', 0)]",
    )
    membership_id = fields.Many2one(related='member_line_id.membership_id')
    amount_residual = fields.Monetary(related='member_line_id.amount_residual')
    amount = fields.Monetary(
        required=True, compute='_compute_amount', store=True, readonly=False, precompute=True,
    )

    _amount_positive = models.Constraint('CHECK (amount > 0)', "The amount must be more than zero.")
    _member_uniq = models.Constraint('UNIQUE (payout_id, member_line_id)', "The member stands on this payout already.")

    # === COMPUTE METHODS === #

    @api.depends('member_line_id')
    def _compute_amount(self):
        for line in self:
            line.amount = line.amount or line.member_line_id.amount_residual

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_payout_is_draft()
        return lines

    def write(self, vals):
        self._check_payout_is_draft()
        res = super().write(vals)
        self._check_payout_is_draft()  # a line can be moved to another payout
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        self._check_payout_is_draft()

    def _check_payout_is_draft(self):
        if any(payout.state != 'draft' for payout in self.payout_id):
            raise UserError(self.env._("A posted payout is not changed: cancel it and write a new one."))

    # === BUSINESS METHODS === #

    def _check_still_owed(self):
        """Refuse to pay anybody more than the ledger still owes.

        :raises UserError: naming the member and what is still owed.
        """
        for line in self:
            member_line = line.member_line_id
            if member_line.allocation_id != line.payout_id.allocation_id:
                raise UserError(self.env._(
                    "%s is not part of the allocation that this payout pays.", member_line.display_name,
                ))
            # sudo: what is open on one journal item, which a cashier may not read
            owed = -member_line.sudo().payable_line_id.amount_residual
            if line.currency_id.compare_amounts(line.amount, owed) > 0:
                raise UserError(self.env._(
                    "%(member)s is owed %(owed)s and cannot be paid %(amount)s.",
                    member=member_line.membership_id.display_name,
                    owed=format_amount(self.env, owed, line.currency_id),
                    amount=format_amount(self.env, line.amount, line.currency_id),
                ))

    def _prepare_item(self, name):
        """Return the debit that settles what is owed to the member."""
        self.ensure_one()
        payable = self.member_line_id.payable_line_id
        return {
            'account_id': payable.account_id.id,
            'partner_id': payable.partner_id.id,
            'name': name,
            'balance': self.amount,
        }
