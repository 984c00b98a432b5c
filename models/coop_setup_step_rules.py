from odoo import fields, models
from odoo.fields import Command

#: What many cooperatives' bylaws say: (kind, fund or base, per cent). The meeting's own figures take their place.
SHARES = (
    ('reserve', None, 40), ('capital', None, 20), ('patronage', 'purchases', 10), ('patronage', 'consigned', 10),
    ('fund', 'board', 5), ('fund', 'staff', 5), ('fund', 'education', 5), ('fund', 'social', 5),
)
#: What the cooperative keeps of a sale for its members, in per cent, until they agree on something else.
COMMISSION = 5


class CoopSetupStep(models.Model):
    """The steps that say how the cooperative shares."""
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
