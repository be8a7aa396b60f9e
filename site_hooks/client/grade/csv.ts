// Tables as CSV, in which no program that opens them finds a formula.

/** Rows as RFC 4180 has them, with a mark at the front by which spreadsheets know UTF-8. */
export function csv(rows: readonly (readonly (string | number)[])[]): string {
  return `\uFEFF${rows.map((row) => row.map(field).join(",")).join("\r\n")}\r\n`;
}

/** What begins like a formula gets an apostrophe, which spreadsheets take for "text". */
export function field(value: string | number): string {
  if (typeof value === "number") return String(value);
  const safe = /^[\t\r\n]|^\s*[=+\-@＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
