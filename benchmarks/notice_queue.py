"""Telling members of what they paid in, as a ratio to Odoo's own e-mails: the same template on the same records.

Ours writes down whom to tell, finds the way, the address and the language of each, keeps the text, and puts the
e-mails into Odoo's queue; Odoo renders the template with ``send_mail_batch`` and puts as many e-mails into that queue.
Both work in batches of the same size. Limit: 1.5. And a message takes no more queries in a cooperative with four times
as many members, who all stand on one voucher.
"""

from functools import partial

from _bench import compare, cooperative, environment, members, parse, verdict

from odoo.fields import Command, Date
from odoo.tools import SQL, split_every

MEMBERS, LIMIT = 400, 1.5


def pay_in(env, everybody):
    """Return a posted voucher on which every member stands; nobody was told of it yet."""
    voucher = env['coop.savings.voucher'].create({'date': Date.today(), 'line_ids': [
        Command.create({
            'membership_id': member.id, 'amount': 10_000,
            'type_id': env['coop.savings.type'].search([
                ('kind', '=', 'voluntary'), ('company_id', '=', env.company.id),
            ], limit=1).id,
        }) for member in everybody
    ]})
    voucher.action_post()
    env.flush_all()
    return voucher


def give_addresses(env, everybody):
    """Give every member an e-mail address."""
    env.cr.execute(SQL(
        "UPDATE res_partner SET email = 'anggota' || id || '@example.com' WHERE id IN %s",
        tuple(everybody.partner_id.ids),
    ))
    env.invalidate_all()


def batch_size():
    """Return how many messages are written together; addons can be imported once the configuration is read."""
    from odoo.addons.producer_cooperative.models.coop_notice_send import BATCH_SIZE
    return BATCH_SIZE


def tell(env, voucher, everybody):
    """Queue the messages and send them, as the schedule does."""
    env['coop.notice']._queue('receipt', {voucher: everybody})
    while env['coop.notice']._send_next():
        env.invalidate_all()
    told = env['coop.notice'].search([('res_id', '=', voucher.id), ('company_id', '=', env.company.id)])
    assert set(told.mapped('state')) == {'sent'} and len(told.mail_id) == len(everybody)


def odoo_alone(env, voucher, everybody):
    """Create as many records, and let Odoo write the e-mails of the template."""
    kind = env['coop.notice.kind']._find('receipt')
    notices = env['coop.notice'].create([{
        'company_id': env.company.id, 'membership_id': member.id, 'kind_id': kind.id, 'res_model': voucher._name,
        'res_id': voucher.id,
    } for member in everybody])
    for batch in split_every(batch_size(), notices.ids):
        kind.template_id.send_mail_batch(
            batch, email_layout_xmlid='mail.mail_notification_light', email_values={'email_to': 'anggota@example.com'},
        )
        env.flush_all()
        env.invalidate_all()


options = parse()
count = options.size or MEMBERS
ratios, per_message = [], []
with environment(options) as env:
    for size in (count // 4, count):
        env = cooperative(env, f"Koperasi Ukur {size}")
        env.company.email = 'koperasi@example.com'
        everybody = members(env, size)
        give_addresses(env, everybody)
        voucher = pay_in(env, everybody)
        env['coop.notice.kind']._find('receipt').with_company(env.company).channel = 'mail'
        (base, base_queries), (ours, queries), ratio = compare(
            env, partial(odoo_alone, env, voucher, everybody), partial(tell, env, voucher, everybody), options.repeat,
        )
        ratios.append(ratio)
        per_message.append(queries / size)
        print(f"  Odoo's own e-mails to {size:5d} members {base:7.2f} s  {base_queries / size:6.1f} queries each")
        print(f"  messages to {size:5d} members           {ours:7.2f} s  {queries / size:6.1f} queries each")
        print(f"  ratio {ratio:.3f} (limit {LIMIT})", flush=True)
    few, many = per_message
    passed = max(ratios) <= LIMIT and many <= few
verdict(passed)
