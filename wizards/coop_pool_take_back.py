from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CoopPoolTakeBack(models.TransientModel):
    """Asks which goods a member did not collect or brought back, or by how much a charge is corrected."""
    _name = 'coop.pool.take.back'
    _inherit = ['coop.once.mixin']
    _description = "Goods Not Collected"

    pool_id = fields.Many2one(comodel_name='coop.pool', required=True, readonly=True)
    charge_id = fields.Many2one(
        comodel_name='coop.pool.charge', string="Member", required=True, domain="[('pool_id', '=', pool_id)]",
    )
    currency_id = fields.Many2one(related='pool_id.currency_id')
    kind = fields.Selection(
        selection=[
            ('not_collected', "Did not collect the goods"), ('returned', "Brought goods back"),
            ('price', "Pays another price"),
        ],
        required=True, default='not_collected',
        help="Goods that were handed out are returned through their delivery first; then they can be taken back here.",
    )
    reason = fields.Char(required=True)
    amount = fields.Monetary(help="Before tax. Negative: the member pays less.")
    line_ids = fields.One2many(
        comodel_name='coop.pool.take.back.line', inverse_name='wizard_id', compute='_compute_line_ids', store=True,
        readonly=False, string="Goods",
    )

    # === COMPUTE METHODS === #

    @api.depends('charge_id')
    def _compute_line_ids(self):
        for wizard in self:
            waiting = wizard.charge_id.allocation_ids.filtered(
                lambda share: share.uom_id.compare(share.quantity_waiting, 0.0) > 0,
            )
            wizard.line_ids = [Command.clear(), *(
                Command.create({'allocation_id': share.id, 'quantity': share.quantity_waiting}) for share in waiting
            )]

    # === ONCHANGE METHODS === #

    @api.onchange('charge_id', 'kind')
    def _onchange_charge_id(self):
        """Say why the list of goods is empty."""
        if self.charge_id and self.kind != 'price':
            try:
                self.charge_id._check_something_waits()
            except UserError as error:
                return {'warning': {'title': self.env._("Nothing to take back here"), 'message': error.args[0]}}
        return None

    # === ACTIONS === #

    def action_confirm(self):
        """Take the goods back and correct the charge.

        :raises UserError: as for ``coop.pool._take_back`` and ``coop.pool._correct_price``, and when the same window
            is used twice.
        """
        self.ensure_one()
        if not self.reason.strip():
            raise UserError(self.env._("Say why."))
        self._confirm_once(self.pool_id)
        if self.kind == 'price':
            self.pool_id._correct_price(self.charge_id, self.amount, self.reason.strip())
        else:
            quantities = {line.allocation_id: line.quantity for line in self.line_ids}
            self.pool_id._take_back(self.charge_id, quantities, self.kind, self.reason.strip())
        return {'type': 'ir.actions.act_window_close'}


class CoopPoolTakeBackLine(models.TransientModel):
    """One product of a member's charge, and how much of it is taken back."""
    _name = 'coop.pool.take.back.line'
    _description = "Goods Not Collected Line"

    wizard_id = fields.Many2one(comodel_name='coop.pool.take.back', required=True, ondelete='cascade', index=True)
    allocation_id = fields.Many2one(comodel_name='coop.pool.allocation', required=True)
    product_id = fields.Many2one(related='allocation_id.product_id')
    uom_id = fields.Many2one(related='allocation_id.uom_id')
    quantity_waiting = fields.Float(related='allocation_id.quantity_waiting')
    quantity = fields.Float(string="Taken Back", digits='Product Unit')
