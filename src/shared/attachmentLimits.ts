/** Attachments that one prompt may have. */
export const mostAttachments = 20;
/** Bytes of a file that is looked into at all: photos, and texts of which the beginning is taken. */
export const mostFileBytes = 40_000_000;
/** Characters of a paste that becomes an attachment; a longer one is refused. */
export const mostPasteChars = 1_000_000;
