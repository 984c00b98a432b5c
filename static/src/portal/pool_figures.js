import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

const SECONDS = 20;

/** Keeps prices and sums of an open round up to date while its page stays open; without it the page shows them once. */
export class PoolFigures extends Interaction {
    static selector = ".o_coop_pool[data-pool]";

    start() {
        this.timer = setInterval(() => this.keepUp(), SECONDS * 1000);
        this.registerCleanup(() => clearInterval(this.timer));
    }

    async keepUp() {
        if (document.hidden) {
            return;
        }
        const response = await this.waitFor(
            fetch(`/my/pools/${this.el.dataset.pool}/figures`).catch(() => null)
        );
        if (response?.ok && response.headers.get("Content-Type")?.includes("json")) {
            this.show(await this.waitFor(response.json()));
        }
    }

    show({ figures, is_open: isOpen, time_left: timeLeft }) {
        for (const [line, texts] of Object.entries(figures)) {
            const card = this.el.querySelector(`[data-line="${line}"]`);
            for (const target of card?.querySelectorAll("[data-figure]") || []) {
                const text = texts[target.dataset.figure] || "";
                target.textContent = text;
                target.closest(".o_coop_line")?.classList.toggle("d-none", !text);
            }
        }
        const left = document.querySelector(".o_coop_time_left");
        if (left) {
            left.textContent = timeLeft;
        }
        if (!isOpen) {
            clearInterval(this.timer);
        }
    }
}

registry.category("public.interactions").add("producer_cooperative.pool_figures", PoolFigures);
