from psycopg2 import IntegrityError

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN
from odoo.addons.producer_cooperative.models.res_company import _unlink_unless_referenced


class CoopSetupStep(models.Model):
    """The step that brings in the register. Each import is undone on its own, the last one first."""
    _inherit = 'coop.setup.step'

    # === MEMBERS === #

    def _get_status_members(self, company):
        # sudo: how many members there are
        count = self.env['coop.membership'].sudo().search_count([('company_id', '=', company.id)])
        if not count:
            return ""
        imported = self._get_last_import(company)
        return self.env._(
            "%(count)s are in the register; the last import brought %(imported)s.", count=count, imported=len(imported),
        ) if imported else self.env._("%s are in the register.", count)

    def _get_refusal_members(self, company):
        imported = self._get_last_import(company)
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
        """Take the last import back, and keep the note of those before it."""
        imported = self._get_last_import(company)
        earlier = self._get_standing_imports(before)
        contacts = imported.partner_id.filtered(lambda partner: partner.id in earlier[-1]['contacts'])
        imported._coop_take_back_import()
        for contact in contacts:
            if not contact.bank_ids and not contact.user_ids and not contact.child_ids:
                _unlink_unless_referenced(contact)
        return {'imports': earlier[:-1]} if earlier[:-1] else None

    def _get_last_import(self, company):
        """Return the memberships of the last import, as far as they still stand."""
        imports = self._get_standing_imports(self.env['coop.setup.change']._find(company, 'members').before or {})
        # sudo: who undoes the import is checked in action_undo; others learn how many it brought
        return self.env['coop.membership'].sudo().browse(imports[-1]['memberships'] if imports else []).exists()

    def _get_standing_imports(self, before):
        """Return the imports, in their order, of which a membership still stands."""
        Membership = self.env['coop.membership'].sudo()  # sudo: whether they still stand
        return [part for part in before.get('imports', []) if Membership.browse(part['memberships']).exists()]


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
        contacts = self.partner_id.filtered(lambda partner: partner.id > newest_contact)
        self.env['coop.setup.change']._add(company, 'members', 'imports', {
            'memberships': self.ids, 'contacts': contacts.ids,
        })

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
