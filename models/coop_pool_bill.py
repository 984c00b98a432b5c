from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS

OVERBILLED_ACTIVITY = 'producer_cooperative.mail_activity_type_pool_overbilled'


class CoopPool(models.Model):
    """Vendors' bills beside what came: a bill for more is shown and followed up, never hidden."""
    _inherit = 'coop.pool'

    overbilled_count = fields.Integer(
        string="Products Billed Beyond What Came", compute='_compute_overbilled_count', groups=MONEY_GROUPS,
    )

    # === COMPUTE METHODS === #

    @api.depends('line_ids.quantity_overbilled', 'line_ids.is_credit_renounced')
    def _compute_overbilled_count(self):
        for pool in self:
            pool.overbilled_count = len(pool.line_ids._get_open_overbilled())

    # === ACTIONS === #

    def action_renounce_credit(self):
        """Say that the vendor credits nothing for what was billed and did not come: what came bears the whole bill.

        Should a credit note come all the same, the members' part of it is a variance again.

        :raises AccessError: for others than the treasurer and the manager.
        :raises UserError: when nothing is billed beyond what came, or the round is done.
        """
        self._check_user_is(
            'producer_cooperative.group_coop_accountant', 'producer_cooperative.group_coop_manager',
        )
        for pool in self.sudo():  # sudo: the role was checked; accountants read pools only
            pool._queue_up()
            if pool.state in ('done', 'cancelled'):
                raise UserError(self.env._("%s is done or cancelled; nothing is settled in it.", pool.display_name))
            lines = pool.line_ids._get_open_overbilled()
            if not lines:
                raise UserError(self.env._("%s: nothing is billed beyond what came.", pool.display_name))
            lines.is_credit_renounced = True
            pool._remind_of_bills()
            pool.message_post(body=self.env._(
                "The vendor gives no credit for what was billed and did not come: %s.",
                ", ".join(lines.mapped('display_name')),
            ))

    # === BUSINESS METHODS === #

    def _remind_of_bills(self):
        """Ask whoever is responsible to take up with the vendor what was billed and did not come.

        The reminder goes when the goods come or a credit note is posted.
        """
        # sudo: bills and receipts are posted by people with no other access to the pool
        for pool in self.sudo():
            # Once goods or a credit note came, the vendor is asked again for what may be billed later.
            pool.line_ids.filtered(
                lambda line: line.is_credit_renounced and not line.quantity_overbilled,
            ).is_credit_renounced = False
            over = pool.line_ids._get_open_overbilled()
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
