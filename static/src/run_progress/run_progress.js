import { onMounted, onWillUnmount } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { ProgressBarField, progressBarField } from "@web/views/fields/progress_bar/progress_bar_field";

const SECONDS = 3;
const WORKING = ["running", "computing", "posting", "cancelling"];

/** A progress bar that keeps up with a run that goes on in the background. */
export class RunProgressField extends ProgressBarField {
    setup() {
        super.setup();
        onMounted(() => {
            this.timer = setInterval(() => this.keepUp(), SECONDS * 1000);
        });
        onWillUnmount(() => clearInterval(this.timer));
    }

    async keepUp() {
        const { record } = this.props;
        if (WORKING.includes(record.data.state) && !(await record.isDirty())) {
            await record.load();
        }
    }
}

export const runProgressField = { ...progressBarField, component: RunProgressField };

registry.category("fields").add("coop_run_progress", runProgressField);
