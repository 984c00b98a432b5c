import { registry } from "@web/core/registry";

/** What a cashier does from the search to the paper, by keyboard alone, in six actions at most. */
const MOST_ACTIONS = 6;

function countActions(steps) {
    return steps.filter((step) => step.run).length;
}

const serve = [
    {
        content: "The search has the focus: type the member's number, or scan the card",
        trigger: ".o_field_widget[name=membership_id] input:focus",
        run: "edit 1",
    },
    {
        content: "The member is found",
        trigger: ".o-autocomplete--dropdown-item:contains(Siti)",
    },
    {
        content: "Take the member",
        trigger: ".o_field_widget[name=membership_id] input",
        run: "press Enter",
    },
    {
        content: "Everything due either way is there and chosen",
        trigger: ".o_field_widget[name=line_ids] tr:contains(60,000) input[type=checkbox]:checked",
    },
    {
        trigger: ".o_field_widget[name=line_ids] tr:contains(9,045) input[type=checkbox]:checked",
    },
    {
        content: "Go to the first amount",
        trigger: ".o_field_widget[name=membership_id] input",
        run: "press Alt+i",
    },
    {
        content: "The member pays less than everything",
        trigger: ".o_field_widget[name=line_ids] td[name=amount] input:focus",
        run: "edit 25000",
    },
    {
        content: "Post and print",
        trigger: ".o_field_widget[name=line_ids] td[name=amount] input:focus",
        run: "press Alt+q",
    },
    {
        content: "The receipt has its number",
        trigger: ".o_field_widget[name=name]:contains(KW/)",
    },
];

registry.category("web_tour.tours").add("coop_counter_keyboard", {
    steps: () => [
        ...serve,
        {
            content: "Not more actions than a queue allows",
            trigger: ".o_field_widget[name=print_count]:contains(1)",
            run() {
                if (countActions(serve) > MOST_ACTIONS) {
                    throw new Error(`${countActions(serve)} actions from the search to the paper`);
                }
            },
        },
        {
            content: "On to the next member",
            trigger: "button[name=action_next]",
            run: "press Alt+g",
        },
        {
            content: "The search is empty and has the focus",
            trigger: ".o_field_widget[name=membership_id] input:focus:value()",
        },
    ],
});

registry.category("web_tour.tours").add("coop_counter_double_click", {
    steps: () => [
        {
            trigger: ".o_field_widget[name=membership_id] input",
            run: "edit Siti",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Siti)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=line_ids] tr:contains(60,000)",
        },
        {
            content: "Click twice on Post",
            trigger: "button[name=action_post]",
            run({ anchor }) {
                anchor.click();
                anchor.click();
            },
        },
        {
            trigger: ".o_field_widget[name=name]:contains(KW/)",
        },
    ],
});

registry.category("web_tour.tours").add("coop_counter_after_crash", {
    steps: () => [
        {
            content: "Scan the card of the member who was served when the browser closed",
            trigger: ".o_field_widget[name=membership_id] input:focus",
            run: "edit KA0000000001",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Siti)",
            run: "click",
        },
        {
            content: "The receipt of a moment ago is named, and nothing is due any more",
            trigger: ".alert:contains(Served already today):contains(KW/)",
        },
        {
            trigger: ".o_field_widget[name=amount_to_receive]:contains(0)",
        },
        {
            content: "Leave without saving",
            trigger: ".o_form_button_cancel",
            run: "click",
        },
        {
            trigger: "body:not(:has(.alert:contains(Served already today)))",
        },
    ],
});
