import { argumentNames } from '../request/toolSchema.ts';
import { familyOf, type LeakFamily, type Marker } from './isLeakedCall.ts';
import { maxNoise, type ToolShape } from './bareCall.ts';
import { endOfNoise, maxPrelude, mayBeginLeakHeader } from './leakHeader.ts';
import { maxMarker, readMarker } from './marker.ts';
import { contextLength } from './leakContext.ts';
import { plus, venus } from './codeUnits.ts';
import { createLeakStart } from './leakStart.ts';

/** A tool call that the model wrote into a text instead of making it (WIRE.md h). */
export interface Leak {
  family: LeakFamily;
  /**
   * Length of the clean text before the leak, UTF-16 code units. All of it has been released; at
   * most a role word before the marker (`… assistant`) may have been released beyond it.
   */
  cleanLength: number;
  /** The envelope without arguments, for the log: at most 80 characters. */
  snippet: string;
  /** Name of the tool that was meant: a declared one, or one of letters alone. */
  tool?: string;
}

export interface LeakDetectorStep {
  /** What may be shown now. */
  release: string;
  /** Once found, it stays in every step, and nothing is released any more. */
  garbled?: Leak;
}

/** Watches the text of one part as it comes in. It keeps no clock and does no I/O. */
export interface LeakDetector {
  /**
   * Takes the next text, cut anywhere. Held back is only a tail that may still turn out to be a
   * leak, never more than {@link maxHeld} code units; a text without a leak comes out whole.
   */
  push(text: string): LeakDetectorStep;
  /** The part is whole: gives the rest, or the detection. */
  end(): LeakDetectorStep;
}

/** A declared tool; by its name alone, only calls that name it are known. */
export type DetectedTool =
  string | { readonly name: string; readonly parameters: Readonly<Record<string, unknown>> };

export interface LeakDetectorOptions {
  /** The declared tools; may be empty. */
  tools: readonly DetectedTool[];
}

/**
 * Bound of what is held back, UTF-16 code units: the longest marker with debris in it, or the
 * arguments that follow a run of noise.
 */
export const maxHeld = maxMarker;

/** Both readers of what may follow noise give up after this, UTF-16 code units. */
const longestNoise = Math.max(maxPrelude, maxNoise) + 2;

export function createLeakDetector({ tools }: LeakDetectorOptions): LeakDetector {
  const { names, shapes } = knownTools(tools);
  const start = createLeakStart();
  let pending = '';
  /** The end of what has been released, for the words before a marker. */
  let recent = '';
  let released = 0;
  let garbled: Leak | undefined;

  function scan(text: string, isEnd: boolean): LeakDetectorStep {
    let at = 0;
    let noiseEnd = 0;
    while (at < text.length) {
      at = start.skipPlain(text, at);
      if (at >= text.length) break;
      const code = text.charCodeAt(at);
      const isNoise = code === plus || code === venus;
      if (isNoise && at >= noiseEnd) noiseEnd = endOfNoise(text, at);
      if (noiseEnd - at <= longestNoise && start.isPossible(code) && mayBeginLeakHeader(text, at)) {
        const from = at;
        const verdict = readMarker(text, at, isEnd, {
          before: () => windowBefore(text, from),
          span: start.markdown.span(),
          isOldSpan: start.markdown.isOldSpan(),
          tools: names,
          shapes,
        });
        if (verdict === 'more') return hold(text, at);
        if (verdict !== 'none') return detect(text, at, verdict);
      }
      start.take(code);
      at++;
    }
    return hold(text, at);
  }

  function windowBefore(text: string, at: number): string {
    if (at >= contextLength) return text.slice(at - contextLength, at);
    return (recent + text.slice(0, at)).slice(-contextLength);
  }

  function hold(text: string, at: number): LeakDetectorStep {
    pending = at < text.length ? text.slice(at) : '';
    return { release: letGo(at < text.length ? text.slice(0, at) : text) };
  }

  function letGo(text: string): string {
    released += text.length;
    recent =
      recent.length > 4 * contextLength ? (recent + text).slice(-contextLength) : recent + text;
    return text;
  }

  function detect(text: string, at: number, marker: Marker): LeakDetectorStep {
    const release = letGo(text.slice(0, at));
    pending = '';
    const { recipient: name } = marker.envelope;
    const tool = name.replace(/^functions\.?/, '');
    const isSafe = names.has(tool) || /^[a-zA-Z_.]{1,40}$/.test(tool);
    garbled = {
      family: familyOf(marker.envelope),
      cleanLength: released - marker.place.roleLength,
      snippet: snippetOf(text.slice(at, marker.envelope.end), isOpenName(tool, names) ? '' : tool),
      ...(isSafe ? { tool } : {}),
    };
    return { release, garbled };
  }

  return {
    push(text) {
      if (garbled) return { release: '', garbled };
      return scan(pending === '' ? text : pending + text, false);
    },
    end() {
      if (garbled) return { release: '', garbled };
      return scan(pending, true);
    },
  };
}

interface KnownTools {
  names: ReadonlySet<string>;
  shapes: readonly ToolShape[];
}

/** A turn has one list of tools and a guard for each part of its answer. */
const known = new WeakMap<readonly DetectedTool[], KnownTools>();

function knownTools(tools: readonly DetectedTool[]): KnownTools {
  const before = known.get(tools);
  if (before) return before;
  const names = new Set(tools.map((tool) => (typeof tool === 'string' ? tool : tool.name)));
  const shapes = tools.filter((tool) => typeof tool !== 'string').map(shapeOfTool);
  known.set(tools, { names, shapes });
  return { names, shapes };
}

function shapeOfTool({ name, parameters }: Exclude<DetectedTool, string>): ToolShape {
  const { all, required } = argumentNames(parameters);
  return { name, all: new Set(all), required, isPatch: /patch/i.test(name) };
}

/** The first leak of a whole text. */
export function findLeak(text: string, options: LeakDetectorOptions): Leak | undefined {
  const guard = createLeakDetector(options);
  return guard.push(text).garbled ?? guard.end().garbled;
}

/** A longer text is worked through in pieces of so many UTF-16 code units. */
export const pieceChars = 4_096;

/** The same of a text of any length. Between two pieces it waits for `pause`; that may reject. */
export async function findLeakInPieces(
  text: string,
  options: LeakDetectorOptions,
  pause: () => Promise<void> | undefined,
): Promise<Leak | undefined> {
  const guard = createLeakDetector(options);
  for (let at = 0; at < text.length; at += pieceChars) {
    const { garbled } = guard.push(text.slice(at, at + pieceChars));
    if (garbled) return garbled;
    await pause();
  }
  return guard.end().garbled;
}

/**
 * The clean text before a leak. What comes after the leaked call goes too: it speaks of a result
 * that there never was (WIRE.md h, remedy 5).
 */
export function removeLeaks(text: string, garble: Leak | undefined): string {
  return garble ? text.slice(0, garble.cleanLength).trimEnd() : text;
}

/** Names of the protocol, which the model has from its training and not from the user. */
const protocolNames =
  /^(?:|multi_tool_use\.parallel|container\.exec|web\.run|python|exec|browser)$/;

/** Whether the log may tell the name: any other may be a word of the user. */
function isOpenName(tool: string, declared: ReadonlySet<string>): boolean {
  return declared.has(tool) || protocolNames.test(tool);
}

const unknownToken = /<\|(?!(?:start|end|channel|message|constrain|call|return)\|)[^|]*\|>/g;

/** Roles and the name of a tool are words of the protocol; whatever else stood there is unsaid. */
function snippetOf(envelope: string, secret: string): string {
  const words = (secret === '' ? envelope : envelope.replace(secret, '…'))
    .replaceAll(unknownToken, '<|…|>')
    .replace(/[^\x20-\x7e♀]+/g, '…')
    .replace(/♀{5,}/g, '♀♀♀♀')
    .replace(/(?:\+#){4,}/g, '+#+#+#');
  return `${words.slice(0, 76)} …`;
}
