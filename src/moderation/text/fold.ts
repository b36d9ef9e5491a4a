import {
  CHANGES,
  classOf,
  codePointAt,
  foldCluster,
  foldCodePoint,
  INVISIBLE,
  JOINS,
  SPACE,
  unitsOf,
} from "./characters.ts";
import { type HiddenCharacters, isOrdinaryInvisible, recordHidden } from "./hidden.ts";
import { unitAt } from "./unit-at.ts";

/** Stream-Safe Text Format, UAX #15 §13: more marks on one base are dropped, for sorting them is quadratic. */
const MARKS_PER_BASE_MAX = 30;

/**
 * NFKC, lower case, no invisible characters, single spaces, trimmed; with the offset in the body of each unit made (and
 * one more for the end). Works cluster by cluster, so that every unit knows where it came from.
 */
export function foldText(body: string, hidden: HiddenCharacters): { plain: string; offsets: Int32Array } {
  const output = new Output(body.length + 1);
  let isRightToLeft: boolean | undefined;
  let visible = -1;
  let index = 0;
  while (index < body.length) {
    const codePoint = codePointAt(body, index);
    const kind = classOf(codePoint);
    let next = index + unitsOf(codePoint);
    if ((kind & INVISIBLE) !== 0) {
      isRightToLeft ??= RIGHT_TO_LEFT.test(body);
      const isOrdinary = isOrdinaryInvisible({ body, index, codePoint, visible, isRightToLeft });
      if (!isOrdinary) recordHidden(hidden, index, next);
      index = next;
      continue;
    }
    visible = codePoint;
    if ((kind & SPACE) !== 0) output.addUnit(SPACE_UNIT, index);
    else if (joinsAt(body, next)) {
      const marks = next;
      while (joinsAt(body, next)) {
        visible = codePointAt(body, next);
        next += unitsOf(visible);
      }
      const cluster = body.slice(index, Math.min(next, marks + MARKS_PER_BASE_MAX));
      output.addText(foldCluster(cluster), index);
    } else if ((kind & CHANGES) !== 0) output.addText(foldCodePoint(codePoint), index);
    else if (codePoint > 0xffff) output.addText(body.slice(index, next), index);
    else output.addUnit(codePoint, index);
    index = next;
  }
  return output.finish(body.length);
}

const SPACE_UNIT = 0x20;
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Whether what stands at `index` joins what stands before it. Nothing below U+0300 does. */
function joinsAt(body: string, index: number): boolean {
  const codePoint = codePointAt(body, index);
  return codePoint >= 0x300 && (classOf(codePoint) & JOINS) !== 0;
}

/** UTF-16 units with their offsets, growing as compatibility characters expand; never two spaces in a row. */
class Output {
  #units: Uint16Array;
  #offsets: Int32Array;
  #length = 0;

  constructor(capacity: number) {
    this.#units = new Uint16Array(capacity);
    this.#offsets = new Int32Array(capacity);
  }

  addText(text: string, at: number): void {
    for (let i = 0; i < text.length; i++) this.addUnit(unitAt(text, i), at);
  }

  addUnit(unit: number, at: number): void {
    const length = this.#length;
    if (unit === SPACE_UNIT && (length === 0 || this.#units[length - 1] === SPACE_UNIT)) return;
    if (length + 1 >= this.#units.length) this.#grow();
    this.#units[length] = unit;
    this.#offsets[length] = at;
    this.#length = length + 1;
  }

  finish(bodyLength: number): { plain: string; offsets: Int32Array } {
    const endsInSpace = this.#length > 0 && this.#units[this.#length - 1] === SPACE_UNIT;
    if (endsInSpace) this.#length--;
    else this.#offsets[this.#length] = bodyLength;
    return { plain: this.#decode(), offsets: this.#offsets.subarray(0, this.#length + 1) };
  }

  #decode(): string {
    let text = "";
    for (let start = 0; start < this.#length; start += DECODE_UNITS_MAX) {
      const piece = this.#units.subarray(start, Math.min(start + DECODE_UNITS_MAX, this.#length));
      text += Reflect.apply(String.fromCharCode, null, piece);
    }
    return text;
  }

  #grow(): void {
    const units = new Uint16Array(this.#units.length * 2 + 8);
    units.set(this.#units);
    this.#units = units;
    const offsets = new Int32Array(units.length);
    offsets.set(this.#offsets);
    this.#offsets = offsets;
  }
}

/** Arguments of one call. */
const DECODE_UNITS_MAX = 8192;
