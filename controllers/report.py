from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import content_disposition, request

from odoo.addons.producer_cooperative.tools.report_xlsx import write_template

XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'


class CooperativeReport(http.Controller):
    """Spreadsheets: the cooperative's reports, and files to fill in and import."""

    @http.route('/producer_cooperative/report/<string:model>/<int:record_id>', type='http', auth='user', readonly=True)
    def download_report(self, model, record_id):
        """Return a report as an Excel file, made with the rights of the user who asks."""
        wizards = request.env.get(model)
        if wizards is None or not isinstance(wizards, request.env.registry['coop.report.mixin']):
            raise NotFound()
        wizards.check_access('read')
        wizard = wizards.browse(record_id).exists()
        if not wizard:
            raise NotFound()
        wizard.check_access('read')
        return self._make_response(wizard._get_report_xlsx(), wizard._get_report_file_name())

    @http.route('/producer_cooperative/import_template/<string:model>', type='http', auth='user', readonly=True)
    def download_import_template(self, model):
        """Return a file to fill in, with the column headings in the user's language."""
        records = request.env.get(model)
        if records is None or not hasattr(records, '_get_import_template'):
            raise NotFound()
        records.check_access('create')
        name, headers, rows = records._get_import_template()
        return self._make_response(write_template(headers, rows, name), name)

    def _make_response(self, content, name):
        return request.make_response(content, [
            ('Content-Type', XLSX), ('Content-Disposition', content_disposition(f'{name}.xlsx')),
        ])
