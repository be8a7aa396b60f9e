// Tables as CSV, in which no program that opens them finds a formula.

/** Rows as RFC 4180 has them, with a mark at the front by which spreadsheets know UTF-8. */
export function csv(rows: readonly (readonly (string | number)[])[]): string {
  return `\uFEFF${rows.map((row) => row.map(field).join(",")).join("\r\n")}\r\n`;
}

const FORMULA = "[=+\\-@＝＋－＠]";
const AT_FRONT = new RegExp(`^[\\t\\r\\n]|^[\\s\\0]*${FORMULA}`);
// Where numbers are written 0,5, spreadsheets split lines at semicolons, and a quote behind a comma is a letter to them.
const BEHIND_A_CUT = new RegExp(`([;\\t\\r\\n][\\s\\0]*)(?=${FORMULA})`, "g");

/** What begins like a formula gets an apostrophe, which spreadsheets take for "text". */
export function field(value: string | number): string {
  if (typeof value === "number") return String(value);
  const safe = `${AT_FRONT.test(value) ? "'" : ""}${value.replaceAll(BEHIND_A_CUT, "$1'")}`;
  return /[",;\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
