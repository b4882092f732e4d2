/** Grows when one of these texts changes; stored with each summary. */
export const promptVersion = 1;

/**
 * Asks for the summary. It goes out as a message of the user behind the history, while instructions
 * and tools stay as they were, so that the cached prefix is used.
 */
export const summaryPrompt = `The conversation is about to be shortened: everything above will be replaced by what you write now, and the assistant that goes on will see nothing else of it but some of the user's messages. Do not go on with the task and call no tool. Write a handover note for that assistant.

Cover, in this order, and leave out what does not apply:
1. What the user wants, in full, with every constraint, preference and correction they gave.
2. What has been done and decided so far, with the reasons, and what was tried and given up.
3. The state of the work: files by path with what matters in them, commands with their results, open errors word for word.
4. What is still to be done, the next step first.
5. Names, numbers, code, links and other details that are needed and could not be guessed.

Write in the language of the conversation. Be exact and brief; do not mention this request.`;

/** What the next requests say before the summary. */
export const summaryPrefix = `The earlier part of this conversation was replaced by the following summary, which an assistant wrote before you. The user's messages before it, where there are any, are their own words. Go on from here, trust the summary, and do not repeat work that it says is done.`;
