from odoo import api, models
from odoo.tools import format_date

from odoo.addons.producer_cooperative.models.coop_notice import WAITING_STATES


class CoopPool(models.Model):
    """Members are told what they get of a round and owe for it, and when they get another share than they asked for."""
    _inherit = 'coop.pool'

    # === BUSINESS METHODS === #

    def _update_state(self, target, **values):
        super()._update_state(target, **values)
        if target == 'received':
            self._tell_shares()

    def _reallocate(self):
        """Tell of shares that change once everything has come: more goods, a change by hand."""
        super()._reallocate()
        self.filtered(lambda pool: pool.state == 'received')._tell_shares()

    def _tell_shares(self):
        """Write down who gets another share than was asked for; who was told already, only where it changed since."""
        for pool in self.sudo():  # sudo: who is told what follows from the shares, whoever receives the goods
            told = pool._get_notices().filtered(lambda notice: notice.kind_id.key == 'pool_share').sorted('id')
            by_member, occasions = told.grouped('membership_id'), {}
            for membership, shares in pool.allocation_ids.grouped('membership_id').items():
                occasion = shares._get_occasion(by_member.get(membership, told.browse()))
                if occasion:
                    occasions[membership] = occasion
            members = self.env['coop.membership'].sudo().union(*occasions)  # sudo: see above
            self.env['coop.notice']._queue('pool_share', {pool: members}, occasions)

    def _get_notice_members(self, key):
        if key == 'pool_charged':
            return self.charge_ids.membership_id
        return super()._get_notice_members(key)

    def _get_notice_informed(self, key):
        """Who asked for something knows of the round, reminded or not."""
        self.ensure_one()
        return self.request_ids.filtered(lambda request: request.quantity or request.tolerance).membership_id

    def _get_notice_rows(self, membership, key):
        if key in ('pool_share', 'pool_charged'):
            shares = self._search_of_member('allocation_ids', membership)
            rows = [share._get_notice_row() for share in shares.sorted('line_id')]
            charge = self._search_of_member('charge_ids', membership)
            return rows + (charge._get_notice_rows() if key == 'pool_charged' else [])
        return super()._get_notice_rows(membership, key)

    def _get_notice_date(self):
        if self.state in ('distributed', 'done'):
            return format_date(self.env, min(self.charge_ids.mapped('date'), default=False))
        return super()._get_notice_date()


class CoopPoolAllocation(models.Model):
    """What a member gets, and asked for."""
    _inherit = 'coop.pool.allocation'

    # === BUSINESS METHODS === #

    def _get_occasion(self, told):
        """Return what tells this message of one member's shares apart from the earlier ones; empty when none is due.

        What waits of earlier shares is not needed any more.

        :param told: messages of earlier shares of this round, the oldest first.
        """
        figures = ",".join(f'{share.line_id.id}={share.quantity:g}' for share in self.sorted('line_id'))
        if told and told[-1].occasion.partition(':')[2] == figures:
            return ""
        told.filtered(lambda notice: notice.state in WAITING_STATES)._skip(self.env._("The share has changed again."))
        is_other = any(share.uom_id.compare(share.quantity, share.quantity_requested) for share in self)
        knows_another = any(notice.state in ('sent', 'printed') for notice in told)
        return f'{len(told)}:{figures}' if is_other or knows_another else ""

    def _get_notice_row(self):
        """Return ``(label, text)`` of the share, with its price once it has one."""
        self.ensure_one()
        _, unit = self.env._, self.uom_id
        text = unit._coop_format(self.quantity)
        if unit.compare(self.quantity, self.quantity_requested):
            text = _("%(gets)s (you asked for %(asked)s)", gets=text, asked=unit._coop_format(self.quantity_requested))
        if self.charge_id:
            text = _(
                "%(quantity)s at %(price)s: %(amount)s", quantity=text,
                price=self.pool_id._notice_amount(self.price_unit), amount=self.pool_id._notice_amount(self.amount),
            )
        if self.manual_reason:
            text = f"{text} ({self.manual_reason})"
        return self.product_id.display_name, text


class CoopPoolCharge(models.Model):
    """What a member owes for a round."""
    _inherit = 'coop.pool.charge'

    # === BUSINESS METHODS === #

    def _get_notice_rows(self):
        """Return ``[(label, text)]`` of everything beside the goods, and what it all comes to."""
        self.ensure_one()
        _, order = self.env._, self.order_id
        # What is not of one product's price: variances passed on, and corrections made since.
        other = self.amount_total - (
            sum(self.allocation_ids.mapped('amount')) + self.cost_total + self.rounding_total + self.price_total
        )
        return [
            *self.pool_id._notice_amounts([
                (_("Shared Costs"), self.cost_total), (_("Rounding"), self.rounding_total), (_("Variance"), other),
                (_("Price Correction"), self.price_total), (_("Tax"), order.amount_tax),
            ]),
            (_("You Owe for It"), self.pool_id._notice_amount(self.amount_total + order.amount_tax)),
        ]


class CoopPoolCorrection(models.Model):
    """Members are told of everything that changes what they get of a round or owe for it after the distribution."""
    _name = 'coop.pool.correction'
    _inherit = ['coop.pool.correction', 'coop.notice.mixin']

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        corrections = super().create(vals_list)
        corrections._queue_notices('pool_corrected')
        return corrections

    # === BUSINESS METHODS === #

    def _get_notice_rows(self, membership, key):
        """Return what changes, and the charge before and after this correction; all before tax."""
        self.ensure_one()
        _, amount = self.env._, self._notice_amount
        kinds = dict(self._fields['kind']._description_selection(self.env))
        rows = [(_("Pooled Purchase"), self.pool_id.display_name), (_("Correction"), kinds[self.kind])]
        for line in self.line_ids:
            if line.quantity:
                rows.append((line.product_id.display_name, _(
                    "%(quantity)s at %(price)s: %(amount)s", quantity=line.uom_id._coop_format(line.quantity),
                    price=amount(line.price_unit), amount=amount(line.amount),
                )))
            rows += self._notice_amounts([
                (_("Variance, %s", line.product_id.display_name), line.adjustment_amount),
            ])
        rows += self._notice_amounts([
            (_("Shared Costs"), self.cost_amount), (_("Rounding"), self.rounding_amount),
            (_("Price Correction"), self.price_amount),
        ])
        charge = self.charge_id
        earlier = charge.correction_ids.filtered(lambda correction: correction.id < self.id)
        before = charge.goods_amount + charge.cost_amount + charge.rounding_amount + sum(earlier.mapped('amount_total'))
        return [
            *rows, (_("Charge until now, before tax"), amount(before)),
            (_("Charge from now on, before tax"), amount(before + self.amount_total)),
        ]

    def _get_notice_reason(self):
        self.ensure_one()
        return self.reason


class CoopDueChange(models.Model):
    """Members are told when what they owe is due later, and when that is taken back."""
    _inherit = 'coop.due.change'

    _notices = {'approved': 'due_moved', 'cancelled': 'due_back'}

    # === BUSINESS METHODS === #

    def _get_notice_members(self, key):
        """Return whose invoices are moved: those that are about to be, or those that were."""
        self.ensure_one()
        return self._get_members_of(self.line_ids.partner_id or self._get_items_due_earlier().partner_id)

    def _get_notice_rows(self, membership, key):
        self.ensure_one()
        _ = self.env._
        rows = []
        for line in self.line_ids.filtered(lambda row: row.partner_id.commercial_partner_id == membership.partner_id):
            due, before = line.date_after, line.date_before
            if key == 'due_back':
                due, before = before, due
            rows.append((line.move_id.name, _(
                "%(amount)s, due on %(date)s instead of %(before)s", amount=self._notice_amount(line.amount_open),
                date=format_date(self.env, due), before=format_date(self.env, before),
            )))
        return rows

    def _get_notice_date(self):
        self.ensure_one()
        return format_date(self.env, self.date_approved)

    def _get_notice_reason(self):
        self.ensure_one()
        return self.cancel_reason or self.reason
