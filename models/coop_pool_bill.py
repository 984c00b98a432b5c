from odoo import api, fields, models

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS

OVERBILLED_ACTIVITY = 'producer_cooperative.mail_activity_type_pool_overbilled'


class CoopPool(models.Model):
    """Vendors' bills beside what came: a bill for more is shown and followed up, never hidden."""
    _inherit = 'coop.pool'

    overbilled_count = fields.Integer(
        string="Products Billed Beyond What Came", compute='_compute_overbilled_count', groups=MONEY_GROUPS,
    )

    # === COMPUTE METHODS === #

    @api.depends('line_ids.quantity_overbilled')
    def _compute_overbilled_count(self):
        for pool in self:
            pool.overbilled_count = len(pool.line_ids.filtered('quantity_overbilled'))

    # === BUSINESS METHODS === #

    def _remind_of_bills(self):
        """Ask whoever is responsible to take up with the vendor what was billed and did not come.

        The reminder goes when the goods come or a credit note is posted.
        """
        # sudo: bills and receipts are posted by people with no other access to the pool
        for pool in self.sudo():
            over = pool.line_ids.filtered('quantity_overbilled')
            if not over:
                pool.activity_unlink([OVERBILLED_ACTIVITY])
            elif not pool.activity_search([OVERBILLED_ACTIVITY]):
                pool.activity_schedule(
                    OVERBILLED_ACTIVITY, user_id=pool.user_id.id or self.env.uid,
                    note=self.env._(
                        "Billed beyond what came: %s. Ask the vendor for the goods or for a credit note.",
                        ", ".join(over.mapped('display_name')),
                    ),
                )
