from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.coop_consignment import MONEY_GROUPS


class CoopConsignment(models.Model):
    """The papers that come with a slip: corrections of it, labels of unique pieces, bills that are still open."""
    _inherit = 'coop.consignment'

    correction_count = fields.Integer(compute='_compute_correction_count')
    has_lots = fields.Boolean(compute='_compute_has_lots')
    has_open_bill = fields.Boolean(compute='_compute_has_open_bill', compute_sudo=True)

    # === COMPUTE METHODS === #

    def _compute_correction_count(self):
        for slip in self:
            slip.correction_count = len(slip.line_ids.correction_ids)

    def _compute_has_lots(self):
        for slip in self:
            slip.has_lots = bool(slip.line_ids.lot_id)

    def _compute_has_open_bill(self):
        for slip in self:
            slip.has_open_bill = any(bill.state != 'cancelled' for bill in slip.bill_ids)

    # === ACTIONS === #

    def action_view_corrections(self):
        """Open the correction slips of these slips."""
        return self.line_ids.correction_ids._get_records_action(name=self.env._("Correction Slips"))

    def action_print_labels(self):
        """Print a label with barcode, member and price for each lot and unique piece of these slips.

        :raises UserError: when no goods of them have numbers.
        """
        lots = self.line_ids.filtered(lambda line: line.state in ('confirmed', 'received')).lot_id
        if not lots:
            raise UserError(self.env._(
                "No goods of this slip have a lot or serial number. Labels are for products that are tracked by"
                " number.",
            ))
        return self.env.ref('producer_cooperative.coop_label_action_report').report_action(lots)

    # === BUSINESS METHODS === #

    def _is_print_for_member(self):
        """Whether the print may be handed to the member; whoever only looks at slips prints them for themselves."""
        return self.env.su or self.env.user.has_group('producer_cooperative.group_coop_officer')

    def _shows_money(self):
        """Whether the user may see what the goods are to fetch; the warehouse prints slips without prices."""
        return self.env.su or any(self.env.user.has_group(group) for group in MONEY_GROUPS.split(','))
