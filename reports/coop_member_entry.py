from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

#: What stands between a member and the cooperative, in the order of the account sheet.
KINDS = [
    ('savings', "Savings"), ('deposit', "Deposits for Pooled Purchases"), ('debt', "Goods and Debts"),
    ('advance', "Advances on Goods"), ('proceeds', "Settlements of Consigned Goods"), ('shu', "SHU"),
    ('former', "Capital of Former Members"), ('payable', "Other Claims of the Member"),
]
#: The kind that the cooperative's own accounts have by their purpose; any other receivable is a debt, any other payable
#: a claim.
KIND_BY_PURPOSE = {
    'pool_deposit': 'deposit', 'member_receivable': 'debt', 'member_advance': 'advance', 'proceeds': 'proceeds',
    'shu_payable': 'shu', 'former_member': 'former',
}


class CoopMemberEntry(models.Model):
    """Every posted journal item between a member and the cooperative: savings, goods, debts, settlements and SHU.

    Read from the ledger, whoever booked it: the items of the member's commercial partner on receivable and payable
    accounts, on the accounts of savings types, and on those of deposits and advances. Amounts are positive in favour of
    the member, so that the sum of an account's entries is its balance in the ledger with the sign turned round.
    """
    _name = 'coop.member.entry'
    _inherit = ['coop.member.ledger.mixin']
    _description = "Account Sheet Entry"
    _auto = False
    _order = 'date, id'
    _rec_name = 'reference'
    _balanced_by = ('company_id', 'partner_id', 'kind', 'type_id')
    _depends = {
        'account.account': ['account_type'],
        'account.move': ['name', 'ref', 'coop_source_model', 'coop_source_id'],
        'account.move.line': [
            'account_id', 'balance', 'company_id', 'date', 'date_maturity', 'move_id', 'name', 'parent_state',
            'partner_id',
        ],
        'coop.company.account': ['account_id', 'company_id', 'key'],
        'coop.membership': ['partner_id', 'company_id', 'date_applied'],
        'coop.savings.type': ['account_id', 'company_id'],
        'res.partner': ['commercial_partner_id'],
    }

    kind = fields.Selection(selection=KINDS, readonly=True)
    source_model = fields.Char(readonly=True, export_string_translation=False)
    source_id = fields.Many2oneReference(model_field='source_model', readonly=True, export_string_translation=False)
    number = fields.Char(string="Entry", readonly=True)
    reference = fields.Char(string="Number", compute='_compute_reference', search='_search_reference')
    date_maturity = fields.Date(string="Due Date", readonly=True)
    amount_in = fields.Monetary(string="In Favour", readonly=True, help="Raises what the cooperative owes the member.")
    amount_out = fields.Monetary(string="Against", readonly=True, help="Raises what the member owes, or was given.")
    amount = fields.Monetary(string="In Favour Less Against", readonly=True)

    # === COMPUTE METHODS === #

    @api.depends('number', 'source_model', 'source_id')
    def _compute_reference(self):
        names = {}
        for model, entries in self.grouped('source_model').items():
            if model and model in self.env:
                # sudo: the number of the paper, for whoever may read the entry that it made
                for source in self.env[model].sudo().browse(set(entries.mapped('source_id'))).exists():
                    names[model, source.id] = source.display_name
        for entry in self:
            entry.reference = names.get((entry.source_model, entry.source_id)) or entry.number

    def _search_reference(self, operator, value):
        """Find by the entry's own number, and by its reference, which holds the number of the cooperative's paper."""
        return ['|', ('number', operator, value), ('description', operator, value)]

    # === QUERY === #

    def _select(self):
        return SQL("""
            SELECT line.id,
                   line.date,
                   line.company_id,
                   line.account_id,
                   line.move_id,
                   line.date_maturity,
                   membership.partner_id,
                   membership.id AS membership_id,
                   type.id AS type_id,
                   %s AS kind,
                   move.coop_source_model AS source_model,
                   move.coop_source_id AS source_id,
                   move.name AS number,
                   COALESCE(NULLIF(move.ref, ''), line.name) AS description,
                   GREATEST(-line.balance, 0) AS amount_in,
                   GREATEST(line.balance, 0) AS amount_out,
                   -line.balance AS amount
        """, self._select_kind())

    def _select_kind(self):
        """Return what kind of account an item is on. One account is of one kind, so that balances per kind add up."""
        by_purpose = SQL(" ").join(
            SQL("WHEN purpose.key = %s THEN %s", key, kind) for key, kind in KIND_BY_PURPOSE.items()
        )
        return SQL("""
            CASE WHEN type.id IS NOT NULL THEN 'savings' %s
                 WHEN account.account_type = 'asset_receivable' THEN 'debt'
                 ELSE 'payable' END
        """, by_purpose)

    def _from(self):
        return SQL("""
              FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id
              JOIN account_move move ON move.id = line.move_id
              JOIN res_partner partner ON partner.id = line.partner_id
              JOIN (%s) membership
                ON membership.partner_id = partner.commercial_partner_id AND membership.company_id = line.company_id
               AND line.date >= membership.date_from AND line.date < membership.date_to
         LEFT JOIN coop_savings_type type ON type.account_id = line.account_id AND type.company_id = line.company_id
         LEFT JOIN (
                   SELECT DISTINCT ON (company_id, account_id) company_id, account_id, key
                     FROM coop_company_account
                    WHERE key IN %s
                    ORDER BY company_id, account_id, sequence, id
                   ) purpose ON purpose.account_id = line.account_id AND purpose.company_id = line.company_id
        """, self._select_membership_spans(), tuple(KIND_BY_PURPOSE))

    def _where(self):
        return SQL("""
             WHERE line.parent_state = 'posted'
               AND (type.id IS NOT NULL OR purpose.key IS NOT NULL
                    OR account.account_type IN ('asset_receivable', 'liability_payable'))
        """)

    # === BUSINESS METHODS === #

    def _get_kind_label(self):
        """Return what the entry is about, in the user's language: the savings type, or the kind of account."""
        self.ensure_one()
        return self.type_id.name or dict(self._fields['kind']._description_selection(self.env))[self.kind]

    # === ACTIONS === #

    def action_open_source(self):
        """Open the document that made the entry, or else the entry itself.

        :raises AccessError: when the user may read neither; naming the document.
        """
        self.ensure_one()
        # sudo: what the entry came from; it is opened only where the user may read it
        source = self.sudo().move_id._coop_get_source()
        for record in (source, self.sudo().move_id):
            if record and record.with_env(self.env).has_access('read'):
                return record.with_env(self.env)._get_records_action()
        raise AccessError(self.env._("%s is open to the treasurer only. Ask there.", self.reference))
