"""A member's SHU statement and the meeting's table: reading them in small and large cooperatives.

Limit: the member's page, which shows the SHU of all years, takes the same number of queries for 1 and for 10 years and
in cooperatives of 10, 1,000 and 10,000 members; so do one member's statement on paper and the meeting's table. The
table of 10,000 members takes at most 3 times as long per member as that of 1,000.
"""
from _bench import cooperative, environment, measure, members, parse, verdict

from odoo.tools import SQL

SIZES = (10, 1_000, 10_000)
YEARS = (1, 10)


def allocate(env, year):
    """Return a booked allocation of the year in which every member has a part by capital and one by business."""
    allocation = env['coop.shu.allocation'].create({
        'name': f'SHU/{year}/{env.company.id}', 'date_from': f'{year}-01-01', 'date_to': f'{year}-12-31',
        'state': 'posted', 'surplus': 50_000_000, 'meeting_date': f'{year + 1}-02-20', 'meeting_number': '01/RAT',
    })
    shares = env['coop.shu.allocation.share'].create([
        {'allocation_id': allocation.id, 'name': name, 'kind': kind, 'percent': 50, 'amount': 25_000_000,
         'denominator': 7_000_000_000}
        for name, kind in (("Members by Capital", 'capital'), ("Purchases", 'patronage'))
    ])
    env.flush_all()
    env.cr.execute(SQL(
        "INSERT INTO coop_shu_member_line (allocation_id, company_id, membership_id, partner_id, date_to,"
        " payout_method, capital_amount, patronage_amount, amount_total, amount_net, amount_residual,"
        " amount_paid)"
        " SELECT %s, company_id, id, partner_id, %s, 'cash', 2500, 2500, 5000, 5000, 5000, 0"
        " FROM coop_membership WHERE company_id = %s",
        allocation.id, allocation.date_to, env.company.id,
    ))
    for share in shares:
        env.cr.execute(SQL(
            "INSERT INTO coop_shu_member_part (line_id, company_id, share_id, kind, numerator, amount)"
            " SELECT id, company_id, %s, %s, 700000 + id %% 1000, 2500 FROM coop_shu_member_line"
            " WHERE allocation_id = %s", share.id, share.kind, allocation.id,
        ))
    env.cr.execute("ANALYZE coop_shu_member_line")
    env.cr.execute("ANALYZE coop_shu_member_part")
    env.invalidate_all()
    return allocation


def read_page(env, partner):
    """Read what the member's page shows."""
    lines = env['coop.shu.member.line'].search([
        ('partner_id', '=', partner.id), ('state', 'in', ('posted', 'paid')),
    ])
    for line in lines:
        line._get_statement_totals()
        assert line.allocation_id.display_name
        for part in line.part_ids:
            assert part._get_statement_label() and part.exact_amount is not None and part.pool_amount


options = parse()
sizes = [size for size in SIZES if not options.size or size <= options.size] or [options.size]
queries, seconds = {}, {}
with environment(options) as env:
    for size in sizes:
        env = cooperative(env, f"Koperasi Ukur {size}")
        member = members(env, size)[0]
        env = env(context=dict(env.context, lang='en_US'))
        for years in YEARS:
            while env['coop.shu.allocation'].search_count([('company_id', '=', env.company.id)]) < years:
                allocation = allocate(env, 2010 + env['coop.shu.allocation'].search_count([
                    ('company_id', '=', env.company.id),
                ]))
            line = env['coop.shu.member.line'].search([
                ('membership_id', '=', member.id), ('allocation_id', '=', allocation.id),
            ])
            table = env['coop.shu.meeting.table'].create({
                'company_id': env.company.id, 'allocation_id': allocation.id,
            })
            cases = {
                "member's page": lambda env=env, partner=member.partner_id: read_page(env, partner.with_env(env)),
                "statement on paper": lambda env=env, ids=line.ids: env['ir.actions.report']._render_qweb_html(
                    'producer_cooperative.coop_shu_statement', ids,
                ),
                "meeting's table": table._get_report,
            }
            for name, action in cases.items():
                case = name, size, years
                seconds[case], queries[case] = measure(env, action, options.repeat)
                print(
                    f"  {name:20} {size:6d} members  {years:3d} years  {seconds[case]:8.4f} s"
                    f"  {queries[case]:4d} queries", flush=True,
                )
passed = all(
    len({count for case, count in queries.items() if case[0] == name}) == 1
    for name in {case[0] for case in queries}
)
if len(sizes) > 1 and sizes[-2] >= 1_000:
    small, large = (seconds["meeting's table", size, YEARS[-1]] / size for size in sizes[-2:])
    print(f"  the table takes {large / small:.2f} × as long per member with {sizes[-1]:,} members", flush=True)
    passed = passed and large <= 3 * small
verdict(passed)
