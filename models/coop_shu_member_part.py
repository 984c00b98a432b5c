from odoo import fields, models
from odoo.exceptions import UserError


class CoopShuMemberPart(models.Model):
    """One member's part of one pool: pool × own ÷ all, rounded together with everybody else's."""
    _name = 'coop.shu.member.part'
    _description = "Member's Part of a Share"
    _order = 'line_id, id'
    _check_company_auto = True

    line_id = fields.Many2one(
        comodel_name='coop.shu.member.line', required=True, index=True, ondelete='cascade', readonly=True,
    )
    company_id = fields.Many2one(related='line_id.company_id', store=True, precompute=True)
    currency_id = fields.Many2one(related='line_id.currency_id')
    share_id = fields.Many2one(
        comodel_name='coop.shu.allocation.share', string="Share of the Surplus", required=True, index=True,
        ondelete='cascade',
        readonly=True,
    )
    name = fields.Char(related='share_id.name', string="Share")
    kind = fields.Selection(related='share_id.kind', store=True, precompute=True)
    numerator = fields.Float(
        string="Own", readonly=True, digits=(20, 2),
        help="The member's capital (times days, if averaged) or business with the cooperative.",
    )
    denominator = fields.Float(related='share_id.denominator', string="Divided By")
    pool_amount = fields.Monetary(related='share_id.amount', string="Amount to Share")
    amount = fields.Monetary(string="Part", readonly=True)

    # === ACTIONS === #

    def action_open_documents(self):
        """Open what the member's own number is made of: savings, or the documents of the member's business.

        :raises UserError: when the rule that the period was shared by does not have the share any more.
        """
        self.ensure_one()
        line, share = self.line_id, self.share_id.rule_share_id
        if not share:
            raise UserError(self.env._("“%s” is not in the rule any more: compute the allocation again.", self.name))
        return share._get_base_documents_action(line.membership_id, line.date_from, line.date_to)
