from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from odoo import models
from odoo.fields import Domain

ENTRY = 'coop.member.entry'


class SheetKey(NamedTuple):
    """What has a balance of its own: a kind of account, savings by type. ``type_id`` is 0 for other kinds."""
    kind: str
    type_id: int


class SheetRow(NamedTuple):
    """One entry of the sheet; amounts in the company's currency, positive in favour of the member."""
    entry: models.Model
    key: SheetKey
    amount: float
    balance: float
    overall: float


@dataclass
class MemberSheet:
    """Everything between one member and the cooperative in a period, by date.

    ``opening`` and ``closing`` have the balance of each key; opening + rows = closing = the ledger.
    """
    opening: dict[SheetKey, float] = field(default_factory=dict)
    rows: list[SheetRow] = field(default_factory=list)
    closing: dict[SheetKey, float] = field(default_factory=dict)
    labels: dict[SheetKey, str] = field(default_factory=dict)


class CoopMembership(models.Model):
    """The account sheet of a member."""
    _inherit = 'coop.membership'

    # === ACTIONS === #

    def action_member_sheet(self):
        """Open everything between the member and the cooperative, with running balances."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_member_entry_action')
        return {
            **action, 'name': self.env._("Account Sheet: %s", self.display_name),
            'domain': [('partner_id', '=', self.partner_id.id), ('company_id', '=', self.company_id.id)],
            'context': {'coop_sheet_of': self.id, 'active_model': self._name, 'active_ids': self.ids},
        }

    # === BUSINESS METHODS === #

    def _get_member_sheet(self, date_from, date_to):
        """Return ``{membership: MemberSheet}`` for a period, both days included, in a constant number of queries.

        A sheet covers everything of the member's partner in the company, an earlier membership included: who comes
        back, comes back to the own debts and claims.

        :raises AccessError: for memberships that the user may not read; whoever may read a membership, the member on
            the portal included, reads its sheet.
        """
        self.check_access('read')
        sheets = {membership: MemberSheet() for membership in self}
        for company, memberships in self.grouped('company_id').items():
            # sudo: the entries of these members only, whose memberships the user may read
            found = memberships.sudo()
            of_partner = {membership.partner_id: sheets[membership.with_env(self.env)] for membership in found}
            domain = Domain([('company_id', '=', company.id), ('partner_id', 'in', found.partner_id.ids)])
            found._add_sheet_opening(of_partner, company.sudo(), domain & Domain('date', '<', date_from))
            found._add_sheet_rows(of_partner, company.sudo(), domain & Domain([
                ('date', '>=', date_from), ('date', '<=', date_to),
            ]))
        self._sort_sheets(sheets.values())
        return sheets

    def _add_sheet_opening(self, of_partner, company, domain):
        for partner, kind, savings_type, amount in self.env[ENTRY]._read_group(
            domain, ['partner_id', 'kind', 'type_id'], ['amount:sum'],
        ):
            amount = company.currency_id.round(amount)
            if amount:
                of_partner[partner].opening[SheetKey(kind, savings_type.id or 0)] = amount

    def _add_sheet_rows(self, of_partner, company, domain):
        entries = self.env[ENTRY].search(domain)
        entries.fetch(['partner_id', 'kind', 'type_id', 'amount'])
        overall = {}
        for sheet in of_partner.values():
            sheet.closing = dict(sheet.opening)
            overall[id(sheet)] = sum(sheet.opening.values())
        for entry in entries:
            sheet, key = of_partner[entry.partner_id], SheetKey(entry.kind, entry.type_id.id or 0)
            balance = company.currency_id.round(sheet.closing.get(key, 0.0) + entry.amount)
            overall[id(sheet)] = company.currency_id.round(overall[id(sheet)] + entry.amount)
            sheet.closing[key] = balance
            sheet.rows.append(SheetRow(entry, key, entry.amount, balance, overall[id(sheet)]))

    def _sort_sheets(self, sheets):
        """Put the kinds into the order of the sheet, and give them their names in the user's language."""
        Savings = self.env['coop.savings.type'].sudo()  # sudo: names of savings types, for members on the portal
        keys = {key for sheet in sheets for key in (*sheet.opening, *sheet.closing)}
        types = Savings.with_context(active_test=False).browse([key.type_id for key in keys if key.type_id]).sorted()
        kind_labels = dict(self.env[ENTRY]._fields['kind']._description_selection(self.env))
        places = {kind: place for place, kind in enumerate(kind_labels)}
        type_places = {savings_type.id: place for place, savings_type in enumerate(types)}
        for sheet in sheets:
            ordered = sorted({*sheet.opening, *sheet.closing}, key=lambda key: (
                places[key.kind], type_places.get(key.type_id, 0),
            ))
            sheet.opening = {key: sheet.opening.get(key, 0.0) for key in ordered}
            sheet.closing = {key: sheet.closing.get(key, sheet.opening[key]) for key in ordered}
            sheet.labels = {
                key: Savings.browse(key.type_id).name if key.type_id else kind_labels[key.kind] for key in ordered
            }
