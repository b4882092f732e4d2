import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixtureBytes, scriptedHttp, streamOf } from '../../../support/streams.ts';
import { run } from './harness.ts';

interface Expected {
  /** Requests in all when the fixture is served every time. */
  sent: number;
  /** Text parts at the end. */
  text?: string[];
  refusal?: string;
  calls?: string[];
  /** Kind of the failure; absent for an answer. */
  failure?: string;
  status?: string;
}

const hello = 'Hello from the fake backend.';

/** What every recorded stream must come to. A stream that is always cut is asked for six times. */
const expected: Record<string, Expected> = {
  'ok_plain.sse': { sent: 1, text: [hello] },
  'ok_reasoning_then_text.sse': { sent: 1, text: ['Here it is.'] },
  'ok_function_call.sse': { sent: 1, calls: ['exec_command'] },
  'ok_parallel_function_calls.sse': { sent: 1, calls: ['read_file', 'read_file'] },
  'ok_parallel_interleaved.sse': { sent: 1, calls: ['read_file', 'read_file'] },
  'ok_function_call_done_only.sse': { sent: 1, calls: ['read_file'] },
  'ok_custom_tool_call.sse': { sent: 1, calls: ['apply_patch'] },
  'ok_web_search.sse': { sent: 1, text: ['Found it.'] },
  'ok_end_turn_false.sse': { sent: 1, text: ['first half'] },
  'ok_rate_limits_event.sse': { sent: 1, text: ['with limits'] },
  'ok_compaction_item.sse': { sent: 1 },
  'ok_refusal.sse': { sent: 1, refusal: 'I cannot help with that.' },
  'ok_empty_completed.sse': { sent: 2, failure: 'empty' },
  'ok_usage_null.sse': { sent: 1, text: ['no usage'] },
  'ok_done_marker.sse': { sent: 1, text: ['x'] },
  'ok_output_only_in_completed.sse': { sent: 1, text: ['only in completed.output'] },
  'ok_no_created.sse': { sent: 1, text: ['no created'] },
  'fmt_crlf.sse': { sent: 1, text: ['crlf ok'] },
  'fmt_bare_cr.sse': { sent: 1, text: ['cr ok'] },
  'fmt_bom.sse': { sent: 1, text: ['bom ok'] },
  'fmt_no_event_lines.sse': { sent: 1, text: ['no event lines'] },
  'fmt_multiline_data.sse': { sent: 1, text: ['multi'] },
  'fmt_utf8.sse': { sent: 1, text: ['héllo 🦀 日本語 naïve'] },
  'fmt_malformed_json.sse': { sent: 1, text: ['survived'] },
  'fmt_unknown_events.sse': { sent: 1, text: ['survived'] },
  'fmt_duplicated_events.sse': { sent: 1, text: ['dup'] },
  'drop_after_created.sse': { sent: 6, failure: 'cut' },
  'drop_mid_text.sse': { sent: 6, failure: 'cut' },
  'drop_after_message_item.sse': { sent: 6, failure: 'cut' },
  'drop_mid_arguments.sse': { sent: 6, failure: 'cut' },
  'incomplete_max_output_tokens.sse': { sent: 1, text: ['cut te'], status: 'incomplete' },
  'incomplete_content_filter.sse': { sent: 1, status: 'incomplete' },
  'failed_context_length_exceeded.sse': { sent: 1, failure: 'contextOverflow' },
  'failed_insufficient_quota.sse': { sent: 1, failure: 'billing' },
  'failed_credit_balance_exhausted.sse': { sent: 1, failure: 'billing' },
  'failed_usage_not_included.sse': { sent: 1, failure: 'usageNotIncluded' },
  'failed_usage_limit_reached.sse': { sent: 1, failure: 'usageLimit' },
  'failed_rate_limit_exceeded.sse': { sent: 6, failure: 'rateLimited' },
  'failed_rate_limit_ms.sse': { sent: 6, failure: 'rateLimited' },
  'failed_slow_down.sse': { sent: 6, failure: 'rateLimited' },
  'failed_server_is_overloaded.sse': { sent: 6, failure: 'overloaded' },
  'failed_invalid_prompt.sse': { sent: 1, failure: 'invalidPrompt' },
  'failed_cyber_policy.sse': { sent: 1, failure: 'policy' },
  'failed_bio_policy.sse': { sent: 1, failure: 'policy' },
  'failed_misalignment_policy_violation.sse': { sent: 1, failure: 'policy' },
  'failed_server_error.sse': { sent: 6, failure: 'server' },
  'failed_previous_response_not_found.sse': { sent: 6, failure: 'server' },
  'failed_error_null.sse': { sent: 6, failure: 'server' },
  'failed_no_response.sse': { sent: 6, failure: 'server' },
  'error_event.sse': { sent: 6, failure: 'server' },
};

const cases = Object.entries(expected);

describe('a recorded stream', () => {
  test.each(cases)(
    '%s comes to what it means, in the right number of requests',
    async (name, want) => {
      const { http, sent } = scriptedHttp(() => streamOf(fixtureBytes(name)));
      const { answer, failure, shown } = await run(http);

      expect(sent.length).toBe(want.sent);
      expect(failure?.kind).toBe(want.failure);
      if (want.failure === undefined) expect(answer?.status).toBe(want.status ?? 'completed');
      if (want.text) expect(texts(shown, 'text')).toEqual(want.text);
      if (want.refusal !== undefined) expect(texts(shown, 'refusal')).toEqual([want.refusal]);
      const calls = answer?.items.filter(
        (item) => item.type.endsWith('_call') && 'call_id' in item,
      );
      if (want.calls) expect(calls?.map((item) => item['name'])).toEqual(want.calls);
    },
  );

  test('is listed for every file but the garbled ones, which have a guard of their own', () => {
    const files = readdirSync(join(import.meta.dirname, '../../../fixtures/sse')).filter(
      (name) => name.endsWith('.sse') && !name.startsWith('garbled_'),
    );
    expect(Object.keys(expected).toSorted()).toEqual(files.toSorted());
  });

  test('gives the same picture and the same answer however its bytes are cut', async () => {
    const steady = cases.filter(([, want]) => want.sent === 1).map(([name]) => name);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...steady),
        fc.integer({ min: 1, max: 97 }),
        async (name, size) => {
          const bytes = fixtureBytes(name);
          const whole = await run(scriptedHttp(() => streamOf(bytes, bytes.length)).http);
          const cut = await run(scriptedHttp(() => streamOf(bytes, size)).http);
          expect(cut.shown).toEqual(whole.shown);
          expect(cut.answer).toEqual(whole.answer);
          expect(cut.failure).toEqual(whole.failure);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('shows one clean answer when it was cut at any byte and then comes whole', async () => {
    const bytes = fixtureBytes('ok_reasoning_then_text.sse');
    const whole = await run(scriptedHttp(() => streamOf(bytes)).http);
    for (let at = 0; at < bytes.length - 700; at += 13) {
      const { http } = scriptedHttp(
        () => streamOf(bytes.subarray(0, at)),
        () => streamOf(bytes),
      );
      const { shown } = await run(http);
      expect(shown, `cut at byte ${at}`).toEqual(whole.shown);
    }
  });
});

function texts(shown: readonly { kind: string; text: string }[], kind: string): string[] {
  return shown.filter((part) => part.kind === kind).map((part) => part.text);
}
