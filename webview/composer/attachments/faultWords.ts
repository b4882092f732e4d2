import * as l10n from '@vscode/l10n';
import { formatNumber } from '../../../src/shared/format.ts';
import type { ImageFault } from '../../images/imageMessages.ts';

/** Why an image was not attached, and what to do. */
export function faultWords(name: string, fault: ImageFault): string {
  switch (fault.kind) {
    case 'notAnImage':
      return l10n.t('{0} was not attached: it is not a PNG, JPEG, GIF or WebP image.', name);
    case 'svg':
      return l10n.t(
        '{0} was not attached: it is an SVG drawing. Save it as PNG, or attach its source as a file.',
        name,
      );
    case 'damaged':
      return l10n.t('{0} was not attached: the image is damaged or incomplete.', name);
    case 'tooLarge':
      return l10n.t('{0} was not attached: the file is too large. Save a smaller copy.', name);
    case 'tooSlow':
      return l10n.t('{0} was not attached: reading it took too long. Save a smaller copy.', name);
    case 'unavailable':
      return l10n.t('{0} was not attached: images can’t be read now. Reload the window.', name);
    case 'tooManyPixels':
      return l10n.t(
        '{0} was not attached: it has {1} × {2} pixels, which is more than can be read here. Save a smaller copy.',
        name,
        formatNumber(fault.width),
        formatNumber(fault.height),
      );
  }
}
