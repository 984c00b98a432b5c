import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { registry } from "@web/core/registry";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";
import { ListRenderer } from "@web/views/list/list_renderer";

/** What is due at the counter: Alt+I goes to the first chosen amount; Tab and Enter go on from there. */
export class CounterLinesRenderer extends ListRenderer {
    setup() {
        super.setup();
        useHotkey("alt+i", () => this.editAmount(), {
            bypassEditableProtection: true,
            withOverlay: () => this.tableRef.el,
        });
    }

    /** Edit the amount of the first chosen line, or of the first one when nothing is chosen. */
    async editAmount() {
        const { records } = this.props.list;
        const record = records.find(({ data }) => data.chosen) || records[0];
        if (!record || !this.isInlineEditable(record)) {
            return;
        }
        const column = this.columns.find(({ name }) => name === "amount");
        if (this.editedRecord === record) {
            this.focusCell(column);
            return;
        }
        await this.props.list.enterEditMode(record);
        this.cellToFocus = { column, record };
    }
}

export class CounterLinesField extends X2ManyField {
    static components = { ...X2ManyField.components, ListRenderer: CounterLinesRenderer };
}

registry.category("fields").add("coop_counter_lines", { ...x2ManyField, component: CounterLinesField });
