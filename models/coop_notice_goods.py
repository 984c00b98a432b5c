from odoo import models
from odoo.tools import format_amount, format_date


class CoopSettlement(models.Model):
    """Members are told what was settled, with every deduction by its name, and when a settlement is taken back."""
    _inherit = 'coop.settlement'

    _notices = {'posted': 'settlement', 'cancelled': 'settlement_cancelled'}

    # === BUSINESS METHODS === #

    def _get_notice_rows(self, membership, key):
        self.ensure_one()
        _, amount = self.env._, self._notice_amount
        kinds = dict(self.deduction_ids._fields['kind']._description_selection(self.env))
        return [
            *(
                (f"{line.product_id.display_name}, {line.uom_id._coop_format(line.quantity)}", amount(line.amount))
                for line in self.line_ids
            ),
            (_("Sales"), amount(self.amount_gross)),
            (_("Commission"), amount(-self.amount_commission)),
            (_("Proceeds"), amount(self.amount_proceeds)),
            *(
                (f"{kinds[deduction.kind]}, {deduction._get_label()}", amount(-deduction.amount))
                for deduction in self.deduction_ids
            ),
            (_("To Be Paid Out"), amount(self.amount_payable)),
        ]


class CoopConsignment(models.Model):
    """Members are told what goods of theirs were taken in, and when the slip is cancelled."""
    _inherit = 'coop.consignment'

    _notices = {'confirmed': 'intake', 'cancelled': 'intake_cancelled'}

    # === BUSINESS METHODS === #

    def _get_notice_rows(self, membership, key):
        """Return the net of each line as the member signed it; a later correction is told of by itself."""
        self.ensure_one()
        _ = self.env._
        rows = []
        for line in self.line_ids:
            uom, signed = line.uom_id, line.net - line.correction
            text = uom._coop_format(signed)
            if uom.compare(line.gross, signed):
                text = _("%(net)s net (gross %(gross)s)", net=text, gross=uom._coop_format(line.gross))
            rows.append((" ".join(filter(None, (line.product_id.display_name, line.description))), text))
        return rows


class CoopConsignmentCorrection(models.Model):
    """Members are told when the weight on their slip is corrected."""
    _inherit = 'coop.consignment.correction'

    _notices = {'posted': 'intake_corrected'}

    # === BUSINESS METHODS === #

    def _get_notice_members(self, key):
        self.ensure_one()
        return self.consignment_id.membership_id

    def _get_notice_rows(self, membership, key):
        self.ensure_one()
        _, uom = self.env._, self.uom_id
        return [
            (_("Slip"), f"{self.consignment_id.name}, {format_date(self.env, self.consignment_id.date)}"),
            (_("Goods"), self.product_id.display_name),
            (_("Net until now"), uom._coop_format(self.old_net)),
            (_("Net from now on"), uom._coop_format(self.new_net)),
        ]

    def _get_notice_reason(self):
        self.ensure_one()
        return self.reason


class AccountMove(models.Model):
    """Owners are told when the price of goods that were sold for them is corrected."""
    _name = 'account.move'
    _inherit = ['account.move', 'coop.notice.mixin']

    # === BUSINESS METHODS === #

    def _coop_tell_owners(self):
        """Write down that the owners of the goods on these price corrections are to be told."""
        self._queue_notices('price_corrected')

    def _get_notice_members(self, key):
        self.ensure_one()
        return self._get_members_of(self.env['res.partner'].union(*self._coop_get_owners_by_line().values()))

    def _coop_get_owners_by_line(self):
        """Return ``{line of the correction: owners of the goods that were delivered for its sale}``."""
        self.ensure_one()
        lines = self.invoice_line_ids.filtered('coop_corrected_line_id')
        # sudo: whose goods were delivered; only who is told follows from it
        moves = self.env['stock.move.line'].sudo().search([
            ('move_id.sale_line_id', 'in', lines.sale_line_ids.ids), ('state', '=', 'done'), ('owner_id', '!=', False),
        ])
        by_sale = moves.grouped(lambda move_line: move_line.move_id.sale_line_id)
        return {
            line: moves.browse().union(*(by_sale.get(sale.sudo(), moves.browse()) for sale in line.sale_line_ids))
            .owner_id.commercial_partner_id for line in lines
        }

    def _get_notice_rows(self, membership, key):
        """Return by how much the price of each of the member's goods changed, per unit; nothing of other owners."""
        self.ensure_one()
        rows = [(self.env._("Invoice"), self.invoice_line_ids.coop_corrected_line_id.move_id.name or "")]
        for line, owners in self._coop_get_owners_by_line().items():
            if membership.partner_id in owners:
                change = format_amount(self.env, line.price_unit * self._coop_get_sign(), self.currency_id)
                rows.append((line.product_id.display_name, self.env._(
                    "%(change)s per %(unit)s", change=change, unit=line.product_uom_id.name,
                )))
        return rows

    def _coop_get_sign(self):
        return -1 if self.move_type == 'out_refund' else 1

    def _get_notice_date(self):
        self.ensure_one()
        return format_date(self.env, self.invoice_date or self.date)

    def _get_notice_reason(self):
        self.ensure_one()
        return self.ref
