import { Component } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { session } from "@web/session";

/** Says on every screen of a practice company that nothing here is real. */
export class PracticeBanner extends Component {
    static template = "producer_cooperative.PracticeBanner";
    static props = {};

    setup() {
        const practice = session.coop_practice_company_ids || [];
        this.isPractice = user.activeCompanies.some((company) => practice.includes(company.id));
        document.body.classList.toggle("o_coop_practice", this.isPractice);
    }
}

registry.category("main_components").add("coop_practice_banner", { Component: PracticeBanner });
