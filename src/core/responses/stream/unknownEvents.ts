import { describeShape, safeName } from '../redaction/describeShape.ts';

/** Something that the backend sent and that we do not know. */
export interface UnknownEvent {
  what: 'event' | 'item' | 'malformed';
  type: string;
  count: number;
  /** Keys and kinds of the first of them. */
  shape: string;
}

/** Keeps for a report what was ignored: kinds and counts, and of no value more than its kind. */
export interface UnknownEvents {
  note(what: UnknownEvent['what'], type: string, value: unknown): void;
  /** At most 20, and 4 kB as JSON. */
  list(): readonly UnknownEvent[];
}

const most = 20;
const mostChars = 3_500;

/** Events of the wire that tell nothing new: what they say comes with others too (WIRE.md c). */
const expected = new Set([
  'keepalive',
  'response.in_progress',
  'response.queued',
  'response.content_part.added',
  'response.content_part.done',
  'response.refusal.done',
  'response.custom_tool_call_input.done',
  'response.output_text.annotation.added',
  'response.reasoning_text.done',
  'response.reasoning_summary_text.done',
  'response.reasoning_summary_part.added',
  'response.reasoning_summary_part.done',
  'response.web_search_call.in_progress',
  'response.web_search_call.searching',
  'response.web_search_call.completed',
]);

export function createUnknownEvents(): UnknownEvents {
  const known = new Map<string, UnknownEvent>();
  let chars = 0;
  return {
    note(what, type, value) {
      if (what === 'event' && expected.has(type)) return;
      const name = type === '' ? 'no type' : safeName(type);
      const key = `${what} ${name}`;
      const before = known.get(key);
      if (before) {
        before.count++;
        return;
      }
      const unknown = { what, type: name, count: 1, shape: describeShape(value) };
      chars += JSON.stringify(unknown).length;
      if (known.size < most && chars <= mostChars) known.set(key, unknown);
    },
    list: () => [...known.values()].map((stranger) => ({ ...stranger })),
  };
}
