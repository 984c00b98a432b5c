from odoo import api, fields, models
from odoo.fields import Domain


class CoopSettlementRunLine(models.Model):
    """Results that were not paid out: they stay open, and the settlement that takes them in is noted."""
    _inherit = 'coop.settlement.run.line'

    taken_by_id = fields.Many2one(
        comodel_name='coop.settlement', string="Taken Into", readonly=True, index='btree_not_null', check_company=True,
        ondelete='set null', help="The later settlement that what was carried forward is part of.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _get_open_carried_lines(self, company, partners):
        """Return what was carried forward; for a run of certain goods, only what runs of such goods carried."""
        domain = Domain([
            ('state', '=', 'carried'), ('taken_by_id', '=', False), ('company_id', '=', company.id),
            ('partner_id', 'in', partners.ids), ('run_id.state', 'in', ('running', 'stopped', 'done')),
        ])
        category_ids = self.env.context.get('coop_settled_categories')
        if category_ids:
            others = self.env['product.category']._search(~Domain('id', 'child_of', list(category_ids)))
            domain &= Domain('run_id.categ_ids', '!=', False) & ~Domain('run_id.categ_ids', 'in', others)
        # sudo: what a member was told, for whoever settles with the member
        return self.sudo().search(domain, order='date, id')

    @api.model
    def _get_carried(self, company, partners):
        """Return ``{partner: what the latest run carried forward}`` and no settlement has taken in yet."""
        lines = self._get_open_carried_lines(company, partners)
        return {line.partner_id.sudo(False): line.amount_carried for line in lines}

    def _set_changed(self, is_due):
        """Note that the figures are not those of the preview any more."""
        for line in self:
            line.write({'state': 'changed', 'reason': self.env._(
                "Something was sold, credited, paid or returned since the preview. Preview again to settle it.",
            ) if is_due else self.env._("Settled by somebody else in the meantime.")})


class CoopSettlement(models.Model):
    """What was carried forward to a settlement, and the run that it belongs to."""
    _inherit = 'coop.settlement'

    run_id = fields.Many2one(
        comodel_name='coop.settlement.run', string="Settlement Run", readonly=True, copy=False, index='btree_not_null',
        check_company=True, ondelete='restrict',
    )
    carried_line_ids = fields.One2many(
        comodel_name='coop.settlement.run.line', inverse_name='taken_by_id', string="Carried Forward Before",
        readonly=True,
    )
    amount_carried_in = fields.Monetary(
        string="Of Which Carried Forward Before", compute='_compute_amount_carried_in', compute_sudo=True,
        help="Part of the figures above: what an earlier run did not pay out, because it was too little or negative.",
    )

    # === COMPUTE METHODS === #

    @api.depends('carried_line_ids.amount_carried', 'state', 'partner_id')
    def _compute_amount_carried_in(self):
        RunLine = self.env['coop.settlement.run.line']
        for settlement in self:
            lines = settlement.carried_line_ids
            if settlement.state in ('draft', 'computed'):
                lines = RunLine._get_open_carried_lines(settlement.company_id, settlement.partner_id)
            settlement.amount_carried_in = lines.sorted(lambda line: (line.date, line.id))[-1:].amount_carried

    # === BUSINESS METHODS === #

    @api.model
    def _get_open_sale_lines(self, company, owners=None):
        """Look at the goods of the categories that a run is limited to."""
        sale_lines = super()._get_open_sale_lines(company, owners)
        category_ids = self.env.context.get('coop_settled_categories')
        if not category_ids:
            return sale_lines
        return sale_lines.filtered_domain([('product_id.categ_id', 'child_of', list(category_ids))])

    def _is_guarded(self, name):
        return name == 'run_id' or super()._is_guarded(name)

    def _post_checked(self):
        res = super()._post_checked()
        for company, settlements in self.grouped('company_id').items():
            by_partner = {settlement.partner_id: settlement for settlement in settlements}
            lines = self.env['coop.settlement.run.line']._get_open_carried_lines(company, settlements.partner_id)
            for line in lines:
                line.taken_by_id = by_partner[line.partner_id.sudo(False)]
        return res

    def _cancel_with_reason(self, reason):
        res = super()._cancel_with_reason(reason)
        # sudo: what was carried forward before is open again
        self.env['coop.settlement.run.line'].sudo().search([('taken_by_id', 'in', self.ids)]).taken_by_id = False
        return res
