/** What the panel fetches when a chat needs it; see `createExtras` and `createHistoryPageLoader`. */
export { configureLocalization } from '../../src/shared/l10n.ts';
export { createAttachmentTray } from '../composer/attachments/attachmentTray.ts';
export { billRows } from '../transcript/usageDetails.ts';
export { createLimitBanner } from '../usage/limitBanner.ts';
export { createPopup } from '../base/popup.ts';
export { createChatNotices } from './chatNotices.ts';
export { createHistoryPage } from './page.ts';
export { createPromptEditor } from './promptEditor.ts';
export { createQueueStrip } from './queueStrip.ts';
export { sendWays } from './sendWays.ts';
