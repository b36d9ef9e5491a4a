/** One line of the table: what was measured, against what, and whether the goal was met. */
export type Row = {
  what: string;
  measured: string;
  beside?: string;
  /** measured / beside; left out where the goal is absolute. */
  ratio?: number;
  goal?: string;
  /** Left out where there is no goal. */
  met?: boolean;
};

const HEAD = ["what", "measured", "beside it", "ratio", "goal", "met"];

/** The rows as a Markdown table. */
export function formatTable(rows: readonly Row[]): string {
  const table = [HEAD, ...rows.map((row) => toCells(row))];
  const widths = HEAD.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`,
  );
  lines.splice(1, 0, `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`);
  return lines.join("\n");
}

function toCells({ what, measured, beside = "", ratio, goal = "", met }: Row): string[] {
  return [what, measured, beside, ratio?.toFixed(2) ?? "", goal, met === undefined ? "" : met ? "yes" : "no"];
}

export function perSecond(value: number): string {
  return `${Math.round(value).toLocaleString("en")}/s`;
}

export function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

export function micros(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} µs`;
}
