from odoo import models
from odoo.tools import format_date


class CoopConsignmentReduction(models.Model):
    """Members are told when less is asked for their goods, and when that is taken back."""
    _inherit = 'coop.consignment.reduction'

    _notices = {'confirmed': 'price_lowered', 'cancelled': 'price_restored'}

    # === BUSINESS METHODS === #

    def _get_notice_rows(self, membership, key):
        """Return both prices of each of the goods, and who is said to have consented."""
        self.ensure_one()
        _, amount = self.env._, self._notice_amount
        kinds = dict(self._fields['consent_kind']._description_selection(self.env))
        rows = []
        for line in self.line_ids:
            before, now = line.price_before, line.price
            if key == 'price_restored':
                before, now = now, line.price_now
            rows.append((line.consignment_line_id.display_name, _(
                "%(now)s per %(unit)s, until now %(before)s", now=amount(now), before=amount(before),
                unit=line.uom_id.name,
            )))
        return [*rows, (_("Consent"), _(
            "given by %(person)s on %(date)s (%(how)s)", person=self.consent_by,
            date=format_date(self.env, self.consent_date), how=kinds.get(self.consent_kind, ""),
        ))]


class CoopConsignmentLoss(models.Model):
    """Owners are told what of their goods is missing, spoilt or found, why, and what they get for it."""
    _inherit = 'coop.consignment.loss'

    _notices = {'approved': 'goods_lost'}

    # === BUSINESS METHODS === #

    def _get_notice_members(self, key):
        self.ensure_one()
        return self._get_members_of(self.share_ids.owner_id)

    def _get_notice_rows(self, membership, key):
        """Return the member's own shares: quantities, who bears it, and the amount."""
        self.ensure_one()
        _ = self.env._
        rows = []
        shares = self.share_ids.filtered(lambda share: share.owner_id.commercial_partner_id == membership.partner_id)
        for share in shares:
            goods = " ".join(filter(None, (share.product_id.display_name, share.lot_id.name)))
            quantity = share.uom_id._coop_format(abs(share.quantity))
            if share.quantity < 0:
                text = _("%s more were found; they are yours to be sold", quantity)
            elif self.kind == 'scrap':
                text = _("%s are spoilt or damaged", quantity)
            else:
                text = _("%s are missing", quantity)
            rows.append((goods, text))
        rows.append((_("Borne By"), dict(self._fields['bearer']._description_selection(self.env))[self.bearer]))
        owed = sum(shares.filtered(lambda share: share.amount > 0).mapped('amount'))
        back = sum(shares.filtered(lambda share: share.amount < 0).mapped('amount'))
        return rows + self._notice_amounts([
            (_("You get for it"), owed), (_("You got for goods that were found again, which comes back"), back),
        ])

    def _get_notice_reason(self):
        self.ensure_one()
        return self.reason


class CoopConsignmentReturn(models.Model):
    """Members are told when their goods can be fetched, when they were handed back, and when a slip is cancelled."""
    _inherit = 'coop.consignment.return'

    _notices = {'confirmed': 'return_ready', 'done': 'returned', 'cancelled': 'return_cancelled'}

    # === BUSINESS METHODS === #

    def _get_notice_rows(self, membership, key):
        self.ensure_one()
        _ = self.env._
        rows = []
        for line in self.line_ids:
            quantity = line.returned if key == 'returned' else line.quantity
            goods = " ".join(filter(None, (line.product_id.display_name, line.lot_id.name)))
            rows.append((goods, line.uom_id._coop_format(quantity)))
        rows.append((_("Why"), dict(self._fields['reason']._description_selection(self.env))[self.reason]))
        return rows + ([(_("Fetched By"), self.fetched_by)] if self.fetched_by else [])


class CoopConsignmentBill(models.Model):
    """Members are told what the cooperative bought from them, and when such a bill is taken back."""
    _inherit = 'coop.consignment.bill'

    _notices = {'posted': 'bought', 'cancelled': 'bought_cancelled'}

    # === BUSINESS METHODS === #

    def _get_notice_members(self, key):
        self.ensure_one()
        return self._get_members_of(self.partner_id)

    def _get_notice_rows(self, membership, key):
        """Return the goods with their prices, every debt that was set off by its name, and what is to be paid."""
        self.ensure_one()
        _, amount = self.env._, self._notice_amount
        rows = []
        for line in self.move_id.invoice_line_ids.filtered(lambda line: line.display_type == 'product'):
            rows.append((line.product_id.display_name or line.name, _(
                "%(quantity)s at %(price)s: %(amount)s", quantity=line.product_uom_id._coop_format(line.quantity),
                price=amount(line.price_unit), amount=amount(line.price_total),
            )))
        rows.append((_("Total"), amount(self.amount_total)))
        debts = self.set_off_move_id.line_ids.filtered('credit')
        rows += [(_("Set Off, %s", item.name or item.move_id.name), amount(-item.credit)) for item in debts]
        return [*rows, (_("To Be Paid Out"), amount(self.amount_total - self.amount_set_off))]
