import { registry } from "@web/core/registry";

/** The main path of each role, by mouse as in the first week at work. */
const tours = registry.category("web_tour.tours");
/** A machine that does much else besides takes its time to show the first page. */
const patiently = (steps) => steps.map((step) => ({ timeout: 60000, ...step }));
const confirm = {
    content: "Yes, go on",
    trigger: ".modal-footer .btn-primary",
    run: "click",
};

tours.add("coop_officer_round", {
    steps: () => patiently([
        {
            content: "Look into the round that is prepared",
            trigger: ".o_data_row:contains(wet season) .o_data_cell[name=title]",
            run: "click",
        },
        {
            content: "Open it for requests",
            trigger: "button[name=action_open]",
            run: "click",
        },
        {
            content: "Enter what members asked for",
            trigger: "button[name=action_open_grid]",
            run: "click",
        },
        {
            content: "The first member",
            trigger: ".o_coop_find",
            run: "edit 1",
        },
        {
            trigger: "tr.table-info:contains(Siti)",
        },
        {
            trigger: ".o_coop_find",
            run: "press Enter",
        },
        {
            content: "Twelve sacks",
            trigger: "tr:contains(Siti) input[data-column='0']:focus",
            run: "edit 12",
        },
        {
            trigger: ".o_coop_save:contains(1)",
            run: "click",
        },
        {
            content: "Kept",
            trigger: "tr:contains(Siti) td:not(.o_coop_dirty) input[data-column='0']:value(12)",
        },
        {
            content: "Back to the round",
            trigger: ".o_back_button",
            run: "click",
        },
        {
            content: "Close it",
            trigger: "button[name=action_close]",
            run: "click",
        },
        confirm,
        {
            content: "Closed: it can be ordered",
            trigger: "button[name=action_order]",
        },
    ]),
});

tours.add("coop_accountant_vouchers", {
    steps: () => patiently([
        {
            content: "Look into the draft of the officer",
            trigger: ".o_data_row:contains(Draft) .o_data_cell",
            run: "click",
        },
        {
            content: "Post it",
            trigger: "button[name=action_post]",
            run: "click",
        },
        {
            content: "Slips can be printed now, and it has a number",
            trigger: "button[name=action_print_slips]",
        },
        {
            trigger: ".o_field_widget[name=display_name]:contains(BKM/)",
        },
    ]),
});

tours.add("coop_accountant_settlement_run", {
    steps: () => patiently([
        {
            content: "A new run",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "See first what would be settled",
            trigger: "button[name=action_preview]:contains(Preview)",
            run: "click",
        },
        {
            content: "Both members are in it",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Siti)",
        },
        {
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Budi)",
        },
        {
            content: "Post all",
            trigger: "button[name=action_start]:contains(Post All)",
            run: "click",
        },
        confirm,
        {
            content: "It goes on by itself",
            trigger: "button[name=action_stop]",
        },
    ]),
});

tours.add("coop_warehouse_receives", {
    steps: () => patiently([
        {
            content: "Goods that a member has brought",
            trigger: ".o_data_row:contains(Siti) .o_data_cell[name=partner_id]",
            run: "click",
        },
        {
            content: "Take them in",
            trigger: "button[name=action_receive]",
            run: "click",
        },
        {
            content: "They are here",
            trigger: ".o_form_view:not(:has(button[name=action_receive]))",
        },
    ]),
});

tours.add("coop_manager_approves_shu", {
    steps: () => patiently([
        {
            content: "Look into what the treasurer computed",
            trigger: ".o_data_row .o_data_cell[name=date_from], .o_data_row .o_data_cell",
            run: "click",
        },
        {
            content: "Number of the minutes",
            trigger: ".o_field_widget[name=meeting_number] input",
            run: "edit 01/RAT/2025",
        },
        {
            content: "The meeting has approved",
            trigger: "button[name=action_approve]",
            run: "click",
        },
        {
            content: "By whom stands there",
            trigger: ".o_field_widget[name=approved_by_id]",
        },
    ]),
});
