import { onMounted, onWillUnmount } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { ProgressBarField, progressBarField } from "@web/views/fields/progress_bar/progress_bar_field";

const SECONDS = 3;
const WORKING = ["running", "computing", "posting", "cancelling"];

/** A progress bar that keeps up with a run that goes on in the background. */
export class RunProgressField extends ProgressBarField {
    setup() {
        super.setup();
        onMounted(() => {
            this.timer = browser.setInterval(() => this.keepUp(), SECONDS * 1000);
        });
        onWillUnmount(() => browser.clearInterval(this.timer));
    }

    /** Read the run again, one time after the other; who cannot read it any more is not asked over and over. */
    async keepUp() {
        const { record } = this.props;
        if (this.isReading || !WORKING.includes(record.data.state)) {
            return;
        }
        this.isReading = true;
        try {
            if (!(await record.isDirty())) {
                await record.load();
            }
            this.isReading = false;
        } catch {
            browser.clearInterval(this.timer);
        }
    }
}

export const runProgressField = { ...progressBarField, component: RunProgressField };

registry.category("fields").add("coop_run_progress", runProgressField);
