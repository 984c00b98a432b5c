from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN
from odoo.addons.producer_cooperative.models.res_company import _unlink_unless_referenced

#: What many cooperatives' bylaws say: (kind, fund or base, per cent). The meeting's own figures take their place.
SHARES = (
    ('reserve', None, 40), ('capital', None, 20), ('patronage', 'purchases', 10), ('patronage', 'consigned', 10),
    ('fund', 'board', 5), ('fund', 'staff', 5), ('fund', 'education', 5), ('fund', 'social', 5),
)
#: What the cooperative keeps of a sale for its members, in per cent, until they agree on something else.
COMMISSION = 5


class CoopSetupStep(models.Model):
    """The steps that say how the cooperative shares, and who belongs to it."""
    _inherit = 'coop.setup.step'

    # === RULE OF THE BYLAWS === #

    def _get_rules(self, company):
        # sudo: that there is a rule is no secret; it is opened with the user's own rights
        return self.env['coop.shu.rule'].sudo().search([('company_id', '=', company.id)], order='date_from')

    def _get_status_rule(self, company):
        return ", ".join(self._get_rules(company).mapped('display_name'))

    def _get_refusal_rule(self, company):
        return self._get_made_refusal(company, 'rule', self._get_rules(company), lambda rule: (
            rule.allocation_ids and self.env._("The surplus %s was shared by it.", rule.allocation_ids[0].display_name)
        ))

    def _take_rule(self, company):
        rule = self._get_rules(company)[-1:].sudo(False)
        if not rule:
            detail = {'fund': 'fund', 'patronage': 'base'}
            rule = self.env['coop.shu.rule'].create({
                'name': self.env._("Bylaws (AD/ART)"), 'company_id': company.id, 'share_ids': [
                    Command.create({
                        'sequence': sequence, 'kind': kind, 'percent': percent, **({detail[kind]: key} if key else {}),
                    })
                    for sequence, (kind, key, percent) in enumerate(SHARES, start=1)
                ],
            })
            self.env['coop.setup.change']._remember(company, 'rule', {'id': rule.id})
        return rule._get_records_action(name=self.name)

    def _undo_rule(self, company, before):
        self.env['coop.shu.rule'].browse(before['id']).unlink()

    # === AGREEMENT === #

    def _get_agreements(self, company):
        # sudo: see _get_rules
        return self.env['coop.consignment.agreement'].sudo().search([('company_id', '=', company.id)], order='id')

    def _get_status_agreement(self, company):
        agreements = self._get_agreements(company)
        return agreements and self.env._(
            "%(number)s, the first: %(name)s", number=len(agreements), name=agreements[0].display_name,
        )

    def _get_refusal_agreement(self, company):
        return self._get_made_refusal(company, 'agreement', self._get_agreements(company), lambda agreement: (
            agreement.term_ids._get_used() and self.env._("Goods were sold or settled by it.")
        ))

    def _take_agreement(self, company):
        agreement = self._get_agreements(company)[:1].sudo(False)
        if not agreement:
            start = fields.Date.context_today(self).replace(month=1, day=1)
            agreement = self.env['coop.consignment.agreement'].create({
                'company_id': company.id,
                'term_ids': [Command.create({'date_from': start, 'commission_rate': COMMISSION})],
            })
            self.env['coop.setup.change']._remember(company, 'agreement', {'id': agreement.id})
        return agreement._get_records_action(name=self.name)

    def _undo_agreement(self, company, before):
        self.env['coop.consignment.agreement'].browse(before['id']).unlink()

    def _get_made_refusal(self, company, key, records, find_use):
        """Return why what a step made stays: it was not made here, others stand beside it, or it was used."""
        change = self.env['coop.setup.change']._find(company, key)
        made = records.filtered(lambda record: record.id == (change.before or {}).get('id'))
        if not made or made != records:
            return self.env._("It was written down by hand. Where nothing rests on it, it can be deleted in its list.")
        return find_use(made) or ""

    # === MEMBERS === #

    def _get_status_members(self, company):
        # sudo: how many members there are
        count = self.env['coop.membership'].sudo().search_count([('company_id', '=', company.id)])
        return self.env._("%s are in the register.", count) if count else ""

    def _get_refusal_members(self, company):
        imported = self._get_imported(company)
        if not imported:
            return self.env._(
                "They were not imported. A candidate can be deleted on the member; who was admitted stays in the"
                " register.",
            )
        # sudo: whether anything is booked in their names
        item = self.env['account.move.line'].sudo().search([
            ('company_id', '=', company.id), ('partner_id', 'child_of', imported.partner_id.ids),
        ], limit=1)
        return self.env._(
            "%(entry)s is booked in the name of %(member)s: the register stays. Correct single members one by one.",
            entry=item.move_id.name or item.move_id.display_name, member=item.partner_id.display_name,
        ) if item else ""

    def _take_members(self, company):
        return {
            'type': 'ir.actions.client', 'tag': 'import', 'name': self.name,
            'params': {'active_model': 'coop.membership', 'context': {}},
        }

    def _undo_members(self, company, before):
        imported = self._get_imported(company)
        contacts = imported.partner_id.filtered(lambda partner: partner.id in before['contacts'])
        imported._coop_take_back_import()
        for contact in contacts:
            if not contact.bank_ids and not contact.user_ids and not contact.child_ids:
                _unlink_unless_referenced(contact)

    def _get_imported(self, company):
        """Return the memberships that imports brought in, as far as they still stand."""
        before = self.env['coop.setup.change']._find(company, 'members').before or {}
        # sudo: who undoes the import is checked in action_undo
        return self.env['coop.membership'].sudo().browse(before.get('memberships', [])).exists()


class CoopMembership(models.Model):
    """An imported register can be taken back as long as nothing rests on it."""
    _inherit = 'coop.membership'

    # === IMPORT === #

    @api.model
    def load(self, fields, data):
        """Note what an import brought in, so that a wrong file can be taken back."""
        # sudo: numbers only, to tell what is new
        newest, newest_contact = (
            self.env[model].sudo().with_context(active_test=False).search([], order='id DESC', limit=1).id
            for model in (self._name, 'res.partner')
        )
        result = super().load(fields, data)
        new = self.browse(result.get('ids') or ()).filtered(lambda membership: membership.id > (newest or 0))
        for company, memberships in new.grouped('company_id').items():
            memberships._coop_note_import(company, newest_contact)
        return result

    def _coop_note_import(self, company, newest_contact):
        Change = self.env['coop.setup.change']
        Change._remember(company, 'members', {'memberships': [], 'contacts': []})
        change = Change._find(company, 'members')
        contacts = self.partner_id.filtered(lambda partner: partner.id > newest_contact)
        change.before = {
            'memberships': [*change.before['memberships'], *self.ids],
            'contacts': [*change.before['contacts'], *contacts.ids],
        }

    def _coop_take_back_import(self):
        """Delete members who were imported by mistake, as if the file had never been loaded.

        :raises UserError: when a document names one of them.
        """
        try:
            with self.env.cr.savepoint():
                self.with_context(coop_owner_token=OWNER_TOKEN).unlink()
        except IntegrityError as error:
            raise UserError(self.env._(
                "A document names one of the imported members already: the register stays. Correct single members"
                " one by one.",
            )) from error
