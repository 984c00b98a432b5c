import json

from babel.dates import format_date
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import babel_locale_parse

#: How many months a graph shows, the running one included.
MONTHS = 24


class CoopDashboardTile(models.Model):
    """A tile that shows how something went over the last months, and opens the graph behind it.

    Each month is the sum of the amounts of the action's model that match the tile's domain, in the active company. For
    a room to show something else, it must define a method ``_get_months_<key>`` here.
    """
    _inherit = 'coop.dashboard.tile'

    graph_type = fields.Selection(
        selection=[('line', "Line"), ('bar', "Bars")], string="Graph", readonly=True,
        help="The tile shows the last two years by month instead of a number.",
    )
    date_field = fields.Char(default='date', readonly=True, help="Name of the field that says which month it was.")
    graph_data = fields.Text(compute='_compute_figures')

    # === COMPUTE METHODS === #

    @api.depends('graph_type', 'date_field')
    def _compute_figures(self):
        graphs = self.filtered('graph_type')
        super(CoopDashboardTile, self - graphs)._compute_figures()
        (self - graphs).graph_data = False
        for tile in graphs:
            amounts = tile._get_months() if tile._may_open() else []
            tile.count = len([amount for _month, amount in amounts if amount])
            tile.amount = tile._get_graph_amount(amounts)
            tile.has_amount = True
            tile.is_shown = bool(amounts and (tile.count or not tile.hide_when_empty))
            tile.graph_data = json.dumps(tile._prepare_graph(amounts))

    # === BUSINESS METHODS === #

    def _get_months(self):
        """Return ``[(first day of the month, amount)]`` of the last two years, the running month last.

        Amounts are in the company's currency.
        """
        self.ensure_one()
        special = getattr(self, f'_get_months_{self.key}', None)
        if special:
            return special()
        months = self._get_month_starts()
        model = self.env[self.sudo().action_id.res_model]  # sudo: see _may_open
        domain = self._get_domain() & Domain(self.date_field, '>=', months[0])
        sums = dict(model._read_group(domain, [f'{self.date_field}:month'], [f'{self.amount_field}:sum']))
        return [(month, sums.get(month) or 0.0) for month in months]

    def _get_months_capital(self):
        """Return the members' capital at the end of each month, as the ledger says; today for the running month."""
        months = self._get_month_starts()
        company = self.env.company
        # sudo: sums of the whole cooperative, for everybody who sees the tile
        accounts = self.env['coop.savings.type'].sudo().search([
            ('company_id', '=', company.id), ('is_capital', '=', True),
        ]).account_id
        sums = self.env['account.move.line'].sudo()._read_group([
            ('account_id', 'in', accounts.ids), ('company_id', '=', company.id), ('parent_state', '=', 'posted'),
            ('date', '<=', fields.Date.context_today(self)),
        ], ['date:month'], ['balance:sum'])
        return [(month, -sum(amount for booked, amount in sums if booked <= month)) for month in months]

    def _get_month_starts(self):
        running = fields.Date.context_today(self).replace(day=1)
        return [running - relativedelta(months=back) for back in reversed(range(MONTHS))]

    def _get_graph_amount(self, amounts):
        """Return the figure beside the graph: the last month's of a line that goes on, the sum of bars."""
        self.ensure_one()
        values = [amount for _month, amount in amounts] or [0.0]
        return values[-1] if self.graph_type == 'line' else sum(values)

    def _prepare_graph(self, amounts):
        """Return what the graph in the card is drawn from."""
        self.ensure_one()
        locale = babel_locale_parse(self.env.lang)
        points = [(format_date(month, 'MMM yy', locale=locale), round(amount, 2)) for month, amount in amounts]
        if self.graph_type == 'line':
            return [{'key': self.name, 'values': [{'x': label, 'y': amount} for label, amount in points]}]
        return [{'key': self.name, 'values': [
            # The year before stands in another shade, so that the same months compare.
            {'label': label, 'value': amount, 'type': 'past' if index < MONTHS // 2 else 'future'}
            for index, (label, amount) in enumerate(points)
        ]}]
