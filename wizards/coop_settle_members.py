from odoo import fields, models
from odoo.exceptions import UserError


class CoopSettleMembers(models.TransientModel):
    """Ask for the day, and prepare a settlement for every member with something due."""
    _name = 'coop.settle.members'
    _description = "Settle All Members"

    company_id = fields.Many2one(
        comodel_name='res.company', required=True, default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
    )
    date = fields.Date(
        required=True, default=fields.Date.context_today, help="Sales and deliveries up to this day are settled.",
    )

    def action_settle(self):
        """Prepare the settlements and open them.

        :raises UserError: when nothing is due to anybody.
        """
        self.ensure_one()
        settlements = self.env['coop.settlement']._settle_all(self.company_id, self.date)
        if not settlements:
            raise UserError(self.env._("There is nothing to settle: what was invoiced of delivered goods is settled."))
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_settlement_action')
        return {**action, 'domain': [('id', 'in', settlements.ids)], 'context': {}}
