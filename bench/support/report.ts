/** One line of the table: what was measured, against what, and whether the goal was met. */
export type Row = {
  what: string;
  measured: string;
  beside: string;
  /** measured / beside, or null where the goal is absolute. */
  ratio: number | null;
  goal: string;
  met: boolean | null;
};

export function printTable(rows: readonly Row[]): void {
  const cells = rows.map((row) => [
    row.what,
    row.measured,
    row.beside,
    row.ratio === null ? "" : row.ratio.toFixed(2),
    row.goal,
    row.met === null ? "" : row.met ? "yes" : "no",
  ]);
  const table = [["what", "measured", "beside it", "ratio", "goal", "met"], ...cells];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = table.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`,
  );
  lines.splice(1, 0, `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`);
  process.stdout.write(`${lines.join("\n")}\n`);
}

export function perSecond(value: number): string {
  return `${Math.round(value).toLocaleString("en")}/s`;
}

export function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}
