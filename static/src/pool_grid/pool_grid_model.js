import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/views/fields/formatters";
import { parseFloat } from "@web/views/fields/parsers";

/** Write a quantity as it is typed: no zeros behind the point, nothing for nothing. */
export function formatQuantity(value) {
    return value ? formatFloat(value, { digits: [16, 6], trailingZeros: false }) : "";
}

/**
 * Read what was typed into a cell: a quantity, and behind it a unit or the beginning of its name ("2 sack").
 *
 * @param {string} text
 * @param {{id: number, name: string}[]} units that may be typed; the first one is the product's own
 * @returns {{value: number, unit: number|false}}
 * @throws {Error} with a message for the user
 */
export function parseQuantity(text, units) {
    const typed = text.trim();
    if (!typed) {
        return { value: 0, unit: false };
    }
    const [, number, word] = typed.match(/^([^\p{L}]*)(.*)$/u);
    let value;
    try {
        value = parseFloat(number.trim());
    } catch {
        throw new Error(_t("“%s” is no quantity.", typed));
    }
    if (value < 0) {
        throw new Error(_t("Nobody can ask for less than nothing."));
    }
    if (!word) {
        return { value, unit: false };
    }
    const unit = units.find((unit) => unit.name.toLowerCase().startsWith(word.toLowerCase()));
    if (!unit) {
        const names = units.map((unit) => unit.name).join(", ");
        throw new Error(_t("The unit “%(unit)s” is not known here. Known are: %(names)s.", { unit: word, names }));
    }
    return { value, unit: unit === units[0] ? false : unit.id };
}

/** Give a cell of the server what the grid needs to edit it. */
export function makeCell({ line_id, saved, earlier }) {
    return {
        lineId: line_id,
        saved,
        earlier,
        text: formatQuantity(saved[0]),
        toleranceText: formatQuantity(saved[1]),
        isDirty: false,
        message: "",
    };
}

/** Show what is stored now. */
export function resetCell(cell, saved) {
    Object.assign(cell, {
        saved,
        text: formatQuantity(saved[0]),
        toleranceText: formatQuantity(saved[1]),
        isDirty: false,
        message: "",
    });
}

/**
 * Find the row that somebody looks for: by number first (zeros in front do not matter), then by name.
 *
 * @param {Object[]} rows
 * @param {string} text
 */
export function findRow(rows, text) {
    const wanted = text.trim().toLowerCase();
    if (!wanted) {
        return undefined;
    }
    const bare = (value) => value.toLowerCase().replace(/^0+/, "");
    return (
        rows.find((row) => bare(row.number) === bare(wanted)) ||
        rows.find((row) => row.number.toLowerCase().endsWith(wanted)) ||
        rows.find((row) => row.name.toLowerCase().startsWith(wanted)) ||
        rows.find((row) => row.name.toLowerCase().includes(wanted))
    );
}
