from odoo import models


class AccountChartTemplate(models.AbstractModel):
    _inherit = 'account.chart.template'

    def _post_load_data(self, template_code, company, template_data):
        """Give a cooperative its own accounts as soon as it has a chart."""
        super()._post_load_data(template_code, company, template_data)
        (company or self.env.company)._coop_create_accounts()

    def _load_translations(self, langs=None, companies=None, template_data=None):
        """Name the cooperative's accounts in a language that is activated later."""
        super()._load_translations(langs=langs, companies=companies, template_data=template_data)
        installed = self.env['res.lang'].get_installed()
        chosen = [(code, name) for code, name in installed if not langs or code in langs]
        companies = companies or self.env['res.company'].search([('chart_template', '!=', False)])
        # sudo: names of the companies' own cooperative accounts, as for the chart itself
        companies.sudo().filtered('coop_is_cooperative')._coop_translate_accounts(chosen)
