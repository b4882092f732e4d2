import * as l10n from '@vscode/l10n';

/** `Medium`, `Extra high`; an effort we do not know is shown as the service calls it. */
export function effortName(effort: string): string {
  switch (effort) {
    case 'none':
      return l10n.t({ message: 'None', comment: ['Reasoning effort'] });
    case 'minimal':
      return l10n.t({ message: 'Minimal', comment: ['Reasoning effort'] });
    case 'low':
      return l10n.t({ message: 'Low', comment: ['Reasoning effort'] });
    case 'medium':
      return l10n.t({ message: 'Medium', comment: ['Reasoning effort'] });
    case 'high':
      return l10n.t({ message: 'High', comment: ['Reasoning effort'] });
    case 'xhigh':
      return l10n.t({ message: 'Extra high', comment: ['Reasoning effort'] });
    case 'max':
      return l10n.t({ message: 'Max', comment: ['Reasoning effort'] });
    case 'ultra':
      return l10n.t({ message: 'Ultra', comment: ['Reasoning effort'] });
    default:
      return effort.charAt(0).toUpperCase() + effort.slice(1);
  }
}
