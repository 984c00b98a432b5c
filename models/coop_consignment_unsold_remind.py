from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, formatLang

OFFICER = 'producer_cooperative.group_coop_officer'
#: Stages of goods whose days are over.
TO_GO_BACK = ('due', 'overdue')


class CoopConsignmentUnsold(models.Model):
    """Reminds owners once of goods that go back: an activity for the officer, and a message to the member."""
    _inherit = 'coop.consignment.unsold'

    # === ACTIONS === #

    def action_remind(self):
        """Remind the owners of the chosen goods now.

        :raises AccessError: for anybody but officers.
        :raises UserError: when none of the goods is to go back, or all owners were reminded.
        """
        if not self.env.su and not self.env.user.has_group(OFFICER):
            role = self.env.ref(OFFICER).sudo().name  # sudo: names of roles are no secret
            raise AccessError(self.env._("Only this role may do that: %s.", role))
        due = self.filtered(lambda row: row.stage in TO_GO_BACK and not row.reminded_on)
        if not due:
            raise UserError(self.env._(
                "None of these goods is to go back by now, or their owners were reminded already.",
            ))
        due._remind_owners()
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification',
            'params': {
                'type': 'success', 'message': self.env._("%s owners were reminded.", len(due.owner_id)),
                'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'},
            },
        }

    @api.model
    def _cron_remind(self):
        """Remind the owners of goods whose days are over, each once, in a transaction per owner."""
        rows = self.search([('stage', '=', 'due'), ('reminded_on', '=', False), ('company_id.active', '=', True)])
        groups = list(rows.grouped(lambda row: (row.company_id, row.owner_id)).values())
        cron = self.env['ir.cron']
        cron._commit_progress(remaining=len(groups))
        for of_owner in groups:
            of_owner._remind_owners()
            if not cron._commit_progress(1):
                break

    # === BUSINESS METHODS === #

    def _remind_owners(self):
        """Note an activity and send a message for each owner of these goods, and remember the day."""
        today = fields.Date.context_today(self)
        for (company, owner), goods in self.grouped(lambda row: (row.company_id, row.owner_id)).items():
            # sudo: owners are reminded of their own goods, whoever started it
            membership = self.env['coop.membership'].sudo()._get_in_force(owner, company)[:1]
            # sudo: only the day of the reminder is written on the receipts
            self.env['stock.move.line'].sudo().browse(goods.ids).coop_reminded_on = today
            goods.invalidate_recordset()
            if not membership:
                continue
            membership = membership.with_company(company)
            responsible = goods._get_responsible()
            membership.activity_schedule(
                'mail.mail_activity_data_todo', user_id=responsible.id,
                summary=self.env._("Goods to go back to %s", owner.display_name),
                note=goods._get_html(responsible.lang),
            )
            if owner.email:
                self.env.ref('producer_cooperative.mail_template_coop_unsold').sudo().send_mail(membership.id)

    def _get_responsible(self):
        """Return the officer who wrote the newest of the intake slips, or whoever reminds."""
        writers = self.consignment_id.sorted('id', reverse=True).sudo().create_uid  # sudo: who wrote a slip
        officers = writers.filtered(lambda user: user.active and user.has_group(OFFICER))
        return officers[:1].sudo(False) or self.env.user

    def _get_html(self, lang=None):
        """Return the goods as a list for messages, without prices."""
        rows = self.with_context(lang=lang or self.env.lang)
        return Markup("<ul>%s</ul>") % Markup().join(
            Markup("<li>%s</li>") % rows.env._(
                "%(product)s: %(quantity)s %(unit)s, here since %(date)s",
                product=row.product_id.display_name, unit=row.uom_id.name, date=format_date(rows.env, row.date),
                quantity=formatLang(rows.env, row.quantity, dp='Product Unit'),
            ) for row in rows
        )


class CoopMembership(models.Model):
    """What the message about unsold goods says."""
    _inherit = 'coop.membership'

    def _get_unsold_html(self):
        """Return the goods that are to go back, as a list."""
        return self._get_unsold()._get_html()

    def _get_unsold_until(self):
        """Return the first day by which some of these goods must be fetched, as text; empty when none was agreed."""
        days = [row.grace_date for row in self._get_unsold() if row.grace_date]
        return format_date(self.env, min(days)) if days else ""

    def _get_unsold(self):
        self.ensure_one()
        # sudo: the member's own goods, in a message to the member
        return self.env['coop.consignment.unsold'].sudo().search([
            ('owner_id', '=', self.partner_id.id), ('company_id', '=', self.company_id.id), ('stage', 'in', TO_GO_BACK),
        ])
