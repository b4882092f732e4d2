import * as l10n from '@vscode/l10n';
import { deepestJson, mostJsonValues } from '../../../base/json/json.ts';
import { formatNumber } from '../../../shared/format.ts';
import { longestPart, type AnswerLimit } from '../../responses/retry/failure.ts';

/** What a part of an answer was that could not be read, and what to do about it. */
export function answerLimitMessage(exceeded: AnswerLimit): string {
  switch (exceeded) {
    case 'tooLong':
      return l10n.t(
        'A part of it is longer than {0} MB. The partial response is kept. Ask for less at once.',
        formatNumber(longestPart / 1_000_000),
      );
    case 'tooManyValues':
      return l10n.t(
        'A part of it has more than {0} values. The partial response is kept. Ask for less at once.',
        formatNumber(mostJsonValues),
      );
    case 'tooDeep':
      return l10n.t(
        'A part of it is nested more than {0} levels deep. The partial response is kept. Retry to request it again.',
        formatNumber(deepestJson),
      );
  }
}
