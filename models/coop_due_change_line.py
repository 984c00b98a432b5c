from odoo import fields, models


class CoopDueChangeLine(models.Model):
    """One invoice whose due date was moved, with the old one."""
    _name = 'coop.due.change.line'
    _inherit = ['coop.guard.mixin']
    _description = "Moved Due Date Line"
    _order = 'change_id, partner_id, id'

    change_id = fields.Many2one(
        comodel_name='coop.due.change', required=True, readonly=True, index=True, ondelete='cascade',
    )
    company_id = fields.Many2one(related='change_id.company_id', store=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    move_id = fields.Many2one(
        comodel_name='account.move', string="Invoice", required=True, readonly=True, index=True, ondelete='cascade',
    )
    partner_id = fields.Many2one(comodel_name='res.partner', string="Member", readonly=True, index=True)
    date_before = fields.Date(string="Due Before", readonly=True)
    date_after = fields.Date(string="Due Now", readonly=True)
    amount_open = fields.Monetary(string="Open", readonly=True)
