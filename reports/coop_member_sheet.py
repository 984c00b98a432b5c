from odoo import fields, models

from odoo.addons.producer_cooperative.tools.report_table import Column, Report, Table

#: How many products the text of an invoice names.
NAMED = 4


class CoopMemberSheet(models.TransientModel):
    """Account sheets (Buku Pembantu Anggota): everything between a member and the cooperative, by date or by kind."""
    _name = 'coop.member.sheet'
    _inherit = ['coop.report.members.mixin']
    _description = "Account Sheet"

    _report_action = 'producer_cooperative.coop_member_sheet_action_report'
    _report_landscape = True

    layout = fields.Selection(
        selection=[('date', "By Date"), ('kind', "By Kind")], default='date', required=True,
        help="By date: one list of everything, with the balance of each kind. By kind: savings, debts, settlements and"
             " SHU one below the other.",
    )
    with_goods = fields.Boolean(
        string="Goods in the Warehouse", default=True,
        help="Also list the member's own goods: what came in, was sold, was given back and is still there.",
    )

    # === BUSINESS METHODS === #

    def _get_report(self):
        _ = self.env._
        memberships = self._get_memberships()
        report = Report(
            title=_("Account Sheet"), signatures=[_("Member"), _("For the Cooperative")],
            subtitles=self._get_subtitles(memberships),
        )
        sheets = memberships._get_member_sheet(self.date_from, self.date_to)
        goods = memberships._get_consignment_statement(self.date_from, self.date_to) if self.with_goods else {}
        texts = self._get_texts([row.entry for sheet in sheets.values() for row in sheet.rows])
        for membership in memberships:
            report.tables += self._get_tables(membership, sheets[membership], texts, goods.get(membership))
        return report

    def _get_tables(self, membership, sheet, texts, goods):
        _ = self.env._
        make = self._get_date_table if self.layout == 'date' else self._get_kind_table
        tables = [(_("Balances"), self._get_summary_table(sheet)), (_("Account"), make(sheet, texts))]
        if goods is not None:
            table = self.env['coop.consignment.statement']._get_goods_table(goods)
            tables += [(_("Goods"), table)] if table.rows else []
        for label, table in tables:
            table.title = f"{membership.number or ''} {membership.partner_id.name}: {label}".strip()
        tables[0][1].new_page = True
        return [table for _label, table in tables]

    def _get_summary_table(self, sheet):
        """Return what each kind was at the start, what came and went, and what it is at the end."""
        _ = self.env._
        table = Table([
            Column('what', _("Kind"), width=34), Column('opening', _("At the Start"), 'amount', 16),
            Column('amount_in', _("In Favour"), 'amount', 16), Column('amount_out', _("Against"), 'amount', 16),
            Column('closing', _("At the End"), 'amount', 16), Column('meaning', "", width=22),
        ])
        for key, label in sheet.labels.items():
            amounts = [row.amount for row in sheet.rows if row.key == key]
            closing = sheet.closing[key]
            table.add(
                what=label, opening=sheet.opening[key], closing=closing, meaning=self._get_meaning(closing),
                amount_in=self.currency_id.round(sum(amount for amount in amounts if amount > 0)),
                amount_out=-self.currency_id.round(sum(amount for amount in amounts if amount < 0)),
            )
        total = table.add_total(_("All together"), table.rows)
        total.values['meaning'] = self._get_meaning(total.values['closing'])
        return table

    def _get_meaning(self, amount):
        if self.currency_id.is_zero(amount):
            return ""
        return self.env._("owed to the member") if amount > 0 else self.env._("owed by the member")

    def _get_date_table(self, sheet, texts):
        _ = self.env._
        table = Table([
            *self._get_columns(), Column('what', _("Kind"), width=24), *self._get_amount_columns(),
            Column('overall', _("All Together"), 'amount', 15),
        ])
        table.add(
            'total', date=self.date_from, description=_("Brought forward"),
            overall=self.currency_id.round(sum(sheet.opening.values())),
        )
        for row in sheet.rows:
            table.add(**self._get_row_values(row, texts), what=sheet.labels[row.key], overall=row.overall)
        total = table.add_total(_("Total"), table.rows, label_key='description', skip=('balance', 'overall'))
        total.values.update(date=self.date_to, overall=self.currency_id.round(sum(sheet.closing.values())))
        return table

    def _get_kind_table(self, sheet, texts):
        _ = self.env._
        table = Table([*self._get_columns(), *self._get_amount_columns()])
        for key, label in sheet.labels.items():
            table.add_group(label)
            table.add(description=_("Brought forward"), date=self.date_from, balance=sheet.opening[key])
            before = len(table.rows)
            for row in sheet.rows:
                if row.key == key:
                    table.add(**self._get_row_values(row, texts))
            total = table.add_total(label, table.rows[before:], label_key='description', skip=('balance',))
            total.values['balance'] = sheet.closing[key]
        table.add(
            'total', description=_("All together"), balance=self.currency_id.round(sum(sheet.closing.values())),
        )
        return table

    def _get_columns(self):
        _ = self.env._
        return [
            Column('date', _("Date"), 'date', 11), Column('reference', _("Number"), width=20),
            Column('description', _("Description"), width=36),
        ]

    def _get_amount_columns(self):
        _ = self.env._
        return [
            Column('amount_in', _("In Favour"), 'amount', 14), Column('amount_out', _("Against"), 'amount', 14),
            Column('balance', _("Balance of This Kind"), 'amount', 16),
        ]

    def _get_row_values(self, row, texts):
        entry = row.entry.sudo()  # sudo: entries of members whose memberships the user may read
        return {
            'date': entry.date, 'reference': entry.reference, 'description': texts.get(entry.id, ""),
            'amount_in': row.amount if row.amount > 0 else None, 'balance': row.balance,
            'amount_out': -row.amount if row.amount < 0 else None,
        }

    def _get_texts(self, entries):
        """Return ``{entry id: what it was}``: the goods of an invoice, else what stands on the entry."""
        # sudo: see _get_row_values
        entries = self.env['coop.member.entry'].sudo().browse(entry.id for entry in entries)
        texts = {}
        for entry in entries:
            text = entry.description or ""
            if entry.move_id.is_invoice(include_receipts=True) and not entry.source_model:
                goods = entry.move_id.invoice_line_ids.product_id.mapped('name')
                named = ", ".join(goods[:NAMED]) + (" …" if len(goods) > NAMED else "")
                label = self.env._("Credit note") if 'refund' in entry.move_id.move_type else self.env._("Goods")
                text = f"{label}: {named}" if named else text
            texts[entry.id] = text if text != entry.reference else ""
        return texts
