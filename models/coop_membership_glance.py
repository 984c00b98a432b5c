from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from odoo.addons.producer_cooperative.models.coop_shu_allocation import BOOKED_STATES

#: A pool in one of these states still needs the member's attention.
OPEN_POOLS = ('open', 'closed', 'ordered', 'received')


class CoopMembership(models.Model):
    """What is to be known of a member at a glance, worked out for many members with a fixed number of queries."""
    _inherit = 'coop.membership'

    savings_balance_ids = fields.One2many(
        comodel_name='coop.savings.balance', inverse_name='membership_id', string="Savings by Type",
    )
    open_debt = fields.Monetary(
        string="Open Debts", compute='_compute_open_debt', compute_sudo=True,
        help="What the member owes today on all posted receivables, after payments and credit notes that are not used"
             " yet. Below zero the cooperative owes the member.",
    )
    consigned_goods = fields.Char(
        string="Goods in Stock", compute='_compute_consigned_goods', compute_sudo=True,
        help="How much of the member's own goods lies in the warehouse.",
    )
    last_settlement_id = fields.Many2one(
        comodel_name='coop.settlement', compute='_compute_last_settlement',
        compute_sudo=True,
    )
    last_settlement_date = fields.Date(string="Settled On", compute='_compute_last_settlement', compute_sudo=True)
    last_settlement_amount = fields.Monetary(
        string="Proceeds", compute='_compute_last_settlement', compute_sudo=True,
        help="Sales less commission, before savings are withheld and debts set off.",
    )
    last_shu_line_id = fields.Many2one(
        comodel_name='coop.shu.member.line', string="Last SHU", compute='_compute_last_shu', compute_sudo=True,
    )
    last_shu_year = fields.Char(string="SHU Year", compute='_compute_last_shu', compute_sudo=True)
    last_shu_amount = fields.Monetary(string="SHU of the Year", compute='_compute_last_shu', compute_sudo=True)
    last_shu_residual = fields.Monetary(
        string="SHU Not Paid Yet", compute='_compute_last_shu', compute_sudo=True,
    )
    open_pool_request_count = fields.Integer(
        string="Open Pool Requests", compute='_compute_open_pool_request_count', compute_sudo=True,
        help="Requests in pooled purchases whose goods are not handed over yet.",
    )

    # === COMPUTE METHODS === #

    def _compute_open_debt(self):
        debts = self._get_open_debt_totals()
        for membership in self:
            membership.open_debt = debts.get((membership.partner_id.id, membership.company_id.id), 0.0)

    @api.depends_context('lang')
    def _compute_consigned_goods(self):
        quantities = {}
        for owner, company, uom, quantity in self.env['stock.quant']._read_group(
            self._get_owned_stock_domain(), ['owner_id', 'company_id', 'product_id.uom_id'], ['quantity:sum'],
        ):
            quantities.setdefault((owner.id, company.id), []).append((uom, quantity))
        for membership in self:
            of_member = quantities.get((membership.partner_id.id, membership.company_id.id), [])
            membership.consigned_goods = ", ".join(self._format_quantity(uom, quantity) for uom, quantity in of_member)

    def _compute_last_settlement(self):
        last = self._get_last_of_each('coop.settlement', [('state', '=', 'posted')], 'date')
        for membership in self:
            settlement = last.get(membership._origin, self.env['coop.settlement'])
            membership.last_settlement_id = settlement
            membership.last_settlement_date = settlement.date
            membership.last_settlement_amount = settlement.amount_proceeds

    def _compute_last_shu(self):
        last = self._get_last_of_each('coop.shu.member.line', [('state', 'in', BOOKED_STATES)], 'date_to')
        for membership in self:
            line = last.get(membership._origin, self.env['coop.shu.member.line'])
            membership.last_shu_line_id = line
            membership.last_shu_year = str(line.date_to.year) if line else False
            membership.last_shu_amount = line.amount_total
            membership.last_shu_residual = line.amount_residual

    def _compute_open_pool_request_count(self):
        counts = dict(self.env['coop.pool.request']._read_group(
            [('membership_id', 'in', self.ids), ('pool_id.state', 'in', OPEN_POOLS)], ['membership_id'], ['__count'],
        ))
        for membership in self:
            membership.open_pool_request_count = counts.get(membership._origin, 0)

    # === ACTIONS === #

    def action_view_open_debts(self):
        """Open the journal items that these members have to pay, and the credits that make them smaller."""
        self.check_access('read')
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Open Debts"),
            'res_model': 'account.move.line',
            'view_mode': 'list,form',
            'views': [
                (self.env.ref('producer_cooperative.account_move_line_view_list_debts').id, 'list'), (False, 'form'),
            ],
            'domain': list(self._get_open_debts_domain()),
            'context': {'create': False},
        }

    def action_open_last_settlement(self):
        """Open the member's latest settlement."""
        self.ensure_one()
        return self.last_settlement_id._get_records_action()

    def action_open_last_shu(self):
        """Open the latest SHU of the member."""
        self.ensure_one()
        return self.last_shu_line_id._get_records_action()

    # === BUSINESS METHODS === #

    def _get_open_debts_domain(self):
        """Return the domain of the journal items that make up the open debts of these members today."""
        today = fields.Date.context_today(self)
        mixin = self.env['coop.set.off.mixin']
        return Domain.OR(
            mixin._get_open_debts_domain(company, memberships.partner_id, today)
            for company, memberships in self.grouped('company_id').items()
        )

    def _get_open_debt_totals(self):
        """Return ``{(partner id, company id): amount owed}`` in the currency of each company; one query."""
        if not self:
            return {}
        # sudo: officers and cashiers see what a member owes without access to the journal items
        groups = self.env['account.move.line'].sudo()._read_group(
            self._get_open_debts_domain(), ['partner_id.commercial_partner_id', 'company_id'], ['amount_residual:sum'],
        )
        return {(partner.id, company.id): amount for partner, company, amount in groups}

    def _get_last_of_each(self, model, domain, date_field):
        """Return ``{membership: its record with the latest date}`` of a model with a ``membership_id``; one query."""
        Model = self.env[model]
        query = Model._search([('membership_id', 'in', self.ids), *domain])
        member, date = (Model._field_to_sql(Model._table, name, query) for name in ('membership_id', date_field))
        record_id = SQL.identifier(Model._table, 'id')
        query.order = SQL("%s, %s DESC, %s DESC", member, date, record_id)
        rows = self.env.execute_query(query.select(SQL("DISTINCT ON (%s) %s", member, record_id)))
        return {record.membership_id: record for record in Model.browse(row_id for (row_id,) in rows)}

    @api.model
    def _format_quantity(self, uom, quantity):
        quantity = uom.round(quantity)
        return f"{formatLang(self.env, quantity, digits=0 if quantity == int(quantity) else 2)} {uom.name}"
