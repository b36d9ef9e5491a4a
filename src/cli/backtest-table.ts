import { DECISION_ACTIONS } from "../comments/status.ts";
import type { BacktestReport } from "../moderation/backtest/report.ts";
import type { ShownExample } from "../moderation/backtest/example.ts";
import type { Share } from "../moderation/wilson.ts";
import { formatTable, formatTime } from "./table.ts";

const EXCERPT_UNITS_MAX = 60;

/** A backtest as people read it: sums, what changes, rule by rule, examples, and what cannot be known. */
export function formatBacktest(report: BacktestReport): string {
  const sections = [
    summarise(report),
    formatActions(report),
    formatTransitions(report),
    formatRules(report),
    formatExamples(report),
    formatDoubts(report),
  ];
  return sections.filter((section) => section !== "").join("\n");
}

function summarise({
  policy,
  decisions,
  from,
  to,
  complete,
  seconds,
  perSecond,
  judged,
  changes,
}: BacktestReport) {
  const span = decisions === 0 ? "" : ` from ${formatTime(from)} to ${formatTime(to)}`;
  const partial = complete ? "" : "Time was over before the rest was read: this is a part.\n";
  const share = decisions === 0 ? "" : ` (${percent(changes.comments / decisions)})`;
  return (
    `${policy.name}: ${decisions} decisions${span}, ${seconds.toFixed(1)} s, ${perSecond}/s.\n${partial}` +
    `${changes.comments} would change${share}. Moderators decided on ${judged} of all, ${changes.judged} of these: ` +
    `better ${changes.better}, worse ${changes.worse}.\n`
  );
}

function formatActions({ actions, queueShare }: BacktestReport): string {
  const rows = DECISION_ACTIONS.map((action) => [
    action,
    String(actions.before[action]),
    String(actions.after[action]),
  ]);
  rows.push(["queue share", percent(queueShare.before), percent(queueShare.after)]);
  return formatTable(["ACTION", "BEFORE", "AFTER"], rows);
}

function formatTransitions({ transitions }: BacktestReport): string {
  if (transitions.length === 0) return "";
  return formatTable(
    ["FROM", "TO", "COMMENTS", "JUDGED", "BETTER", "WORSE"],
    transitions.map(({ from, to, comments, judged, better, worse }) => [
      from,
      to,
      ...[comments, judged, better, worse].map(String),
    ]),
  );
}

function formatRules({ rules }: BacktestReport): string {
  return formatTable(
    ["RULE", "MODE", "ACTION", "MATCHED", "DECIDED", "CHANGES", "JUDGED", "AGREED", "QUEUE"],
    rules.map(({ id, before, after, changes }) => {
      const side = after ?? before;
      const pair = (of: "matched" | "decided") => `${before?.[of] ?? "-"} → ${after?.[of] ?? "-"}`;
      return [
        id,
        after?.mode ?? "gone",
        side?.action ?? "-",
        pair("matched"),
        pair("decided"),
        String(changes),
        String(side?.judged ?? 0),
        side?.precision ? describeShare(side.precision) : "-",
        side ? percent(side.queueShare) : "-",
      ];
    }),
  );
}

function formatExamples({ transitions }: BacktestReport): string {
  const examples = transitions.flatMap((transition) => transition.examples);
  if (examples.length === 0) return "";
  return formatTable(["COMMENT", "BEFORE", "AFTER", "MODERATORS", "TEXT"], examples.map(toExampleRow));
}

function toExampleRow({ commentId, before, after, verdict, excerpt }: ShownExample): string[] {
  const text = excerpt === null ? "(gone)" : oneLine(excerpt);
  return [
    commentId,
    `${before.action} (${before.rule})`,
    `${after.action} (${after.rule})`,
    verdict ?? "-",
    text,
  ];
}

// oxlint-disable-next-line no-control-regex -- a comment must not steer the terminal it is shown on
const CONTROLS = /[\u0000-\u001F\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2066-\u2069]+/g;

function oneLine(text: string): string {
  const line = text.replaceAll(CONTROLS, " ").trim();
  const cut = line.slice(0, EXCERPT_UNITS_MAX).replace(/[\uD800-\uDBFF]$/, "");
  return cut === line ? line : `${cut}…`;
}

function formatDoubts(report: BacktestReport): string {
  const { decisions, unknownFacts, changedSignals, unreadable, textGone, sampled } = report;
  const lines = unknownFacts.signals.map(({ signal, facts, comments }) => {
    const are = comments === decisions ? "All decisions are without" : `${comments} decisions are older than`;
    return `${are} the signal ${signal} (${facts.join(", ")}): unknown.\n`;
  });
  for (const { signal, version: today, earlier } of changedSignals) {
    const older = earlier.map(({ version, comments }) => `version ${version} in ${comments} decisions`);
    lines.push(`The signal ${signal} is at version ${today} today: ${older.join(", ")}.\n`);
  }
  if (sampled > 0)
    lines.push(`${sampled} were held as samples; they count as what would have been done otherwise.\n`);
  if (unreadable > 0) lines.push(`${unreadable} decisions have no evidence that can be read.\n`);
  if (textGone > 0) lines.push(`${textGone} texts are gone and could not be scored anew.\n`);
  return lines.join("");
}

function describeShare({ value, low, high }: Share): string {
  return `${percent(value)} (${percent(low)}–${percent(high)})`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
