from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_amount

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS


class CoopPool(models.Model):
    """After the distribution: members who do not come, goods offered again, single charges corrected.

    Whatever happens, Σ charges = cost of what was handed out + margin + shared costs charged. What a correction leaves
    of an amount goes to the margin, by subtraction.
    """
    _inherit = 'coop.pool'

    not_collected_costs = fields.Selection(
        selection=[
            ('member', "The Member"), ('others', "The Other Members"), ('cooperative', "The Cooperative"),
        ],
        string="Shared Costs of Goods Not Collected", default='member', required=True, groups=MONEY_GROUPS,
        help="Who bears the shared costs of goods that a member does not take: freight was paid for them all the same."
             " When somebody else takes the goods, the costs go with them, and whoever bore them gets them back.",
    )
    correction_ids = fields.One2many(
        comodel_name='coop.pool.correction', inverse_name='pool_id', string="Corrections", groups=MONEY_GROUPS,
    )
    amount_costs_borne = fields.Monetary(
        string="Costs Borne by the Cooperative", compute='_compute_amount_costs_borne', groups=MONEY_GROUPS,
        help="Shared costs that no member is charged for.",
    )

    # === COMPUTE METHODS === #

    @api.depends('cost_ids.amount_shared', 'charge_ids.cost_total', 'state')
    def _compute_amount_costs_borne(self):
        for pool in self:
            charged = pool.state in ('distributed', 'done')
            pool.amount_costs_borne = charged and pool.currency_id.round(
                sum(pool.cost_ids.mapped('amount_shared')) - sum(pool.charge_ids.mapped('cost_total')),
            )

    # === ACTIONS === #

    def action_offer_again(self):
        """Ask who takes goods that are left over."""
        self.ensure_one()
        return self._open_wizard('coop.pool.hand.over', self.env._("Offer Again"), default_pool_id=self.id)

    def action_take_back(self):
        """Ask which member did not come, or brought goods back, and what of."""
        self.ensure_one()
        return self._open_wizard('coop.pool.take.back', self.env._("Not Collected"), default_pool_id=self.id)

    def action_correct_price(self):
        """Ask which member pays another price, and why."""
        self.ensure_one()
        return self._open_wizard(
            'coop.pool.take.back', self.env._("Correct a Charge"), default_pool_id=self.id, default_kind='price',
        )

    def _open_wizard(self, model, name, **context):
        return {
            'type': 'ir.actions.act_window', 'name': name, 'res_model': model, 'view_mode': 'form', 'target': 'new',
            'context': context,
        }

    # === BUSINESS METHODS - TAKING BACK === #

    def _take_back(self, charge, quantities, kind, reason):
        """Take back what a member did not collect, or brought back.

        The price and any variance passed on for these goods are given back; shared costs as the round says, in
        proportion to the goods; the rounding with the last of the goods. The goods stay in stock.

        :param charge: the member's ``coop.pool.charge``.
        :param quantities: ``{allocation: quantity}`` in the product's unit, positive.
        :param str kind: ``not_collected`` or ``returned``.
        :param str reason: why, for the auditors.
        :return: the correction.
        :raises UserError: when the pool is not distributed, or more is taken back than the member still has to collect.
        """
        self.ensure_one()
        self._check_may_correct()
        shares = {share: quantity for share, quantity in quantities.items() if quantity}
        if not shares:
            charge._check_something_waits()
            raise UserError(self.env._("Say how much is taken back."))
        for share, quantity in shares.items():
            share._check_can_be_taken_back(charge, quantity)
        before = sum(charge.allocation_ids.mapped('amount'))
        lines = [share._prepare_take_back_values(quantity) for share, quantity in shares.items()]
        taken = -sum(line['amount'] for line in lines)
        is_last = all(
            share.uom_id.is_zero(share.quantity - shares.get(share, 0.0)) for share in charge.allocation_ids
        )
        cost = self._get_cost_given_back(charge, taken, before, is_last)
        self._note_cost_freed(lines, cost)
        rounding = charge.rounding_total if is_last else 0.0
        correction = self.env['coop.pool.correction']._make(kind, reason, [{
            'charge_id': charge.id, 'cost_amount': -cost, 'rounding_amount': -rounding,
            'line_ids': [Command.create(line) for line in lines],
        }])
        self._update_costs_charged(correction)
        of_others = correction.browse()
        if cost and self.not_collected_costs == 'others':
            of_others = self._share_cost_anew(charge, cost, reason)
        # sudo: the warning goes once no more is charged than stayed
        self.sudo()._note_impossible_shares()
        self._check_charges_tie()
        self._note_corrections(correction | of_others)
        return correction

    # === BUSINESS METHODS - OFFERING AGAIN === #

    def _offer_again(self, line, membership, quantity, reason):
        """Let a member take goods that are left over, at the price that everybody pays.

        Where others took over the shared costs of goods that were not collected, these costs go with the goods, and the
        others get them back.

        :param line: the ``coop.pool.line`` with goods left over.
        :param membership: an active ``coop.membership``; it need not have asked for the product, nor taken part.
        :param float quantity: in the product's unit.
        :return: the correction.
        :raises UserError: when less is left, or the member is not active.
        """
        self.ensure_one()
        self._check_may_correct()
        problem = membership._get_pool_state_problem()
        if problem:
            raise UserError(problem)
        if line.uom_id.compare(quantity, 0.0) <= 0:
            raise UserError(self.env._("Say how much the member takes."))
        if line.uom_id.compare(quantity, line.quantity_left) > 0:
            raise UserError(self.env._(
                "Only %(left)s %(unit)s of %(product)s are left over.", left=line._format(line.quantity_left),
                unit=line.uom_id.name, product=line.display_name,
            ))
        charge = self._get_or_create_charge(membership)
        share = self._get_or_create_share(line, membership, charge)
        share._check_handed_out(quantity)
        cost = self._get_cost_carried(line, quantity)
        correction = self.env['coop.pool.correction']._make('offered', reason, [{
            'charge_id': charge.id, 'cost_amount': cost,
            'line_ids': [Command.create({
                'allocation_id': share.id, 'quantity': quantity, 'price_unit': share.price_unit,
                'amount': self.currency_id.round(share.price_unit * quantity), 'cost_freed': -cost,
            })],
        }])
        given_back = self._give_cost_back(cost, reason)
        self._update_costs_charged(correction)
        self._check_charges_tie()
        self._note_corrections(correction | given_back)
        return correction

    def _get_or_create_charge(self, membership):
        self.ensure_one()
        charge = self.charge_ids.filtered(lambda charge: charge.membership_id == membership)
        if not charge:
            # sudo: charges are written by the pool only
            charge = charge.sudo().create({'pool_id': self.id, 'membership_id': membership.id}).sudo(False)
        if not charge.order_id:
            order = self.env['sale.order'].with_company(self.company_id)._coop_as_pool().create(
                charge._prepare_sale_order_values(),
            ).with_env(self.env)
            charge.sudo().order_id = order
            order.action_confirm()
        return charge

    def _get_or_create_share(self, line, membership, charge):
        self.ensure_one()
        share = line.allocation_ids.filtered(lambda share: share.membership_id == membership).sudo()
        if not share:
            share = share.create({
                'line_id': line.id, 'membership_id': membership.id, 'quantity_computed': 0.0,
                'request_id': self.env['coop.pool.request']._get_or_create_for_offer(line, membership).id,
            })
        # sudo: shares are charged by the pool only
        share.write({'charge_id': charge.id, 'price_unit': line.price_charged})
        return share.sudo(False)

    # === BUSINESS METHODS - CORRECTING ONE CHARGE === #

    def _correct_price(self, charge, amount, reason):
        """Charge one member more or less, for example for damaged goods; the margin bears it.

        :param float amount: before tax, negative to lower the charge.
        :raises AccessError: for others than the treasurer and the manager.
        :raises UserError: when the charge would fall below zero, the amount is not a multiple of the rounding unit, or
            the round would end below its cost and somebody else than the manager confirms it.
        """
        self.ensure_one()
        self._check_user_is(
            'producer_cooperative.group_coop_accountant', 'producer_cooperative.group_coop_manager',
        )
        self.sudo()._check_may_correct()  # sudo: the role was checked; accountants read pools only
        units = self._to_units(amount)
        if not units or self.currency_id.compare_amounts(float(self._from_units(units)), amount):
            raise UserError(self.env._(
                "A correction is a multiple of %s, the rounding unit of the round.",
                format_amount(self.env, self.rounding_unit, self.currency_id),
            ))
        if self.currency_id.compare_amounts(charge.amount_total + amount, 0.0) < 0:
            raise UserError(self.env._(
                "%(member)s is charged %(charge)s; more than that cannot be taken off.",
                member=charge.membership_id.display_name,
                charge=format_amount(self.env, charge.amount_total, self.currency_id),
            ))
        self._check_margin_bears(amount)
        correction = self.env['coop.pool.correction']._make('price', reason, [
            {'charge_id': charge.id, 'price_amount': amount},
        ])
        self._add_to_margin(amount)
        self._check_charges_tie()
        self._note_corrections(correction)
        return correction

    def _check_margin_bears(self, amount):
        """Let only the manager lower a charge by more than the margin of the round bears."""
        self.ensure_one()
        margin = self.amount_margin
        may = self.env.su or self.env.user.has_group('producer_cooperative.group_coop_manager')
        if amount < 0 and not may and self.currency_id.compare_amounts(margin + amount, 0.0) < 0:
            raise UserError(self.env._(
                "The margin of %(pool)s is %(margin)s. With this correction the members pay less than the goods cost;"
                " that is for the manager to confirm.",
                pool=self.display_name, margin=format_amount(self.env, margin, self.currency_id),
            ))

    def _add_to_margin(self, amount):
        """Book what a correction leaves on the margin of the pool's first product that came."""
        self.ensure_one()
        line = self.line_ids.filtered('quantity_basis')[:1]
        line.sudo().margin_charged += amount  # sudo: worked out, never entered

    # === BUSINESS METHODS - TYING === #

    def _check_may_correct(self):
        self.ensure_one()
        self.check_access('write')
        self._queue_up()
        if self.state != 'distributed':
            raise UserError(self.env._(
                "%s: charges are corrected after the distribution, and until the round is done.", self.display_name,
            ))

    def _update_costs_charged(self, correction):
        """Let the cost of goods follow what is handed out now; what the charges leave beyond it is margin."""
        self.ensure_one()
        for line, rows in correction.line_ids.grouped(lambda row: row.allocation_id.line_id).items():
            cost = float(line._get_cost_of(line.quantity_allocated))
            charged = sum(rows.mapped('amount')) + sum(rows.mapped('adjustment_amount'))
            # sudo: worked out, never entered
            line.sudo().write({
                'cost_charged': cost, 'margin_charged': line.margin_charged + charged - (cost - line.cost_charged),
            })
        self._add_to_margin(correction.rounding_amount)

    def _check_charges_tie(self):
        """Refuse a correction after which shares, orders and charges are not the same to the rupiah."""
        self.ensure_one()
        orders = sum(self.charge_ids.order_id.sudo().mapped('amount_untaxed'))
        parts = self.amount_goods + self.amount_margin + self.amount_costs
        for amount in (orders, parts):
            if self.currency_id.compare_amounts(amount, self.amount_charged):
                raise UserError(self.env._(
                    "%(pool)s: the charges of %(charged)s are not the cost of %(expected)s.", pool=self.display_name,
                    charged=format_amount(self.env, self.amount_charged, self.currency_id),
                    expected=format_amount(self.env, amount, self.currency_id),
                ))

    def _note_corrections(self, corrections):
        self.ensure_one()
        for correction in corrections:
            # sudo: a note on the member's order, for whoever corrects the charge
            correction.charge_id.order_id.sudo().message_post(body=correction._describe())
