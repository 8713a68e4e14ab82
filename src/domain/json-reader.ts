import { isObject } from './json.ts';
import { COST, JsonBudget } from './json-budget.ts';
import { JsonTokens } from './json-tokens.ts';
import { notJson } from './not-json.ts';

const OBJECT = 0x7b;
const OBJECT_END = 0x7d;
const LIST = 0x5b;
const LIST_END = 0x5d;
const COLON = 0x3a;
/** Deeper than any vendor nests, far shallower than the stack. */
const DEEPEST = 100;
/** What one answer may cost in memory: far more than the largest page that a vendor documents. */
const MOST_KEPT = 24 * 1024 * 1024;
/** Lists that stand deeper are no lists of records: see the wrappers of `providers/envelope.ts`. */
const DEEPEST_LIST = 4;
/** A list that costs more is handed over in parts; a smaller one is read whole, as all that is around it. */
const LONG_LIST = 2 * 1024 * 1024;
const PART = 256 * 1024;
/** Whoever looks at each field of an object copies their names. */
const MOST_FIELDS = 10_000;
/** More names than the records of a list have. */
const MOST_NAMES = 1_000;

/**
 * Takes the records of a long list while they arrive, so that they need not be kept. `path`: the fields that lead to it.
 * False where it is not the list that is read: then it is kept like all else.
 */
export type TakeRecords = (path: readonly string[], records: readonly unknown[]) => boolean;

interface ReaderOptions {
  readonly take?: TakeRecords | null;
  /** In one object. */
  readonly mostFields?: number;
}

interface ArrayFrame {
  readonly isArray: true;
  readonly value: unknown[];
  readonly spentBefore: number;
  /** What the list may cost before it is handed over; null where it never is. */
  handOver: number | null;
}

interface ObjectFrame {
  readonly isArray: false;
  readonly value: Record<string, unknown>;
  readonly spentBefore: number;
  /** The field whose value is read. */
  name: string;
  nameSpentBefore: number;
  count: number;
}

type Frame = ArrayFrame | ObjectFrame;
type Expected = 'value' | 'value or ]' | 'name' | 'name or }' | ':' | ', or end' | 'nothing';

/** Reads a document as its bytes arrive; see {@link parseJson} for its rules. */
export class JsonReader {
  readonly #budget = new JsonBudget(MOST_KEPT);
  readonly #tokens = new JsonTokens(
    {
      mark: (code) => this.#mark(code),
      string: (text, size) => this.#string(text, size),
      plain: (value) => this.#plain(value),
    },
    this.#budget,
  );
  readonly #frames: Frame[] = [];
  readonly #take: TakeRecords | null;
  readonly #mostFields: number;
  readonly #names = new Set<string>();
  #taken: ArrayFrame | null = null;
  #expected: Expected = 'value';
  #result: unknown;

  constructor({ take = null, mostFields = MOST_FIELDS }: ReaderOptions = {}) {
    this.#take = take;
    this.#mostFields = mostFields;
  }

  push(bytes: Uint8Array): void {
    this.#tokens.push(bytes);
  }

  /** Undefined where nothing came, or nothing but white space. */
  end(): unknown {
    this.#tokens.end();
    if (this.#expected === 'nothing') return this.#result;
    if (this.#expected === 'value' && this.#frames.length === 0) return undefined;
    throw notJson();
  }

  #mark(code: number): void {
    if (code === OBJECT || code === LIST) this.#open(code === LIST);
    else if (code === OBJECT_END || code === LIST_END) this.#close(code === LIST_END);
    else if (this.#expected === (code === COLON ? ':' : ', or end')) {
      const isName = code !== COLON && this.#frames.at(-1)?.isArray === false;
      this.#expected = isName ? 'name' : 'value';
    } else throw notJson();
  }

  #string(text: string, size: number): void {
    const frame = this.#frames.at(-1);
    const isName = this.#expected === 'name' || this.#expected === 'name or }';
    if (!isName || frame === undefined || frame.isArray) {
      this.#begin();
      const spentBefore = this.#budget.spent;
      this.#budget.spend(COST.string + size);
      this.#put(text, spentBefore);
    } else {
      frame.name = text;
      frame.nameSpentBefore = this.#budget.spent;
      this.#expected = ':';
    }
  }

  #plain(value: number | string | boolean | null): void {
    this.#begin();
    const spentBefore = this.#budget.spent;
    if (typeof value === 'string') this.#budget.spend(COST.string + value.length);
    this.#put(value, spentBefore);
  }

  /** A value begins here. */
  #begin(): void {
    if (this.#frames.length > DEEPEST) throw notJson(' that keyturn reads: it is nested too deeply');
    if (this.#expected !== 'value' && this.#expected !== 'value or ]') throw notJson();
  }

  #open(isArray: boolean): void {
    this.#begin();
    const spentBefore = this.#budget.spent;
    this.#budget.spend(isArray ? COST.array : COST.object);
    this.#expected = isArray ? 'value or ]' : 'name or }';
    const handOver = isArray && this.#mayBeList() ? LONG_LIST : null;
    this.#frames.push(
      isArray
        ? { isArray, value: [], spentBefore, handOver }
        : {
            isArray,
            value: Object.create(null),
            spentBefore,
            name: '',
            nameSpentBefore: spentBefore,
            count: 0,
          },
    );
  }

  #mayBeList(): boolean {
    if (this.#take === null || this.#taken !== null || this.#frames.length > DEEPEST_LIST) return false;
    return this.#frames.every((frame) => !frame.isArray);
  }

  #close(isArray: boolean): void {
    const frame = this.#frames.at(-1);
    const isEmpty = this.#expected === (isArray ? 'value or ]' : 'name or }');
    if (frame?.isArray !== isArray || !(isEmpty || this.#expected === ', or end')) throw notJson();
    this.#frames.pop();
    this.#put(frame.value, frame.spentBefore);
  }

  #put(value: unknown, spentBefore: number): void {
    const frame = this.#frames.at(-1);
    this.#expected = frame === undefined ? 'nothing' : ', or end';
    if (frame === undefined) this.#result = value;
    else if (frame.isArray) this.#putElement(frame, value, spentBefore);
    else this.#putField(frame, value);
  }

  #putField(frame: ObjectFrame, value: unknown): void {
    const { name } = frame;
    if (!(name in frame.value)) {
      frame.count += 1;
      if (frame.count > this.#mostFields) throw notJson(' that keyturn reads: an object has too many fields');
      this.#budget.spend(COST.field + this.#costOfName(name));
      frame.value[name] = value;
    } else if (isSame(frame.value[name], value)) {
      this.#budget.refund(frame.nameSpentBefore);
    } else {
      // Whoever reads the first value and whoever reads the last would disagree.
      throw notJson(' that keyturn reads: a field is given twice with different values');
    }
  }

  /** The same name in many records is one text. */
  #costOfName(name: string): number {
    if (this.#names.has(name)) return 0;
    if (this.#names.size < MOST_NAMES) this.#names.add(name);
    return COST.string + name.length;
  }

  #putElement(frame: ArrayFrame, value: unknown, spentBefore: number): void {
    const { value: list, handOver } = frame;
    if (handOver !== null && list.length > 0 && spentBefore - frame.spentBefore > handOver) {
      this.#handOver(frame, this.#budget.spent - spentBefore);
    }
    this.#budget.spend(list.length === 0 ? COST.firstElement : COST.element);
    list.push(value);
  }

  /** One record, the one of this cost, stays: a list that is there is told from one that is empty. */
  #handOver(frame: ArrayFrame, cost: number): void {
    const path = this.#frames.flatMap((each) => (each.isArray ? [] : [each.name]));
    const isTaken = (this.#taken ?? frame) === frame && this.#take?.(path, frame.value) === true;
    frame.handOver = isTaken ? PART : null;
    if (!isTaken) return;
    this.#taken = frame;
    frame.value.length = 0;
    this.#budget.refund(frame.spentBefore + COST.array + cost);
  }
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, index) => isSame(value, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => name in b && isSame(a[name], b[name]));
}
