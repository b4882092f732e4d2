/** What the panel fetches when a stored chat needs it; see `historyPageLoader`. */
export { createHistoryPage } from './page.ts';
