import type { Clock } from '../../base/async/clock.ts';
import type { Http } from '../../base/http.ts';
import type { Log } from '../../base/log.ts';
import type { Delivery, DetectedTool } from './leakedToolCalls/leakFilter.ts';
import type { AttemptRecord } from './redaction/exchangeRecorder.ts';
import type { OutputItem, ResponseObject } from './stream/events.ts';
import type { ResponsesFailure } from './retry/failure.ts';
import type { ToolNames } from './request/toolNames.ts';
import type { EmitTurnEvent } from './stream/turnEvent.ts';

export interface AttemptOutcome {
  /** Absent when the terminal event said that all went well. */
  failure?: ResponsesFailure;
  end?: 'completed' | 'incomplete';
  response?: ResponseObject;
  items: readonly OutputItem[];
  /** Ids of shown parts that no finished item covers. */
  unfinishedIds: readonly string[];
  headers: Readonly<Record<string, string>>;
}

export interface AttemptPorts {
  /** Slug of the model that was asked for. */
  model: string;
  /** The credential that the request goes out with. */
  credentialId: string;
  /** The tools that are on offer, by their names on the wire: a call in the text is a leak. */
  tools: readonly DetectedTool[];
  /** Maps the names under which the backend calls them. */
  names: ToolNames;
  delivery: Delivery;
  http: Http;
  clock: Clock;
  /** Silence after which its beginning is told, and after which it is worth a remark, ms; absent: never. */
  silentAfterMs?: number | undefined;
  quietAfterMs?: number | undefined;
  /** A stream that brings nothing but signs of life for so long is given up, ms. */
  stallAfterMs: number;
  log: Log;
  record: AttemptRecord;
  emit: EmitTurnEvent;
}
