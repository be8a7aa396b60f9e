// A table as text: for the clipboard, and as a file.

export type Rows = string[][];

/** As spreadsheets take it from the clipboard. */
export function tsv(table: Rows): string {
  return table.map((row) => row.map((text) => text.replace(/\s+/g, " ")).join("\t")).join("\n");
}

/** RFC 4180. */
export function csv(table: Rows): string {
  const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return table.map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}
