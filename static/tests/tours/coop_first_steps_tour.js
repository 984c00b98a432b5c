import { registry } from "@web/core/registry";

/** Take one of the first steps as it is proposed, and see it done. */
function take(name, answer = []) {
    const card = `.o_kanban_record:has(.fw-bold:contains(${name}))`;
    return [
        {
            content: `Open ${name}`,
            trigger: `body:not(:has(.modal)) ${card} button[name=action_take]`,
            run: "click",
        },
        ...answer,
        {
            content: `Set up ${name}`,
            trigger: ".modal footer button[name=action_apply]",
            run: "click",
        },
        {
            content: `${name} is done`,
            trigger: `body:not(:has(.modal)) ${card} .fa-check-circle`,
        },
    ];
}

registry.category("web_tour.tours").add("coop_first_steps", {
    steps: () => [
        ...take("The Cooperative", [
            {
                trigger: ".modal .o_field_widget[name=coop_legal_number] input",
                run: "edit AHU-0001234.AH.01.29.TAHUN 2023",
            },
        ]),
        ...take("Accounts"),
        ...take("VAT"),
        ...take("Payments and Cashiers", [
            {
                trigger: ".modal .o_field_widget[name=cashier_ids] input",
                run: "edit coop_cashier",
            },
            {
                trigger: ".o-autocomplete--dropdown-item:contains(coop_cashier)",
                run: "click",
            },
            {
                trigger: ".modal .o_field_widget[name=cashier_ids] .o_tag:contains(coop_cashier)",
            },
        ]),
        ...take("Savings"),
    ],
});
