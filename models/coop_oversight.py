from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: Rows of one source of the list have ids of their own: the record's id times this, plus the source's number.
SOURCES = 64
KINDS = [
    ('void', "Voids"), ('backdated', "Back-Dated"), ('weight', "Changed Weights and Quantities"),
    ('price', "Changed Prices and Terms"), ('allocation', "Overridden Proposals"), ('bank', "Bank Accounts"),
    ('own', "Own Dealings"), ('lock', "Closing and Locks"),
    ('eyes', "Two Pairs of Eyes"), ('alone', "By One Person Alone"), ('cash', "Cash"),
]
WHATS = [
    ('cancelled', "Document cancelled"), ('reset', "Posted entry taken back"),
    ('entry_backdated', "Booked on an earlier day"), ('paper_backdated', "Dated on an earlier day"),
    ('weight_corrected', "Weight corrected"), ('written_off', "Members' goods written off"),
    ('price_reduced', "Asking price reduced"), ('price_corrected', "Invoiced price corrected"),
    ('terms_backdated', "Terms that hold from an earlier day"), ('share_changed', "Share changed by hand"),
    ('proposal_overruled', "Vendor or quantity not as proposed"), ('bank_changed', "Bank account entered or changed"),
    ('own_entry', "Booked for somebody who works here"), ('own_goods', "Goods of somebody who works here"),
    ('reopened', "Closed period reopened"), ('passed', "Let pass at a closing"), ('lock_back', "Lock date moved back"),
    ('limit_loosened', "Limit for two people raised or switched off"), ('approval_refused', "Approval refused"),
    ('done_alone', "Written and posted by the same person"), ('cash_difference', "Cash difference at a count"),
    ('giver_absent', "Cash handed over without the giver"),
    ('handover_taken_back', "Hand-over that did not agree taken back"),
    ('lock_exception', "Locked books opened for somebody"),
]


class CoopOversight(models.Model):
    """The supervisors' list: what was done that somebody should look at. Read from the documents, never written.

    Every row leads to its document, and a finding may be written about it. For a room to add rows of its own, it must
    override :meth:`_get_sources`.
    """
    _name = 'coop.oversight'
    _description = "Supervisors' List"
    _auto = False
    _order = 'date DESC, id DESC'
    _rec_name = 'document'

    company_id = fields.Many2one(comodel_name='res.company', readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    date = fields.Datetime(string="Done On", readonly=True)
    kind = fields.Selection(selection=KINDS, readonly=True)
    what = fields.Selection(selection=WHATS, string="What Was Done", readonly=True)
    user_id = fields.Many2one(comodel_name='res.users', string="Done By", readonly=True)
    membership_id = fields.Many2one(comodel_name='coop.membership', string="Member", readonly=True)
    res_model = fields.Char(readonly=True, export_string_translation=False)
    res_id = fields.Many2oneReference(model_field='res_model', readonly=True, export_string_translation=False)
    document = fields.Char(compute='_compute_document')
    day = fields.Date(string="Dated", readonly=True)
    days_back = fields.Integer(readonly=True, aggregator='max', help="How many days before it was written it is dated.")
    amount = fields.Monetary(readonly=True, aggregator=None)
    quantity = fields.Float(
        digits='Product Unit', readonly=True, aggregator=None, help="The change, in the unit of the goods.",
    )
    reason = fields.Char(readonly=True)
    by_own_hand = fields.Boolean(
        readonly=True, help="Who wrote or posted it is the member, or approved what they wrote themselves.",
    )
    item_key = fields.Char(readonly=True, export_string_translation=False)
    finding_ids = fields.Many2many(comodel_name='coop.finding', compute='_compute_finding_ids', string="Findings")
    finding_count = fields.Integer(string="Findings Written", compute='_compute_finding_ids')
    has_finding = fields.Boolean(
        string="With a Finding", compute='_compute_finding_ids', search='_search_has_finding',
    )

    # === COMPUTE METHODS === #

    @api.depends('res_model', 'res_id')
    def _compute_document(self):
        names = {}
        for model, rows in self.grouped('res_model').items():
            if model in self.env:
                # sudo: the number of the paper, for whoever may read the list
                for record in self.env[model].sudo().browse(set(rows.mapped('res_id'))).exists():
                    names[model, record.id] = (
                        record.coop_masked_number if model == 'res.partner.bank' else record.display_name
                    )
        for row in self:
            row.document = names.get((row.res_model, row.res_id), "")

    @api.depends('item_key')
    def _compute_finding_ids(self):
        findings = self.env['coop.finding'].search([('item_key', 'in', self.mapped('item_key'))]).grouped('item_key')
        for row in self:
            row.finding_ids = findings.get(row.item_key, self.env['coop.finding'])
            row.finding_count = len(row.finding_ids)
            row.has_finding = bool(row.finding_ids)

    def _search_has_finding(self, operator, value):
        if operator != 'in':
            return NotImplemented
        keys = [key for key in self.env['coop.finding'].search([('item_key', '!=', False)]).mapped('item_key') if key]
        return Domain.OR(
            Domain('item_key', 'in', keys) if wanted else Domain('item_key', 'not in', keys) for wanted in value
        )

    # === QUERY === #

    @property
    def _table_query(self):
        parts = [
            SQL(
                """
                SELECT source.id::bigint * %(sources)s + %(number)s AS id, source.company_id, source.date, source.kind,
                       source.what, source.user_id, source.membership_id, source.res_model, source.res_id, source.day,
                       GREATEST(source.date::date - source.day, 0) AS days_back, source.amount, source.quantity,
                       source.reason, source.by_own_hand, %(prefix)s || source.id AS item_key
                  FROM (%(query)s) source
                """, sources=SOURCES, number=number, prefix=f'{number}/', query=query,
            ) for number, query in self._get_sources().items()
        ]
        return SQL(" UNION ALL ").join(parts)

    def _get_sources(self):
        """Return ``{number: query}`` of what stands on the list; a number is never given to another source.

        Each query returns ``id`` (unique in it), ``company_id``, ``date`` (when), ``kind``, ``what``, ``user_id``
        (who), ``membership_id``, ``res_model``, ``res_id``, ``day`` (what it is dated), ``amount``, ``quantity``,
        ``reason`` and ``by_own_hand``. Numbers from 40 on are for other rooms; they flush what they read.
        """
        return {}

    def _flush(self, *models_read):
        """Write what is pending: the query reads the tables of every room, of which the ORM knows nothing."""
        for model in models_read:
            self.env[model].flush_model()

    def _local_day(self, moment):
        """Return the day of a moment where the user is; the database keeps moments in UTC."""
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, self.env.tz.zone)

    # === ACTIONS === #

    def action_open(self):
        """Open the document that the row is about."""
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id)
        if self.res_model == 'res.partner.bank':
            return record.action_coop_open()
        return record._get_records_action()

    def action_write_finding(self):
        """Write a finding about the row."""
        self.ensure_one()
        what = dict(self._fields['what']._description_selection(self.env))[self.what]
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Finding"), 'res_model': 'coop.finding',
            'view_mode': 'form', 'context': {
                'default_item_key': self.item_key, 'default_kind': self.kind, 'default_res_model': self.res_model,
                'default_res_id': self.res_id, 'default_membership_id': self.membership_id.id,
                'default_company_id': self.company_id.id, 'default_about_user_id': self.user_id.id,
                'default_name': f"{what}: {self.document}",
            },
        }

    def action_open_findings(self):
        """Open what was found about the row."""
        self.ensure_one()
        return self.finding_ids._get_records_action(name=self.env._("Findings"))
