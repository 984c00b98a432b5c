"""Opening a member's page: the partner's and the membership's form, read as the web client reads them.

Limit: the number of queries is the same in cooperatives of 10, 1,000 and 10,000 members, and for a member with few
and with many movements. Beside it stands Odoo's own partner form, without what the cooperative adds to it.
"""
from _bench import cooperative, environment, measure, members, parse, savings, verdict
from lxml import etree

SIZES = (10, 1_000, 10_000)
MANY_MOVEMENTS = 1_000
PAGES = (
    ("Odoo's partner form", 'res.partner', 'base.view_partner_form', ('coop_', 'is_coop_')),
    ("partner form", 'res.partner', 'base.view_partner_form', ()),
    ("membership form", 'coop.membership', 'producer_cooperative.coop_membership_view_form', ()),
)


def specification(env, model, view, without=()):
    """Return what the web client asks of ``web_read`` for a form; fields whose names begin so may be left out."""
    info = env[model].get_views([(env.ref(view).id, 'form')])
    fields = info['models'][model]['fields']
    arch = etree.fromstring(info['views']['form']['arch'])
    nodes = {node.get('name'): node for node in arch.iter('field') if next(node.iterancestors('field'), None) is None}
    return {
        name: asked_of(fields[name], node) for name, node in nodes.items() if not name.startswith(tuple(without))
    }


def asked_of(field, node):
    """Return the part of the specification for one field."""
    if field['type'] == 'many2one':
        return {'fields': {'display_name': {}}}
    if field['type'] in ('one2many', 'many2many'):
        columns = {child.get('name'): {} for child in node.iterdescendants('field')}
        return {'fields': columns or {'display_name': {}}}
    return {}


options = parse()
queries, seconds = {}, {}
with environment(options) as env:
    for size in SIZES:
        env = cooperative(env, f"Koperasi Ukur {size}")
        savings_types = env['coop.savings.type'].search([('company_id', '=', env.company.id)])
        everybody = members(env, size)
        few, many = everybody[0], everybody[1]
        savings(env, savings_types)
        savings(env, savings_types, many.partner_id, MANY_MOVEMENTS)
        for page, model, view, without in PAGES:
            asked = specification(env, model, view, without)
            for movements, member in ((1, few), (MANY_MOVEMENTS, many)):
                record = member if model == 'coop.membership' else member.partner_id
                record = env[model].browse(record.id)
                case = page, size, movements
                seconds[case], queries[case] = measure(env, lambda r=record, a=asked: r.web_read(a), options.repeat)
                ratio = seconds[case] / seconds[PAGES[0][0], size, movements]
                print(
                    f"  {page:20} {size:6d} members  {movements * len(savings_types):5d} movements"
                    f"  {seconds[case]:7.4f} s  {queries[case]:4d} queries  {ratio:5.2f} × Odoo's own",
                    flush=True,
                )
    passed = all(len({count for case, count in queries.items() if case[0] == page}) == 1 for page, *_rest in PAGES)
verdict(passed)
