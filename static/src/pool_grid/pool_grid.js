import { Component, onWillStart, reactive, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { findRow, formatQuantity, makeCell, parseQuantity, resetCell } from "./pool_grid_model";

/** One member. Only the row that is typed in renders again. */
export class PoolGridRow extends Component {
    static template = "producer_cooperative.PoolGridRow";
    static props = {
        row: Object,
        index: Number,
        products: Array,
        allowTolerance: Boolean,
        readonly: Boolean,
        isFound: Boolean,
        onTyped: Function,
    };

    setup() {
        this.row = useState(this.props.row);
    }

    get columns() {
        return this.props.allowTolerance ? 2 : 1;
    }

    earlierText(cell) {
        return formatQuantity(cell.earlier[0]);
    }

    type(cell, field, ev) {
        this.props.onTyped(this.row, cell, field, ev.target.value);
    }
}

/** What the products come to; renders again with every cell. */
export class PoolGridTotals extends Component {
    static template = "producer_cooperative.PoolGridTotals";
    static props = { products: Array, allowTolerance: Boolean };

    setup() {
        this.products = useState(this.props.products);
    }

    format(value) {
        return formatQuantity(value) || "0";
    }
}

/** Members down, products across: requests of a pool, typed with the keyboard alone and saved in one go. */
export class PoolGrid extends Component {
    static template = "producer_cooperative.PoolGrid";
    static components = { Layout, PoolGridRow, PoolGridTotals };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.dialog = useService("dialog");
        this.action = useService("action");
        const { context } = this.props.action;
        this.poolId = context.active_id;
        this.display = { controlPanel: {} };
        this.table = useRef("table");
        this.search = useRef("search");
        this.state = useState({
            source: context.grid_source || "counter",
            sourceRef: context.grid_source_ref || "",
            dropPointId: context.grid_drop_point_id || 0,
            foundId: false,
            onlyAsking: false,
            dirtyCount: 0,
            isSaving: false,
        });
        this.rows = [];
        this.onTyped = this.onTyped.bind(this);
        useSetupAction({
            beforeLeave: () => this.confirmLeaving(),
            beforeUnload: (ev) => {
                if (this.state.dirtyCount) {
                    ev.preventDefault();
                    ev.returnValue = "";
                }
            },
        });
        useEffect(
            () => this.search.el?.focus(),
            () => []
        );
        onWillStart(() => this.load());
    }

    async load() {
        const grid = await this.orm.call("coop.pool", "get_request_grid", [this.poolId]);
        this.pool = grid.pool;
        this.sources = grid.sources;
        this.dropPoints = grid.drop_points;
        // Reactive, but read by rows and totals only: typing renders one row, never the whole grid.
        this.products = reactive(grid.products.map((product) => ({ ...product, pending: 0 })));
        this.rows = reactive(
            grid.members.map((member) => ({ ...member, cells: member.cells.map(makeCell) }))
        );
        this.env.config.setDisplayName(_t("Requests of %s", this.pool.name));
    }

    get visibleRows() {
        return this.rows.filter(
            (row) =>
                (!this.state.dropPointId || row.drop_point_id === this.state.dropPointId) &&
                (!this.state.onlyAsking || row.cells.some((cell) => cell.text || cell.saved[0]))
        );
    }

    get hasEarlier() {
        return Boolean(this.pool.repeats);
    }

    // Typing

    onTyped(row, cell, field, text) {
        const wasDirty = cell.isDirty;
        cell[field] = text;
        cell.message = "";
        const wish = this.read(cell);
        cell.isDirty = !wish || wish.uom_id !== false || wish.values.some((value, i) => value !== cell.saved[i]);
        this.state.dirtyCount += Number(cell.isDirty) - Number(wasDirty);
        this.updatePending(cell.lineId);
    }

    /** Read a cell; what cannot be read is said in the cell. */
    read(cell) {
        const { units } = this.products.find((product) => product.line_id === cell.lineId);
        try {
            const quantity = parseQuantity(cell.text, units);
            const tolerance = parseQuantity(cell.toleranceText, units);
            if (tolerance.value && quantity.value && quantity.unit !== tolerance.unit) {
                throw new Error(_t("Type quantity and tolerance in the same unit."));
            }
            return {
                values: [quantity.value, tolerance.value],
                uom_id: quantity.value ? quantity.unit : tolerance.unit,
            };
        } catch (error) {
            cell.message = error.message;
            return null;
        }
    }

    updatePending(lineId) {
        const product = this.products.find((product) => product.line_id === lineId);
        let pending = 0;
        for (const row of this.rows) {
            const cell = row.cells.find((cell) => cell.lineId === lineId);
            if (cell.isDirty) {
                const wish = this.read(cell);
                pending += wish && wish.uom_id === false ? wish.values[0] - cell.saved[0] : 0;
            }
        }
        product.pending = pending;
    }

    countDirty() {
        this.state.dirtyCount = this.rows.flatMap((row) => row.cells).filter((cell) => cell.isDirty).length;
    }

    takeOverEarlier() {
        let count = 0;
        for (const row of this.visibleRows) {
            const asksAlready = row.cells.some((cell) => cell.text || cell.toleranceText);
            for (const cell of row.cells) {
                if (!asksAlready && (cell.earlier[0] || cell.earlier[1])) {
                    cell.text = formatQuantity(cell.earlier[0]);
                    cell.toleranceText = this.pool.allow_tolerance ? formatQuantity(cell.earlier[1]) : "";
                    cell.isDirty = true;
                    count++;
                }
            }
        }
        this.countDirty();
        this.products.forEach((product) => this.updatePending(product.line_id));
        this.notification.add(
            count
                ? _t("%s requests of the earlier round are filled in. Look at them, then save.", count)
                : _t("There is nothing to take over: these members ask for something already."),
            { type: "info" }
        );
    }

    // Keyboard

    onSearch(ev) {
        const row = findRow(this.visibleRows, ev.target.value);
        this.state.foundId = row ? row.id : false;
        if (row) {
            this.table.el.querySelector(`tr[data-id="${row.id}"]`)?.scrollIntoView({ block: "nearest" });
        }
    }

    onSearchKeydown(ev) {
        if (!["Enter", "ArrowDown"].includes(ev.key)) {
            return;
        }
        ev.preventDefault();
        const wanted = ev.target.value.trim();
        const row = wanted ? findRow(this.visibleRows, wanted) : this.visibleRows[0];
        if (row) {
            this.focus(this.visibleRows.indexOf(row), 0);
        } else {
            this.notification.add(_t("No member “%s” here.", wanted), { type: "warning" });
        }
    }

    onKeydown(ev) {
        const { target } = ev;
        if (target.dataset.column === undefined) {
            return;
        }
        const position = [Number(target.dataset.row), Number(target.dataset.column)];
        const atStart = target.selectionStart === 0 && target.selectionEnd === 0;
        const atEnd = target.selectionStart === target.value.length;
        const isWhole = target.selectionEnd - target.selectionStart === target.value.length;
        const move = {
            Enter: [ev.shiftKey ? -1 : 1, 0],
            ArrowDown: [1, 0],
            ArrowUp: [-1, 0],
            ArrowLeft: atStart || isWhole ? [0, -1] : null,
            ArrowRight: atEnd || isWhole ? [0, 1] : null,
        }[ev.key];
        if (move) {
            ev.preventDefault();
            this.focus(position[0] + move[0], position[1] + move[1]);
        } else if (ev.key === "Escape") {
            ev.preventDefault();
            this.search.el.focus();
            this.search.el.select();
        } else if (ev.key === "s" && ev.ctrlKey) {
            ev.preventDefault();
            this.save();
        }
    }

    focus(row, column) {
        const input = this.table.el.querySelector(`input[data-row="${row}"][data-column="${column}"]`);
        input?.focus();
        input?.select();
        return Boolean(input);
    }

    selectAll(ev) {
        ev.target.select?.();
    }

    // Saving

    getDirtyCells() {
        const cells = [];
        for (const row of this.rows) {
            for (const cell of row.cells.filter((cell) => cell.isDirty)) {
                const wish = this.read(cell);
                if (wish) {
                    cells.push({
                        membership_id: row.id,
                        line_id: cell.lineId,
                        quantity: wish.values[0],
                        tolerance: wish.values[1],
                        uom_id: wish.uom_id,
                        before: [...cell.saved],
                    });
                }
            }
        }
        return cells;
    }

    async save() {
        if (this.state.isSaving || !this.state.dirtyCount) {
            return;
        }
        this.state.isSaving = true;
        try {
            const result = await this.orm.call("coop.pool", "save_request_grid", [
                this.poolId,
                this.getDirtyCells(),
                this.state.source,
                this.state.sourceRef,
            ]);
            this.takeResult(result);
        } finally {
            this.state.isSaving = false;
        }
    }

    takeResult({ saved, refused, products, warnings }) {
        const find = (cell) =>
            this.rows.find((row) => row.id === cell.membership_id)?.cells.find((c) => c.lineId === cell.line_id);
        for (const cell of saved) {
            resetCell(find(cell), [cell.quantity, cell.tolerance]);
        }
        for (const cell of refused) {
            Object.assign(find(cell), { message: cell.message, saved: cell.before });
        }
        for (const row of this.rows) {
            row.warning = warnings[row.id] ?? row.warning;
        }
        this.countDirty();
        products.forEach((product, i) => Object.assign(this.products[i], product));
        this.products.forEach((product) => this.updatePending(product.line_id));
        if (saved.length) {
            this.notification.add(_t("%s requests saved.", saved.length), { type: "success" });
        }
        if (this.state.dirtyCount) {
            this.notification.add(_t("%s requests are not saved: look at the red cells.", this.state.dirtyCount), {
                type: "danger",
            });
        }
    }

    confirmLeaving() {
        if (!this.state.dirtyCount) {
            return true;
        }
        return new Promise((resolve) => {
            this.dialog.add(ConfirmationDialog, {
                title: _t("Requests are not saved"),
                body: _t("%s requests were typed and not saved. Leave the grid all the same?", this.state.dirtyCount),
                confirmLabel: _t("Leave"),
                confirm: () => resolve(true),
                cancelLabel: _t("Stay"),
                cancel: () => resolve(false),
                dismiss: () => resolve(false),
            });
        });
    }

    openPool() {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "coop.pool",
            res_id: this.poolId,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("producer_cooperative.pool_grid", PoolGrid);
