from __future__ import annotations

from odoo import fields, models
from odoo.tools import SQL

#: The bases that are read from documents, in the order of their numbers in the view's ids.
BASES = ('purchases', 'deliveries', 'consigned', 'commission')
MOVE_TYPES = {
    'purchases': ('out_invoice', 'out_refund', 'out_receipt'),
    'deliveries': ('in_invoice', 'in_refund', 'in_receipt'),
}


class CoopShuBusiness(models.Model):
    """Business with the cooperative, document line by document line, as it counts for sharing the surplus.

    One definition serves the computation and whoever looks behind a member's number: :meth:`_get_source`.

    Purchases and deliveries are lines of posted invoices, bills, receipts and credit notes, told apart by the
    membership that is stamped on the document. Lines on accounts of the balance sheet are no business: down payments
    that wait on one, principal of loans, deposits, advances; a down payment that was booked as income counts when it
    was, and the final invoice takes it off again. Goods bought count on the stock account too; bills without a product
    are fees and costs and no goods. What belongs to a settlement counts by its lines and not again by its bill, nor by
    the invoice of its commission; and what a member buys of another's consigned goods is the other's business, on
    principal basis too, where the cooperative's own account is credited.
    """
    _name = 'coop.shu.business'
    _description = "Business with the Cooperative"
    _auto = False
    _order = 'date DESC, id DESC'
    _rec_name = 'document_name'
    _depends = {
        'account.account': ['account_type'],
        'account.move': [
            'company_id', 'coop_membership_id', 'coop_source_model', 'date', 'move_type', 'name', 'partner_id', 'state',
        ],
        'account.move.line': ['account_id', 'balance', 'display_type', 'move_id', 'name', 'product_id'],
        'coop.settlement': ['membership_id', 'name', 'partner_id'],
        'coop.settlement.line': [
            'amount', 'commission', 'company_id', 'date', 'product_id', 'settlement_id', 'state',
        ],
        'product.product': ['product_tmpl_id'],
        'product.template': ['categ_id', 'coop_consigned', 'is_storable'],
    }

    base = fields.Selection(selection='_selection_base', readonly=True)
    company_id = fields.Many2one(comodel_name='res.company', readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    membership_id = fields.Many2one(comodel_name='coop.membership', string="Member", readonly=True)
    partner_id = fields.Many2one(comodel_name='res.partner', string="Contact", readonly=True)
    date = fields.Date(readonly=True)
    document_name = fields.Char(string="Document", readonly=True)
    move_id = fields.Many2one(comodel_name='account.move', string="Invoice or Bill", readonly=True)
    settlement_id = fields.Many2one(comodel_name='coop.settlement', readonly=True)
    name = fields.Char(string="Description", readonly=True)
    product_id = fields.Many2one(comodel_name='product.product', readonly=True)
    category_id = fields.Many2one(comodel_name='product.category', readonly=True)
    amount = fields.Monetary(
        readonly=True, aggregator='sum', help="Untaxed, in the company's currency; below zero for what was credited.",
    )

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join(self._select(index, base) for index, base in enumerate(BASES))

    def _select(self, index, base):
        from_moves = base in MOVE_TYPES
        return SQL(
            """
            SELECT line.id::bigint * %(count)s + %(index)s AS id, %(base)s AS base, %(company)s AS company_id,
                   %(membership)s AS membership_id, head.partner_id, %(date)s AS date, head.name AS document_name,
                   %(move)s AS move_id, %(settlement)s AS settlement_id, %(name)s AS name, line.product_id,
                   template.categ_id AS category_id, %(amount)s AS amount
            %(source)s
            """,
            count=len(BASES), index=index, base=SQL("%s::varchar", base),
            company=SQL("head.company_id") if from_moves else SQL("line.company_id"),
            date=SQL("head.date") if from_moves else SQL("line.date"),
            membership=self._get_membership_column(base), amount=self._get_amount_column(base),
            move=SQL("head.id") if from_moves else SQL("NULL::integer"),
            settlement=SQL("NULL::integer") if from_moves else SQL("head.id"),
            name=SQL("line.name") if from_moves else SQL("NULL::varchar"),
            source=self._get_source(base),
        )

    # === BUSINESS METHODS === #

    def _selection_base(self):
        return self.env['coop.shu.rule.share']._selection_base()

    def _flush_sources(self):
        for model, names in self._depends.items():
            self.env[model].flush_model(names)

    def _get_membership_column(self, base):
        return SQL("head.coop_membership_id") if base in MOVE_TYPES else SQL("head.membership_id")

    def _get_amount_column(self, base):
        return {
            'purchases': SQL("-line.balance"), 'deliveries': SQL("line.balance"), 'consigned': SQL("line.amount"),
            'commission': SQL("line.commission"),
        }[base]

    def _get_source(self, base, company=None, date_from=None, date_to=None, categories=None):
        """Return ``FROM … WHERE …`` of what counts: ``line`` is the document's line, ``head`` the document.

        :param company: only this company's; all without it, for the record rule to choose.
        :param date_from: only from this day on, ``date_to`` until this day.
        :param categories: only lines with products of these categories; all when empty.
        """
        from_moves = base in MOVE_TYPES
        dated = SQL("head") if from_moves else SQL("line")
        conditions = [self._get_move_source(base) if from_moves else self._get_settlement_source()]
        if company:
            conditions.append(SQL("%s.company_id = %s", dated, company.id))
        if date_from and date_to:
            conditions.append(SQL("%s.date BETWEEN %s AND %s", dated, date_from, date_to))
        if categories:
            conditions.append(SQL("template.categ_id IN %s", tuple(categories.ids)))
        return SQL(" AND ").join(conditions)

    def _get_move_source(self, base):
        # Joins of products that nothing looks at cost nothing: PostgreSQL leaves them out.
        counts = SQL("(account.account_type LIKE 'income%%' OR account.account_type LIKE 'expense%%')")
        if base == 'deliveries':
            counts = SQL("(%s OR template.is_storable) AND line.product_id IS NOT NULL", counts)
        else:
            counts = SQL("%s AND template.coop_consigned IS NOT TRUE", counts)
        return SQL(
            """
              FROM account_move_line line
              JOIN account_move head ON head.id = line.move_id
              JOIN account_account account ON account.id = line.account_id
         LEFT JOIN product_product product ON product.id = line.product_id
         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE head.state = 'posted' AND head.move_type IN %(move_types)s AND line.display_type = 'product'
               AND head.coop_source_model IS DISTINCT FROM 'coop.settlement' AND %(counts)s
            """, move_types=MOVE_TYPES[base], counts=counts,
        )

    def _get_settlement_source(self):
        return SQL(
            """
              FROM coop_settlement_line line
              JOIN coop_settlement head ON head.id = line.settlement_id
         LEFT JOIN product_product product ON product.id = line.product_id
         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE line.state = 'posted'
            """,
        )

    # === ACTIONS === #

    def action_open_document(self):
        """Open the invoice, bill or settlement that the line is of."""
        self.ensure_one()
        return (self.move_id or self.settlement_id)._get_records_action()
