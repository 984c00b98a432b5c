import { registry } from "@web/core/registry";

/** A member asks for goods on a telephone: from the home page into the open round, saves, and changes the mind. */
registry.category("web_tour.tours").add("coop_portal_request", {
    steps: () => [
        {
            content: "Open the rounds from the home page",
            trigger: '.o_portal_index_card a[href="/my/pools"]',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Open the round that takes requests",
            trigger: 'a[href^="/my/pools/"]:contains(Fertilizer for the wet season)',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The price stands there, and nothing is wider than the telephone",
            trigger: '[data-figure="price"]:contains(100)',
            run: () => {
                const { scrollWidth, clientWidth } = document.documentElement;
                if (scrollWidth > clientWidth) {
                    throw new Error(`The page is ${scrollWidth} wide on a screen of ${clientWidth}.`);
                }
            },
        },
        {
            content: "Ask for sixty",
            trigger: 'input[name^="quantity-"]',
            run: "edit 60",
        },
        {
            content: "And take five more, if that fills a case",
            trigger: 'input[name^="tolerance-"]',
            run: "edit 5",
        },
        {
            trigger: "button.o_coop_ask",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is saved, and the price step is reached",
            trigger: ".o_coop_saved",
        },
        {
            trigger: '[data-figure="price"]:contains(90)',
        },
        {
            content: "Slip on the keyboard",
            trigger: 'input[name^="quantity-"]',
            run: "edit 9999999999",
        },
        {
            trigger: "button.o_coop_ask",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The page says why, and keeps what was typed",
            trigger: ".o_coop_problem:contains(too much to be meant)",
        },
        {
            trigger: 'input[name^="quantity-"]:value(9999999999)',
            run: "edit 70",
        },
        {
            trigger: "button.o_coop_ask",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_coop_saved",
        },
    ],
});
