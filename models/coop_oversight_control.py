from odoo import models
from odoo.tools import SQL

from odoo.addons.producer_cooperative.models.coop_oversight_documents import AMOUNT_FIELDS


class CoopOversight(models.Model):
    """Two pairs of eyes and the cash box on the supervisors' list: loosened limits, refusals, what was done alone."""
    _inherit = 'coop.oversight'

    # === QUERY === #

    def _get_sources(self):
        alone = [self._select_alone(Model) for Model in self._get_models_done_alone()]
        return {
            **super()._get_sources(), 40: self._select_loosened(), 41: self._select_refused(),
            42: SQL(" UNION ALL ").join(alone), 43: self._select_cash_differences(), 44: self._select_absent_givers(),
            45: self._select_payments_alone(), 46: self._select_taken_back(),
        }

    # === QUERY - TWO PAIRS OF EYES === #

    def _select_loosened(self):
        self._flush('coop.approval.limit')
        return SQL("""
            SELECT d.id, d.company_id, d.confirmed_on AS date, 'eyes' AS kind, 'limit_loosened' AS what,
                   d.confirmed_by_id AS user_id, NULL::int AS membership_id, 'coop.approval.limit' AS res_model,
                   d.id AS res_id, d.date_from AS day, CASE WHEN d.is_required THEN d.amount END AS amount,
                   NULL::float AS quantity, d.reason, FALSE AS by_own_hand
              FROM coop_approval_limit d
             WHERE d.is_loosening AND d.state = 'confirmed'
        """)

    def _select_refused(self):
        """Return what somebody was refused: the document stays, and may have been asked about again."""
        self._flush('coop.approval')
        return SQL("""
            SELECT d.id, d.company_id, d.decided_on AS date, 'eyes' AS kind, 'approval_refused' AS what,
                   d.decided_by_id AS user_id, NULL::int AS membership_id, 'coop.approval' AS res_model,
                   d.id AS res_id, NULL::date AS day, d.amount, NULL::float AS quantity, d.refuse_reason AS reason,
                   FALSE AS by_own_hand
              FROM coop_approval d
             WHERE d.state = 'refused'
        """)

    def _get_models_done_alone(self):
        """Return the documents for two pairs of eyes that say when one person did both."""
        return [
            Model for name in sorted(self.env.registry) for Model in [self.env[name]]
            if not Model._abstract and Model._auto
            and isinstance(Model, self.env.registry['coop.approval.mixin']) and Model._fields['company_id'].store
        ]

    def _select_alone(self, Model):
        """Return what one person wrote and posted in one model; ids are told apart by the number of the model."""
        self._flush(Model._name)
        stored = {name for name, field in Model._fields.items() if field.store}
        amount = next((name for name in AMOUNT_FIELDS if name in stored), None)
        return SQL(
            """
            SELECT %(model_id)s::bigint * 100000000 + d.id AS id, d.company_id, d.alone_on AS date, 'alone' AS kind,
                   'done_alone' AS what, d.alone_by_id AS user_id, %(member)s AS membership_id, %(model)s AS res_model,
                   d.id AS res_id, %(day)s AS day, %(amount)s AS amount, NULL::float AS quantity, NULL AS reason,
                   FALSE AS by_own_hand
              FROM %(table)s d
             WHERE d.posted_alone
            """,
            model_id=self.env['ir.model']._get_id(Model._name), model=Model._name, table=SQL.identifier(Model._table),
            member=SQL("d.membership_id") if 'membership_id' in stored else SQL("NULL::int"),
            day=SQL("d.date") if 'date' in stored else SQL("NULL::date"),
            amount=SQL("d.%s", SQL.identifier(amount)) if amount else SQL("NULL::numeric"),
        )

    def _select_payments_alone(self):
        """Return payments to members on Odoo's own screens that one person wrote and confirmed."""
        self._flush('account.payment')
        return SQL("""
            SELECT d.id, d.company_id, d.coop_alone_on AS date, 'alone' AS kind, 'done_alone' AS what,
                   d.coop_alone_by_id AS user_id, NULL::int AS membership_id, 'account.payment' AS res_model,
                   d.id AS res_id, d.date AS day, d.amount_company_currency_signed * -1 AS amount,
                   NULL::float AS quantity, d.memo AS reason, FALSE AS by_own_hand
              FROM account_payment d
             WHERE d.coop_alone_on IS NOT NULL AND d.state IN ('in_process', 'paid')
        """)

    # === QUERY - CASH === #

    def _select_cash_differences(self):
        """Return what counts found too much or missing, whatever became of the count."""
        self._flush('coop.cash.count')
        return SQL("""
            SELECT d.id, d.company_id, d.counted_on AS date, 'cash' AS kind, 'cash_difference' AS what,
                   d.cashier_id AS user_id, NULL::int AS membership_id, 'coop.cash.count' AS res_model, d.id AS res_id,
                   d.date AS day, d.difference AS amount, NULL::float AS quantity, d.explanation AS reason,
                   FALSE AS by_own_hand
              FROM coop_cash_count d
             WHERE d.counted_on IS NOT NULL AND d.difference != 0
        """)

    def _select_absent_givers(self):
        self._flush('coop.cash.handover')
        return SQL("""
            SELECT d.id, d.company_id, d.offered_on AS date, 'cash' AS kind, 'giver_absent' AS what,
                   d.offered_by_id AS user_id, NULL::int AS membership_id, 'coop.cash.handover' AS res_model,
                   d.id AS res_id, NULL::date AS day, d.amount_counted AS amount, NULL::float AS quantity,
                   d.absence_reason AS reason, FALSE AS by_own_hand
              FROM coop_cash_handover d
             WHERE d.is_absent AND d.state IN ('offered', 'done')
        """)

    def _select_taken_back(self):
        """Return hand-overs that were signed, did not agree with the books, and were taken back to count again."""
        self._flush('coop.cash.handover')
        return SQL("""
            SELECT d.id, d.company_id, d.taken_back_on AS date, 'cash' AS kind, 'handover_taken_back' AS what,
                   d.taken_back_by_id AS user_id, NULL::int AS membership_id, 'coop.cash.handover' AS res_model,
                   d.id AS res_id, NULL::date AS day, d.difference_taken_back AS amount, NULL::float AS quantity,
                   NULL AS reason, FALSE AS by_own_hand
              FROM coop_cash_handover d
             WHERE d.taken_back_on IS NOT NULL
        """)
