import type { OutputItem, ResponsesEvent } from '../stream/events.ts';
import type { InputItem } from './input.ts';

/** Longest name of a tool that the backend takes (WIRE.md g). */
const maxNameChars = 64;

/** The names of the tools of a request, ours and those on the wire. */
export interface ToolNames {
  /** The name under which a tool goes out; also for tools that are no longer on offer. */
  toWire(name: string): string;
  /** The item with its tool under the name that goes out. */
  itemToWire(item: InputItem): InputItem;
  /** The event with each call under the name that its tool has here. */
  fromWire(event: ResponsesEvent): ResponsesEvent;
}

/**
 * Maps the names of tools to names that the backend takes, at most 64 characters of
 * `[A-Za-z0-9_-]`, and back. Two tools never share a name: one that is fit keeps its own, and of
 * two that become the same, the later one gets a digest of its original name.
 */
export function createToolNames(names: readonly string[]): ToolNames {
  const wire = new Map<string, string>();
  const original = new Map<string, string>();
  const set = (name: string, safeName: string) => {
    wire.set(name, safeName);
    original.set(safeName, name);
  };
  for (const name of names) if (isFit(name)) set(name, name);
  for (const name of names) if (!wire.has(name)) set(name, freeName(name, original));
  const isTrivial = names.every(isFit);

  function restore(item: OutputItem): OutputItem {
    const name = item['name'];
    if (!isToolCall(item) || typeof name !== 'string') return item;
    const own = original.get(name);
    return own === undefined || own === name ? item : { ...item, name: own };
  }

  const toWire = (name: string) => wire.get(name) ?? fit(name);
  return {
    toWire,
    itemToWire(item) {
      const name = item['name'];
      if (!isToolCall(item) || typeof name !== 'string') return item;
      const sent = toWire(name);
      return sent === name ? item : { ...item, name: sent };
    },
    fromWire(event) {
      if (isTrivial) return event;
      switch (event.type) {
        case 'response.output_item.added':
        case 'response.output_item.done':
          return { ...event, item: restore(event.item) };
        case 'response.completed':
        case 'response.incomplete':
          return event.response === undefined
            ? event
            : {
                ...event,
                response: { ...event.response, output: event.response.output.map(restore) },
              };
        default:
          return event;
      }
    },
  };
}

function isToolCall({ type }: { type: string }): boolean {
  return type === 'function_call' || type === 'custom_tool_call';
}

function isFit(name: string): boolean {
  return name.length <= maxNameChars && /^[A-Za-z0-9_-]+$/.test(name);
}

function fit(name: string): string {
  const plain = name.slice(0, maxNameChars).replaceAll(/[^A-Za-z0-9_-]/g, '_');
  return plain === '' ? 'tool' : plain;
}

function freeName(name: string, taken: ReadonlyMap<string, string>): string {
  const plain = fit(name);
  if (!taken.has(plain)) return plain;
  for (let seed = 0; ; seed++) {
    const candidate = `${plain.slice(0, maxNameChars - 17)}_${digest(name, seed)}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/** 16 hexadecimal digits that depend on every code unit of the text. No protection against intent. */
export function digest(text: string, seed = 0): string {
  let low = 0xdeadbeef ^ seed;
  let high = 0x41c6ce57 ^ seed;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    low = Math.imul(low ^ unit, 2654435761);
    high = Math.imul(high ^ unit, 1597334677);
  }
  const hex = (word: number) => (word >>> 0).toString(16).padStart(8, '0');
  return hex(high) + hex(low);
}
