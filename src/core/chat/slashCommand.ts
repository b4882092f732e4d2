/** What the user may ask for by a word after a slash at the start of a message. */
export type SlashCommand = 'compact';

const commands: ReadonlyMap<string, SlashCommand> = new Map([['compact', 'compact']]);

/**
 * The command that the message is; undefined for all else. Words that are no command, and commands
 * with something behind them, are sent as they are.
 */
export function readSlashCommand(text: string): SlashCommand | undefined {
  const word = /^\/(\w{1,40})$/.exec(text.trim())?.[1];
  return word === undefined ? undefined : commands.get(word.toLowerCase());
}
