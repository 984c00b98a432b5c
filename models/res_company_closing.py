from odoo import models
from odoo.fields import Domain

from odoo.addons.producer_cooperative.tools.obstacle import Obstacle

#: How many documents a sentence names.
NAMED = 5
#: The papers of the cooperative that are not finished in these states, and the screen that shows them. Papers that are
#: not named here are unfinished as drafts.
UNFINISHED = {
    'coop.consignment': (('draft', 'confirmed'), 'coop_consignment_action'),
    'coop.consignment.correction': (('draft', 'requested'), 'coop_consignment_correction_action'),
    'coop.consignment.return': (('draft', 'confirmed'), 'coop_consignment_return_action'),
    'coop.consignment.loss': (('draft', 'submitted'), 'coop_consignment_loss_action'),
}
#: Papers whose drafts hold the closing up already, each with a sentence of its own.
NAMED_ELSEWHERE = (
    'coop.savings.voucher', 'coop.payout', 'coop.settlement', 'coop.cash.count', 'coop.cash.handover',
)


class ResCompany(models.Model):
    """What is open at the end of a period in Odoo's own documents, and in any paper of the cooperative."""
    _inherit = 'res.company'

    # === BUSINESS METHODS - OBSTACLES === #

    def _coop_get_closing_obstacles(self, date_from, date_to):
        """Hold the closing up for drafts of entries, and for payments that are not in the books."""
        return [
            *super()._coop_get_closing_obstacles(date_from, date_to),
            *self._coop_get_entry_obstacles(date_from, date_to), *self._coop_get_payment_obstacles(date_from, date_to),
        ]

    def _coop_get_entry_obstacles(self, date_from, date_to):
        # sudo: names of drafts, whoever made them; drafts of pooled purchases have a sentence of their own
        drafts = self.env['account.move'].sudo().search(
            Domain([('state', '=', 'draft'), ('company_id', '=', self.id), ('coop_pool_id', '=', False)]) & Domain.OR(
                Domain([(field, '>=', date_from), (field, '<=', date_to)]) for field in ('date', 'invoice_date')
            ), order='date, id',
        )
        if not drafts:
            return []
        return [Obstacle(self.env._(
            "%(count)s drafts in the period are to be posted or deleted: %(names)s", count=len(drafts),
            names=_enumerate(drafts),
        ), 'account.move', [('id', 'in', drafts.ids)], key='account.move/draft')]

    def _coop_get_payment_obstacles(self, date_from, date_to):
        # sudo: see _coop_get_entry_obstacles
        payments = self.env['account.payment'].sudo().search([
            ('company_id', '=', self.id), ('move_id', '=', False), ('state', 'in', ('draft', 'in_process', 'paid')),
            ('date', '>=', date_from), ('date', '<=', date_to),
        ], order='date, id')
        if not payments:
            return []
        return [Obstacle(self.env._(
            "%(count)s payments of the period are not in the books: confirm or delete drafts; for others, give the"
            " journal's payment method an account and confirm them again: %(names)s", count=len(payments),
            names=_enumerate(payments),
        ), 'account.payment', [('id', 'in', payments.ids)])]

    # === BUSINESS METHODS - ADVICE === #

    def _coop_get_closing_advice(self, date_from, date_to):
        """Name papers that wait for somebody, goods that are not counted, and what is not delivered or invoiced."""
        return [
            *super()._coop_get_closing_advice(date_from, date_to), *self._coop_get_paper_advice(date_from, date_to),
            *self._coop_get_count_advice(date_to), *self._coop_get_order_advice(date_to),
            *self._coop_get_statement_advice(date_to),
        ]

    def _coop_get_paper_advice(self, date_from, date_to):
        """Name the unfinished papers of every room: all models of documents that have a day and a company."""
        advice = []
        for model_name in sorted(self.env.registry):
            Model = self.env[model_name]
            if model_name in NAMED_ELSEWHERE or not self._coop_is_dated_paper(Model):
                continue
            states, action = UNFINISHED.get(model_name, (('draft',), ''))
            domain = [
                ('company_id', '=', self.id), ('state', 'in', states), ('date', '>=', date_from),
                ('date', '<=', date_to),
            ]
            # sudo: how many, for whoever closes the books
            count = Model.sudo().search_count(domain)
            if count:
                labels = dict(Model._fields['state']._description_selection(self.env))
                advice.append(Obstacle(self.env._(
                    "%(paper)s: %(count)s not finished (%(states)s).", paper=Model._description, count=count,
                    states=", ".join(labels[state] for state in states if state in labels),
                ), model_name, domain, action=action, blocking=False, key=f'paper/{model_name}'))
        return advice

    def _coop_is_dated_paper(self, Model):
        return (
            not Model._abstract and not Model._transient and isinstance(Model, self.env.registry['coop.document.mixin'])
            and {'date', 'company_id', 'state'} <= Model._fields.keys() and Model._fields['date'].store
            and 'draft' in dict(Model._fields['state']._description_selection(self.env))
        )

    def _coop_get_count_advice(self, date_to):
        """Name counts of stock that are due, and counted quantities that nobody applied."""
        # sudo: how many, for whoever closes the books
        Quant = self.env['stock.quant'].sudo()
        inside = Domain([('company_id', '=', self.id), ('location_id.usage', '=', 'internal')])
        counted = inside & Domain('inventory_quantity_set', '=', True)
        due = inside & Domain([
            ('inventory_quantity_set', '=', False), ('inventory_date', '<=', date_to), ('quantity', '!=', 0),
        ])
        texts = (
            (counted, 'counted', self.env._("%s counted quantities of stock are entered and not applied.")),
            (due, 'due', self.env._(
                "%s quantities of stock were to be counted by then: count them, and sign the list.",
            )),
        )
        return [
            Obstacle(
                text % count, 'stock.quant', list(domain), blocking=False,
                key=f'stock.quant/{key}',
            ) for domain, key, text in texts for count in [Quant.search_count(domain)] if count
        ]

    def _coop_get_order_advice(self, date_to):
        """Name transfers that were planned and not done, and orders whose goods moved and are not invoiced."""
        of_company = [('company_id', '=', self.id)]
        end = f'{date_to} 23:59:59'
        to_invoice = [*of_company, ('invoice_status', '=', 'to invoice'), ('date_order', '<=', end)]
        planned = [
            *of_company, ('state', 'in', ('waiting', 'confirmed', 'assigned')), ('scheduled_date', '<=', end),
        ]
        not_done = self.env._("%s transfers were planned by then and are not done.")
        not_invoiced = self.env._("%s sales orders have goods that are delivered and not invoiced.")
        not_billed = self.env._("%s purchase orders have goods that came and are not billed.")
        rows = (
            ('stock.picking', planned, not_done), ('sale.order', to_invoice, not_invoiced),
            ('purchase.order', to_invoice, not_billed),
        )
        advice = []
        for model_name, domain, text in rows:
            # sudo: how many, for whoever closes the books
            count = self.env[model_name].sudo().search_count(domain)
            if count:
                advice.append(Obstacle(text % count, model_name, domain, blocking=False))
        return advice

    def _coop_get_statement_advice(self, date_to):
        # sudo: how many, for whoever closes the books
        Line = self.env['account.bank.statement.line'].sudo()
        domain = [
            ('company_id', '=', self.id), ('is_reconciled', '=', False), ('date', '<=', date_to),
            ('move_id.state', 'in', ('draft', 'posted')),
        ]
        count = Line.search_count(domain)
        if not count:
            return []
        return [Obstacle(self.env._(
            "%s lines of bank statements are not matched with what they paid; Odoo does not lock the books before.",
            count,
        ), 'account.bank.statement.line', domain, blocking=False)]


def _enumerate(records):
    """Return the first names of some records in one line."""
    return ", ".join(records[:NAMED].mapped('display_name')) + (" …" if len(records) > NAMED else "")
