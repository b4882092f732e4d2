import { axeViolations, type Violation } from '../support/axe.ts';
import type { PanelPage } from './panelPage.ts';

/** What breaks a rule of accessibility in the panel as it is drawn now. */
export const violations = ({ page }: PanelPage): Promise<Violation[]> => axeViolations(page);
