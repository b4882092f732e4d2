/** As the manifest names the view. */
export const chatViewId = 'codexChat.chat';
