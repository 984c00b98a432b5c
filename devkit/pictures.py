"""`./dev pictures`: the pictures of the README, the roles' chapters and the Apps page, out of the demo cooperative.

They are taken on a fresh copy of the demo cooperative, so that the same addon gives the same pictures, and whatever was
entered in `./dev run` stays out of them.
"""
from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from . import places, ports, server, testing
from .console import DevError, Step, human_size, say
from .databases import Databases
from .debian import ensure_system_package
from .odoo import Kit
from .processes import stream, tail

ENGLISH, INDONESIAN = 'en_US', 'id_ID'
SCREEN = (1280, 800, 1)
TALL = (1280, 1120, 1)
PAPER = (860, 960, 1)
PHONE = (390, 844, 2)
MOST_BYTES = 2_500_000
TILES = (('wait', '.o_kanban_record:not(.o_kanban_ghost)'),)
ROWS = (('wait', '.o_data_row'),)
FOLDER = places.CHECKOUT / 'static' / 'description' / places.PICTURES


@dataclass(frozen=True)
class Shot:
    """One picture: whose screen, which page, and what is done on it before the picture is taken.

    :param address: below the server's own; ``{name}`` stands for what :data:`PREPARE_SCRIPT` gives.
    :param size: width, height, and pixels of the picture for each of the page.
    :param steps: see ``Photographer._do``.
    """

    name: str
    login: str
    address: str
    language: str = ENGLISH
    size: tuple[int, int, int] = SCREEN
    steps: tuple[tuple[str, ...], ...] = ()


SHOTS = (
    Shot('overview', 'ketua', '/odoo/coop-overview', size=TALL, steps=TILES),
    Shot('overview-id', 'bendahara', '/odoo/coop-overview', INDONESIAN, TALL, TILES),
    Shot('first-steps', 'ketua', '/odoo/coop-first-steps', size=(1280, 1060, 1), steps=TILES),
    Shot('members', 'petugas', '/odoo/coop-members', steps=ROWS),
    Shot('member', 'ketua', '/odoo/coop-members/{member}'),
    Shot('voucher', 'bendahara', '/odoo/coop-vouchers/{voucher}', INDONESIAN, (1280, 700, 1)),
    Shot('round', 'petugas', '/odoo/coop-pools/{round_open}', size=(1280, 940, 1)),
    Shot('round-requests', 'petugas', '/odoo/coop-pools/{round_open}', INDONESIAN, steps=(
        ('click', 'button[name=action_open_grid]'), ('wait', '.o_coop_pool_grid'),
    )),
    Shot('shares', 'gudang', '/odoo/coop-pools/{round_done}', INDONESIAN, (1280, 1060, 1), (
        ('click', '.o_notebook .nav-link[name=allocations]'),
    )),
    Shot('intake', 'petugas', '/odoo/coop-intake/{intake}', INDONESIAN, (1280, 780, 1)),
    Shot('settlement', 'bendahara', '/odoo/coop-settlements/{settlement}', size=(1280, 840, 1)),
    Shot('settlement-paper', 'bendahara', f'/report/html/{places.ADDON}.coop_settlement_report/{{settlement}}',
         INDONESIAN, PAPER),
    Shot('shu', 'bendahara', '/odoo/coop-shu/{allocation}', size=TALL),
    Shot('meeting-table', 'ketua', '/odoo/coop-shu', INDONESIAN, (1280, 1000, 1), (
        ('click', f'[data-menu-xmlid="{places.ADDON}.coop_menu_shu"]'),
        ('click', f'[data-menu-xmlid="{places.ADDON}.coop_shu_meeting_table_menu"]'),
        ('wait', '.o_dialog table'),
    )),
    Shot('counter', 'kasir', '/odoo/coop-counter', INDONESIAN, (1280, 860, 1), (
        ('type', '.o_field_widget[name=membership_id] input', '{debtor}'),
        ('wait', '.o-autocomplete--dropdown-item'),
        ('press', 'Enter'),
        ('wait', '.o_field_widget[name=line_ids] .o_data_row'),
    )),
    Shot('cash-count', 'kasir', '/odoo/coop-cash-counts/{cash_count}', INDONESIAN),
    Shot('limits', 'ketua', '/odoo/coop-approval-limits', size=(1500, 560, 1), steps=ROWS),
    Shot('supervisors-list', 'pengawas', '/odoo/coop-oversight', size=(1680, 560, 1), steps=(
        ('click', '.o_group_header:nth-last-of-type(3)'), ('click', '.o_group_header:nth-last-of-type(1)'), *ROWS,
    )),
    Shot('closing', 'bendahara', '/odoo/coop-closings/{closing}'),
    Shot('phone-home', 'anggota', '/my', INDONESIAN, PHONE),
    Shot('phone-round', 'anggota', '/my/pools/{round_open}', INDONESIAN, PHONE),
    Shot('phone-shu', 'anggota', '/my/shu', INDONESIAN, PHONE),
)

#: Taken last, once the company is marked as one for practice: its screens are those of any practice company.
PRACTICE_SHOTS = (
    Shot('practice', 'ketua', '/odoo/coop-overview', steps=(*TILES, ('wait', '.o_coop_practice_banner'))),
)

PREPARE_SCRIPT = '''\
import json

def most(model, lines, domain=()):
    return max(env[model].search(list(domain)), key=lambda document: (len(document[lines]), document.id)).id

invoices = env['account.move'].search([('move_type', '=', 'out_invoice'), ('coop_membership_id', '!=', False)])
closing = env['coop.closing'].create({'period': 'month'})
closing.action_refresh()
env.cr.commit()
result(json.dumps({
    'closing': closing.id,
    'member': env['coop.membership'].search([], order='number', limit=1).id,
    'debtor': max(invoices, key=lambda invoice: invoice.amount_residual).coop_membership_id.number,
    'voucher': most('coop.savings.voucher', 'line_ids', [('state', '=', 'draft')]),
    'round_open': env['coop.pool'].search([('state', '=', 'open')], limit=1).id,
    'round_done': env['coop.pool'].search([('state', '=', 'done')], limit=1).id,
    'intake': most('coop.consignment', 'line_ids', [('state', '=', 'received'), ('line_ids.tare', '>', 0)]),
    'settlement': most('coop.settlement', 'deduction_ids', [('state', '=', 'posted')]),
    'allocation': env['coop.shu.allocation'].search([], limit=1).id,
    'cash_count': most('coop.cash.count', 'note_ids'),
}))
'''
PRACTICE_SCRIPT = '''\
env.company.write({'coop_is_practice': True, 'name': f'PRACTICE {env.company.name}'})
env.cr.commit()
'''


def run(kit: Kit) -> int:
    """Take all pictures anew; those that are not on the list any more go."""
    if not ensure_system_package('chromium', 'without it no picture can be taken', testing.browser):
        raise DevError('No picture was taken: there is no Chromium (or Chrome) to open the pages with.')
    databases = Databases(kit)
    template = databases.demo_template()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with databases.fresh_clone(template, 'pictures') as database:
        numbers = json.loads(kit.script(database, PREPARE_SCRIPT))
        port = ports.free_port()
        with server.serving(kit, port, 0, database, '--max-cron-threads', '0'):
            _photograph(kit, port, database, SHOTS, numbers)
            kit.script(database, PRACTICE_SCRIPT)
            _photograph(kit, port, database, PRACTICE_SHOTS, numbers)
    _put_in_order()
    return 0


def _photograph(kit: Kit, port: int, database: str, shots: Iterable[Shot], numbers: dict[str, int | str]) -> None:
    job = prepare_job(f'http://{ports.HOST}:{port}', database, shots, numbers)
    with Step(f'{len(job["shots"])} pictures') as step:
        code, lines = stream(
            [kit.python, Path(__file__).with_name('photographer.py')], step.progress, stdin=json.dumps(job),
            env=kit.environment)
        if code:
            raise DevError(f'A picture could not be taken:\n{tail(lines)}')


def prepare_job(address: str, database: str, shots: Iterable[Shot], numbers: dict[str, int | str]) -> dict:
    """Return what the photographer is told, with the addresses filled in."""
    return {
        'address': address, 'database': database, 'chromium': testing.browser(), 'folder': str(FOLDER),
        'shots': [
            {
                **dataclasses.asdict(shot), 'address': shot.address.format(**numbers),
                'steps': [(*step[:2], *(text.format(**numbers) for text in step[2:])) for step in shot.steps],
            }
            for shot in shots
        ],
    }


def _put_in_order() -> None:
    """Remove what is on the list no more, and say how much there is.

    :raise DevError: when all of them together are larger than a repository should carry.
    """
    wanted = {f'{shot.name}.png' for shot in (*SHOTS, *PRACTICE_SHOTS)}
    for path in FOLDER.iterdir():
        if path.name not in wanted:
            path.unlink()
    size = places.size_of(FOLDER)
    say(f'  {len(wanted)} pictures in {FOLDER.relative_to(places.CHECKOUT)}, {human_size(size)}')
    if size > MOST_BYTES:
        raise DevError(f'That is more than {human_size(MOST_BYTES)}: photograph fewer screens, or smaller ones.')
