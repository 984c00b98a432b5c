from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, formatLang

#: What says nothing about the invoices of the terms, and may follow until they are settled with.
NOT_OF_INVOICES = {
    'return_days', 'grace_days', 'set_off_consent_date', 'set_off_consent_ref', 'is_reopened', 'agreement_id',
}

#: What is no part of what was agreed.
NOT_WORDED = {'id', 'create_uid', 'create_date', 'write_uid', 'write_date', 'is_reopened', 'agreement_id'}

#: Says that terms are being written down, with their bands and prices; nobody can send it from outside.
CREATING = object()


class CoopConsignmentTerm(models.Model):
    """What keeps terms as they were when sales were invoiced and settled under them."""
    _inherit = 'coop.consignment.term'

    is_reopened = fields.Boolean(
        string="Being Corrected", readonly=True, copy=False,
        help="A mistake is being corrected, with a reason in the history of the agreement.",
    )
    is_invoiced = fields.Boolean(
        string="Sales Invoiced", compute='_compute_is_invoiced', help="Sales were invoiced while these terms held.",
    )
    is_fixed = fields.Boolean(compute='_compute_is_invoiced', help="Changed only as the correction of a mistake.")

    # === COMPUTE METHODS === #

    def _compute_is_invoiced(self):
        ruling = self._get_ruling()
        used = self._get_used()
        for term in self:
            term.is_invoiced = term._origin in ruling
            term.is_fixed = term._origin in used or (term.is_invoiced and not term.is_reopened)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop('is_reopened', None)
        terms = super(CoopConsignmentTerm, self.with_context(coop_creating_terms=CREATING)).create(vals_list)
        terms = terms.with_env(self.env)
        terms._check_not_settled_past()
        terms._check_overrules_nothing()
        return terms

    def write(self, vals):
        if 'is_reopened' in vals and not self.env.su:
            raise UserError(self.env._("Terms are opened for a correction with their own button."))
        is_of_invoices = bool(vals.keys() - NOT_OF_INVOICES)
        if vals.keys() - {'is_reopened'}:
            self._check_not_fixed(is_of_invoices)
        days = {term: term._get_validity() for term in self}
        reopened = self.filtered(lambda term: is_of_invoices and term.is_reopened)
        noted = {term: term._get_wording() for term in reopened}
        res = super().write(vals)
        for term in reopened:
            term._close_correction(noted[term])
        moved = self.filtered(lambda term: days[term] != term._get_validity())
        moved._check_not_settled_past()
        moved._check_overrules_nothing()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_not_fixed()

    # === ACTIONS === #

    def action_correct(self):
        """Ask for the reason why terms are changed under which sales were invoiced already."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Correct a Mistake in the Terms"),
            'res_model': 'coop.consignment.term.correct',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_term_id': self.id},
        }

    # === BUSINESS METHODS === #

    def _get_wording(self):
        """Return ``{field label: what it says}`` of all that was agreed, bands, prices and levies included."""
        self.ensure_one()
        wording = {}
        for name, field in self._fields.items():
            if name in NOT_WORDED or not field.store or field.related:
                continue
            value = self[name]
            if field.type == 'selection':
                value = dict(field._description_selection(self.env)).get(value)
            elif field.type == 'one2many':
                value = ", ".join(map(_describe, value.sorted('id')))
            elif field.relational:
                value = value.display_name
            elif field.type == 'date':
                value = format_date(self.env, value) if value else ""
            elif field.type in ('float', 'monetary'):
                value = formatLang(self.env, value, digits=2)
            wording[field._description_string(self.env)] = str(value or "–")
        return wording

    def _close_correction(self, noted):
        """Note what changed in the history of the agreement, and close the terms again: one correction, one reason.

        :param noted: :meth:`_get_wording` before the change.
        """
        self.ensure_one()
        now = self._get_wording()
        changes = [f"{label}: {noted[label]} → {text}" for label, text in now.items() if text != noted[label]]
        if not changes:
            return
        self.sudo().is_reopened = False  # sudo: whoever could open and change the terms is done with it
        self.agreement_id.message_post(body=self.env._(
            "The terms “%(term)s” were corrected and are closed again. %(changes)s", term=self.display_name,
            changes="; ".join(changes),
        ))

    def _get_validity(self):
        self.ensure_one()
        return self.agreement_id, self.date_from, self.date_to

    def _check_not_fixed(self, is_of_invoices=True):
        """Refuse to touch terms that members were settled with, or that sales were invoiced under.

        :param bool is_of_invoices: whether what is to change is about invoices.
        :raises UserError: saying to write down new terms instead, or to correct them with a reason.
        """
        used = self._get_used()
        if used:
            raise UserError(self.env._(
                "Members were settled under the terms “%s”; they stay as they are. Write down new terms from a later"
                " day on.", used[0].display_name,
            ))
        if is_of_invoices and self.env.context.get('coop_creating_terms') is not CREATING:
            self.filtered(lambda term: not term.is_reopened)._get_ruling()._raise_invoiced_under()

    def _raise_invoiced_under(self):
        """Refuse to change terms that sales were invoiced under; nothing happens where there are none.

        :raises UserError: saying to write down new terms instead, or to correct them with a reason.
        """
        if self:
            raise UserError(self.env._(
                "Sales were invoiced under the terms “%s”, and the terms of the invoice date hold. Write down new terms"
                " from a later day on, or, if they were noted wrongly, use “Correct a Mistake”.",
                self[0].display_name,
            ))

    def _check_not_settled_past(self):
        """Refuse terms that would hold for sales that were settled under other terms, and settle them again.

        Terms for all members come after everybody's settlements, a member's own after that member's.

        :raises UserError: naming the first day that new terms may hold from.
        """
        for agreement, terms in self.grouped('agreement_id').items():
            agreement._get_memberships_to_queue()._queue_up()
            last = agreement.company_id._coop_get_last_settled_day(agreement.partner_id or None)
            if last and min(terms.mapped('date_from')) <= last:
                raise UserError(self.env._(
                    "Sales of %(members)s are settled up to %(last)s, and what was settled stays. New terms may hold"
                    " from %(first)s on.",
                    members=agreement.display_name, last=format_date(self.env, last),
                    first=format_date(self.env, fields.Date.add(last, days=1)),
                ))

    def _check_overrules_nothing(self):
        """Refuse terms that take the place of others for sales that were invoiced already.

        :raises UserError: naming the first day that the terms may hold from.
        """
        for company, terms in self.grouped('company_id').items():
            sales = terms._get_invoiced_sales()
            partners = self.env['res.partner'].browse({owner_id for owner_id, _categ_id, _day in sales})
            Agreement = self.env['coop.consignment.agreement']
            get_term = Agreement._get_terms(company, partners)
            get_other = Agreement._get_terms(company, partners, without=terms)
            days = [
                day for owner, categ, day in self._browse_sales(sales)
                if get_term(owner, day, categ) in terms.sudo() and get_other(owner, day, categ)
            ]
            if days:
                raise UserError(self.env._(
                    "Sales of %(members)s are invoiced up to %(last)s under other terms, and the terms of the invoice"
                    " date hold. New terms may hold from %(first)s on.",
                    members=terms[0].agreement_id.display_name, last=format_date(self.env, max(days)),
                    first=format_date(self.env, fields.Date.add(max(days), days=1)),
                ))

    def _get_used(self):
        """Return those of the terms that a posted settlement rests on."""
        # sudo: whether any settlement rests on the terms, of whatever member
        groups = self.env['coop.settlement.line'].sudo()._read_group(
            [('term_id', 'in', self._origin.ids), ('state', '=', 'posted')], ['term_id'],
        )
        return self.browse(term.id for term, in groups)

    def _get_ruling(self):
        """Return those of the terms that are in force for a sale that was invoiced."""
        ruling = self.browse()
        for company, terms in self._origin.grouped('company_id').items():
            sales = terms._get_invoiced_sales()
            partners = self.env['res.partner'].browse({owner_id for owner_id, _categ_id, _day in sales})
            get_term = self.env['coop.consignment.agreement']._get_terms(company, partners)
            found = {get_term(owner, day, categ).id for owner, categ, day in self._browse_sales(sales)}
            ruling |= terms.filtered(lambda term, found=found: term.id in found)
        return ruling

    def _browse_sales(self, sales):
        for owner_id, categ_id, day in sales:
            yield self.env['res.partner'].browse(owner_id), self.env['product.category'].browse(categ_id).sudo(), day

    def _get_invoiced_sales(self):
        """Return ``[(owner id, category id, invoice date)]`` of consigned goods, from the first day of the terms on."""
        agreements = self.agreement_id
        if not agreements:
            return []
        self.env.flush_all()
        owners = agreements.partner_id.ids if all(agreement.partner_id for agreement in agreements) else []
        return self.env.execute_query(SQL(
            """
            SELECT DISTINCT done.owner_id, COALESCE(item.coop_categ_id, template.categ_id), move.invoice_date
              FROM account_move move
              JOIN account_move_line item ON item.move_id = move.id AND item.display_type = 'product'
              JOIN product_product product ON product.id = item.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id AND template.coop_consigned
              JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = item.id
              JOIN stock_move goods ON goods.sale_line_id = rel.order_line_id AND goods.state = 'done'
              JOIN stock_move_line done ON done.move_id = goods.id AND done.owner_id IS NOT NULL
             WHERE move.company_id = %(company)s AND move.state = 'posted' AND move.invoice_date >= %(first)s
               AND move.move_type IN ('out_invoice', 'out_receipt') AND move.payment_state != 'reversed'
               AND (%(no_owners)s OR done.owner_id = ANY(%(owners)s))
            """,
            company=self.company_id.ids[0], first=min(self.mapped('date_from')), no_owners=not owners, owners=owners,
        ))


def _describe(record):
    """Return what a band, net price or levy of terms says, in one piece."""
    if record._name == 'coop.consignment.levy':
        return record._get_label()
    if record._name == 'coop.consignment.band':
        return f"{formatLang(record.env, record.lower, digits=2)}: {record.rate:g} %"
    return f"{record.product_id.display_name}: {record.net_price:,.2f}"
