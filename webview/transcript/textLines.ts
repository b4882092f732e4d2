/** Whether the caret stands in the first line as it is drawn, so that ↑ has nowhere else to go. */
export function isOnFirstLine(field: HTMLTextAreaElement): boolean {
  if (field.selectionStart !== field.selectionEnd) return false;
  const before = field.value.slice(0, field.selectionStart);
  if (before === '') return true;
  return !before.includes('\n') && fits(field, throughWord(field.value, field.selectionStart));
}

/** The same of the last line and ↓. */
export function isOnLastLine(field: HTMLTextAreaElement): boolean {
  if (field.selectionStart !== field.selectionEnd) return false;
  if (field.selectionEnd === field.value.length) return true;
  if (field.value.slice(field.selectionEnd).includes('\n')) return false;
  return fits(field, field.value.slice(field.value.lastIndexOf('\n') + 1));
}

/** A word goes to the next line as a whole, so the caret in it does too. */
function throughWord(text: string, caret: number): string {
  const rest = /^\S*/.exec(text.slice(caret))?.[0] ?? '';
  return text.slice(0, caret) + rest;
}

const ruler = document.createElement('canvas').getContext('2d');

function fits(field: HTMLTextAreaElement, text: string): boolean {
  if (ruler === null || text.length > 400) return false;
  const { font, paddingLeft, paddingRight } = getComputedStyle(field);
  ruler.font = font;
  const width = field.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  return ruler.measureText(text).width <= width;
}
