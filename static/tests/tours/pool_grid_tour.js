import { registry } from "@web/core/registry";

/** An officer types requests with the keyboard: a member's number, quantities, a wrong one, and saves. */
registry.category("web_tour.tours").add("coop_pool_grid", {
    steps: () => [
        {
            content: "Look for the second member by number",
            trigger: ".o_coop_find",
            run: "edit 2",
        },
        {
            content: "The member is found",
            trigger: "tr.table-info:contains(Budi)",
        },
        {
            content: "Go to the member's first product",
            trigger: ".o_coop_find",
            run: "press Enter",
        },
        {
            content: "Type a quantity",
            trigger: "tr:contains(Budi) input[data-column='0']:focus",
            run: "edit 12",
        },
        {
            content: "The sum follows",
            trigger: ".o_coop_totals:contains(12)",
        },
        {
            content: "Go down to the next member",
            trigger: "tr:contains(Budi) input[data-column='0']",
            run: "press Enter",
        },
        {
            content: "Type more than a member may ask for",
            trigger: "tr:contains(Ani) input[data-column='0']:focus",
            run: "edit 60",
        },
        {
            content: "Back to the number, and up by arrow",
            trigger: "tr:contains(Ani) input[data-column='0']",
            run: "press ArrowUp",
        },
        {
            content: "The cell above has the focus",
            trigger: "tr:contains(Budi) input[data-column='0']:focus",
            run: "press Escape",
        },
        {
            content: "The search has the focus again; choose the paper list",
            trigger: ".o_coop_find:focus",
        },
        {
            trigger: ".o_coop_source",
            run: "select paper",
        },
        {
            trigger: ".o_coop_source_ref",
            run: "edit DP/2026/00007",
        },
        {
            content: "Save both",
            trigger: ".o_coop_save:contains(2)",
            run: "click",
        },
        {
            content: "The wrong one stays, and says why",
            trigger: "tr:contains(Ani) .o_coop_message:contains(at most 50)",
        },
        {
            content: "The right one is saved",
            trigger: "tr:contains(Budi) td:not(.o_coop_dirty) input[data-column='0']:value(12)",
        },
        {
            content: "Correct the wrong one with the unit written out",
            trigger: "tr:contains(Ani) input[data-column='0']",
            run: "edit 2 doz",
        },
        {
            trigger: ".o_coop_save:contains(1)",
            run: "click",
        },
        {
            content: "The dozens are converted",
            trigger: "tr:contains(Ani) td:not(.o_coop_dirty) input[data-column='0']:value(24)",
        },
        {
            trigger: ".o_coop_totals:contains(36)",
        },
    ],
});
