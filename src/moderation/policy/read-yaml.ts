import { isNode, isScalar, LineCounter, parseDocument, type Document } from "yaml";
import type { FieldProblem } from "../../errors.ts";
import { POLICY_LIMITS } from "./document.ts";

export type Path = readonly PropertyKey[];
/** 1-based, in UTF-16 units. */
export type Place = { line: number; column: number };
export type YamlFile = {
  value: unknown;
  /** Where the value at the path is, or its nearest parent; with `offset`, that character of a scalar's text. */
  placeOf: (path: Path, offset?: number) => Place;
};

/**
 * Reads plain YAML 1.2: string keys, no tags beyond the core schema's, no anchors or aliases.
 * A document that is not so gives its problems instead of a value.
 */
export function readYaml(source: string): { file: YamlFile } | { problems: FieldProblem[] } {
  if (Buffer.byteLength(source) > POLICY_LIMITS.documentBytesMax) {
    return { problems: [{ path: "", message: `Longer than ${POLICY_LIMITS.documentBytesMax} bytes.` }] };
  }
  const lines = new LineCounter();
  // Without stringKeys a short document of nested `? ` keys costs minutes; aliases are how YAML grows without bound.
  const yaml = parseDocument(source, { stringKeys: true, prettyErrors: false, lineCounter: lines });
  const faults = [...yaml.errors, ...yaml.warnings].map((fault) => ({
    path: "",
    message: `${fault.message}, ${describePlace(placeAt(lines, fault.pos[0]))}`,
  }));
  if (faults.length > 0) return { problems: faults.slice(0, POLICY_LIMITS.problemsMax) };
  try {
    const value: unknown = yaml.toJS({ maxAliasCount: 0 });
    const placeOf = (path: Path, offset?: number) => placeAt(lines, sourceOffset(yaml, source, path, offset));
    return { file: { value, placeOf } };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return { problems: [{ path: "", message: "Anchors and aliases (& and *) are not used in a policy." }] };
  }
}

export function describePlace({ line, column }: Place): string {
  return `line ${line}, column ${column}`;
}

function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function sourceOffset(yaml: Document.Parsed, source: string, path: Path, offset: number | undefined): number {
  const node = nearestNode(yaml, path);
  if (node === undefined) return 0;
  const [start, end] = node.range;
  if (offset === undefined || typeof node.value !== "string") return start;
  return start + offsetInScalar(source.slice(start, end), node.type, node.value, offset);
}

type NodePlace = { range: [number, number]; type?: string | undefined; value?: unknown };

function nearestNode(yaml: Document.Parsed, path: Path): NodePlace | undefined {
  const node = path.length === 0 ? yaml.contents : yaml.getIn(path, true);
  if (isNode(node) && node.range) {
    const [start, end] = node.range;
    return isScalar(node)
      ? { range: [start, end], type: node.type, value: node.value }
      : { range: [start, end] };
  }
  return path.length === 0 ? undefined : nearestNode(yaml, path.slice(0, -1));
}

/**
 * Folding and indentation change only white space, so the n-th visible character of the text is the n-th
 * of its source; where escapes break that, the start of the scalar must do.
 */
function offsetInScalar(raw: string, type: string | undefined, text: string, offset: number): number {
  const skipped = type?.startsWith("BLOCK") ? raw.indexOf("\n") + 1 : type?.startsWith("QUOTE") ? 1 : 0;
  const content = raw.slice(skipped, type?.startsWith("QUOTE") ? -1 : undefined);
  if (content.replace(/\s/g, "") !== text.replace(/\s/g, "")) return 0;
  let visibleBefore = text.slice(0, offset).replace(/\s/g, "").length;
  for (let index = 0; index < content.length; index += 1) {
    if (/\s/.test(content.charAt(index))) continue;
    if (visibleBefore === 0) return skipped + index;
    visibleBefore -= 1;
  }
  return raw.trimEnd().length;
}
