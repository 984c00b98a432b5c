import logging

from odoo import api, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Command, Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.producer_cooperative.models.coop_settlement_run_preview import BATCH_SIZE

_logger = logging.getLogger(__name__)


class CoopSettlementRun(models.Model):
    """Posting a run in batches, each in a transaction of its own."""
    _inherit = 'coop.settlement.run'

    # === BUSINESS METHODS - SCHEDULE === #

    @api.model
    def _cron_settle(self):
        """Go on with every run that was started, until all is posted, somebody stops it, or the time is up."""
        runs = self.search([('state', '=', 'running')], order='id')
        cron = self.env['ir.cron']
        cron._commit_progress(remaining=self.env['coop.settlement.run.line'].search_count([
            ('run_id', 'in', runs.ids), ('state', '=', 'to_settle'),
        ]))
        for run in runs:
            if not run._starter_may_go_on():
                run._stop_without_starter()
                cron._commit_progress()
                continue
            run = run._as_starter()
            while processed := run._settle_next():
                if not cron._commit_progress(processed):
                    return
            cron._commit_progress()

    def _settle_next(self):
        """Settle with the members of the next batch; finish the run when there are none left.

        Whoever else posts for one of these members at this moment makes the batch start over.

        :return: how many members were dealt with; 0 when the run is not running any more.
        """
        return self._start_over_on_conflict(self._settle_batch)

    # === BUSINESS METHODS - ONE BATCH === #

    def _settle_batch(self):
        self.ensure_one()
        self._queue_up()
        self.invalidate_recordset(['state'])
        if self.state != 'running':
            return 0
        lines = self.env['coop.settlement.run.line'].search(
            [('run_id', '=', self.id), ('state', '=', 'to_settle')], order='id', limit=BATCH_SIZE,
        )
        if not lines:
            self._finish()
            return 0
        lines.membership_id._queue_up()
        try:
            with self.env.cr.savepoint():
                self._settle_lines(lines)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # pylint: disable=broad-exception-caught; found out below whose fault it is
            _logger.info("%s settles one by one: %s", self.name, error)
            for line in lines:
                self._settle_line_safely(line)
        return len(lines)

    def _settle_line_safely(self, line):
        """Settle with one member; what goes wrong is undone, and said on the line."""
        try:
            with self.env.cr.savepoint():
                self._settle_lines(line)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except (UserError, RedirectWarning) as error:
            line.sudo().write({'state': 'failed', 'reason': error.args[0]})  # sudo: the run says what happened
        except Exception:  # pylint: disable=broad-exception-caught; one broken settlement must not hold up the others
            _logger.exception("%s cannot settle with %s", self.name, line.partner_id.id)
            line.sudo().write({  # sudo: see above
                'state': 'failed', 'reason': self.env._("It could not be settled by itself. Settle it by hand."),
            })

    def _settle_lines(self, lines):
        """Post the settlements of these lines that come to what the preview has shown, all together."""
        self.ensure_one()
        owners = lines.partner_id
        lines.membership_id.mapped('state')  # all of them in one query, before they are looked at one by one
        Settlement = self._get_settlement_model(owners)
        dues = Settlement._get_due(self.company_id, owners, self.date)
        debts = Settlement._get_open_debts(self.company_id, owners, self.date)
        settled_later = Settlement._get_owners_settled_after(self.company_id, self.date)
        to_create = {}
        for line in lines:
            rows = line.partner_id not in settled_later and dues.get(line.partner_id)
            values = rows and self._prepare_settlement(Settlement, line.membership_id, rows, debts)
            if values and line._has_figures_of(self._sum_up(values)):
                to_create[line] = values
            else:
                line.sudo()._set_changed(bool(values))  # sudo: the run says what happened
        self._post_settlements(Settlement, to_create)

    def _post_settlements(self, Settlement, to_create):
        """Create and post settlements; an open one of the member goes, and what was remarked on it is kept.

        :param to_create: ``{line: values}`` of :meth:`_prepare_computed_values`.
        """
        memberships = self.env['coop.membership'].union(*(line.membership_id for line in to_create))
        # sudo: the figures are the documents' own; nobody types them in
        Settlement = Settlement.sudo()
        open_ones = Settlement.search(
            Domain('membership_id', 'in', memberships.ids) & Domain('state', 'in', ('draft', 'computed')),
        )
        remarks = {settlement.membership_id: settlement.note for settlement in open_ones if settlement.note}
        open_ones.unlink()
        settlements = Settlement.create([{
            'company_id': self.company_id.id, 'membership_id': line.membership_id.id, 'date': self.date,
            'run_id': self.id, 'state': 'computed', 'note': remarks.get(line.membership_id.sudo()),
            'line_ids': [Command.create(values) for values in to_create[line]['lines']],
            'deduction_ids': [Command.create(values) for values in to_create[line]['deductions']],
        } for line in to_create])
        settlements.sudo(False)._post_checked()
        for line, settlement in zip(to_create, settlements, strict=True):
            line.sudo().write({'state': 'settled', 'settlement_id': settlement.id})  # sudo: see _settle_line_safely

    def _finish(self):
        """Say what the run has come to."""
        self.ensure_one()
        self._update_state('done')
        self.message_post(body=self.env._(
            "%(settled)s members settled, %(problems)s with problems.", settled=self.settled_count,
            problems=self.problem_count,
        ))
