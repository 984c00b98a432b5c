from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from odoo.addons.producer_cooperative.tools.cash import RUPIAH
from odoo.addons.producer_cooperative.tools.report_table import Column, Table


class CoopCashNote(models.Model):
    """How many of one note or coin were counted."""
    _name = 'coop.cash.note'
    _inherit = ['coop.guard.mixin']
    _description = "Notes and Coins"
    _order = 'value DESC, id'

    count_id = fields.Many2one(
        comodel_name='coop.cash.count', string="Cash Count", index='btree_not_null', ondelete='cascade',
    )
    handover_id = fields.Many2one(
        comodel_name='coop.cash.handover', string="Hand-Over", index='btree_not_null', ondelete='cascade',
    )
    company_id = fields.Many2one(
        comodel_name='res.company', compute='_compute_company_id', store=True, precompute=True,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    value = fields.Monetary(string="Note or Coin", required=True)
    quantity = fields.Integer(string="How Many", default=0)
    amount = fields.Monetary(compute='_compute_amount', store=True, precompute=True)

    _value_positive = models.Constraint('CHECK (value > 0)', "A note or coin is worth more than nothing.")
    _quantity_not_negative = models.Constraint('CHECK (quantity >= 0)', "Nobody can count less than no notes.")
    _one_document = models.Constraint(
        'CHECK ((count_id IS NULL) != (handover_id IS NULL))', "Notes are counted for one count or one hand-over.",
    )
    _count_uniq = models.Constraint('UNIQUE (count_id, value)', "Each note or coin stands in the count once.")
    _handover_uniq = models.Constraint('UNIQUE (handover_id, value)', "Each note or coin stands in the list once.")

    # === COMPUTE METHODS === #

    @api.depends('count_id.company_id', 'handover_id.company_id')
    def _compute_company_id(self):
        for note in self:
            note.company_id = note._get_document().company_id

    @api.depends('value', 'quantity')
    def _compute_amount(self):
        for note in self:
            note.amount = note.value * note.quantity

    # === CONSTRAINT METHODS === #

    @api.constrains('quantity')
    def _check_quantity(self):
        for note in self:
            if note.quantity > 10**7:
                raise ValidationError(self.env._("%s notes or coins cannot be right. Count again.", note.quantity))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        notes = super().create(vals_list)
        notes._check_documents_are_open()
        notes._keep_writers()
        return notes

    def write(self, vals):
        self.check_access('write')  # whoever may not write is not told to count anew
        self._check_documents_are_open()
        self._keep_writers()
        res = super().write(vals)
        self._check_documents_are_open()
        return res

    def unlink(self):
        self._keep_writers()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        self._check_documents_are_open()

    def _check_documents_are_open(self):
        for document in (*self.count_id, *self.handover_id):
            if document.state != 'draft' and not self.env.su:
                raise UserError(self.env._(
                    "%s is signed: its notes and coins are not changed any more.", document.display_name,
                ))

    def _keep_writers(self):
        self.count_id._keep_writer()

    def _get_document(self):
        self.ensure_one()
        return self.count_id or self.handover_id


class CoopCashCountedMixin(models.AbstractModel):
    """A paper about the cash in a drawer, counted note by note."""
    _name = 'coop.cash.counted.mixin'
    _description = "Counted Cash"

    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    journal_id = fields.Many2one(
        comodel_name='account.journal', string="Cash", required=True, check_company=True, index=True, tracking=True,
        compute='_compute_journal_id', store=True, readonly=False, precompute=True, domain="[('type', '=', 'cash')]",
        ondelete='restrict',
    )
    amount_counted = fields.Monetary(string="Counted", compute='_compute_amount_counted', store=True)
    booking_number = fields.Integer(
        readonly=True, copy=False, export_string_translation=False,
        help="What was booked before it was signed has a lower number.",
    )

    # === COMPUTE METHODS === #

    @api.depends('company_id')
    def _compute_journal_id(self):
        for document in self:
            document.journal_id = document._find_journal_to_post_on(types=('cash',))

    @api.depends('note_ids.amount')
    def _compute_amount_counted(self):
        for document in self:
            document.amount_counted = document.currency_id.round(sum(document.note_ids.mapped('amount')))

    # === BUSINESS METHODS === #

    @api.model
    def _default_note_ids(self):
        """Return a row for each note and coin in use, with none of it counted yet."""
        if self.env.company.currency_id.name != 'IDR':
            return []
        return [Command.create({'value': value}) for value in RUPIAH]

    def _get_amount_expected(self, date):
        """Return what should be in the drawer: by the books, and by earlier counts that wait for approval."""
        self.ensure_one()
        journal = self.journal_id
        return self.currency_id.round(
            journal._coop_get_cash_balance(date) + journal._coop_get_pending_differences(date),
        )

    def _queue_up_drawer(self):
        """Wait for whoever counts, hands over or books on the same drawer at this moment."""
        self.journal_id.sudo()._queue_up()  # sudo: only to queue up
        self._queue_up()
        self.invalidate_recordset(['state'])

    def _get_note_table(self):
        """Return the table of what was counted, for the paper."""
        self.ensure_one()
        _ = self.env._
        table = Table([
            Column('value', _("Note or Coin"), 'amount', 20), Column('quantity', _("How Many"), 'integer', 14),
            Column('amount', _("Amount"), 'amount', 22),
        ], title=_("Notes and Coins"))
        for note in self.note_ids:
            table.add(value=note.value, quantity=note.quantity, amount=note.amount)
        table.add('total', value=_("Total"), quantity='', amount=self.amount_counted)
        return table

    def _get_amount_in_words(self):
        return self.env._("In words: %s", self.currency_id.amount_to_text(self.amount_counted))
