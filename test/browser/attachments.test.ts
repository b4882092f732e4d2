import { describe, expect, test } from 'vitest';
import { readImageHeader } from '../../src/shared/images.ts';
import { movingGif, png, pngHeader, svg } from '../support/images.ts';
import { attached, drop, paste, pasteText, sentOf } from './attachments.ts';
import { themes, type PanelPage } from './panelPage.ts';
import { models, snapshot, turn } from './panelScenes.ts';
import { usePanels } from './panels.ts';
import { violations } from './violations.ts';

const panels = usePanels();

const open = () => panels.open({}, snapshot(), attached());
const field = (panel: PanelPage) => panel.page.getByRole('textbox', { name: 'Message to Codex' });
const chips = (panel: PanelPage) => panel.page.locator('.composer .chip');
const note = (panel: PanelPage) => panel.page.locator('.attachment-note').first();

async function firstImage(panel: PanelPage) {
  await expect.poll(async () => (await sentOf(panel, 'attachment/image')).length).toBe(1);
  const [image] = await sentOf(panel, 'attachment/image');
  if (!image) throw new Error('No image was sent.');
  return image;
}

describe('an image that is pasted', () => {
  test('is read, shown as a chip and sent with the message', async () => {
    const panel = await open();
    await paste(panel, { name: 'cart.png', data: png(64, 48) });
    const image = await firstImage(panel);
    expect(image).toMatchObject({
      name: 'cart.png',
      imageType: 'image/png',
      width: 64,
      height: 48,
    });
    expect(readImageHeader(image.data)).toEqual({ type: 'image/png', width: 64, height: 48 });
    const { id, thumbnail = '' } = image;
    await panel.tell(attached({ id, thumbnail }));
    await expect.poll(() => chips(panel).allInnerTexts()).toEqual(['cart.png']);
    expect(await panel.page.evaluate('document.querySelector(".chip-image").naturalWidth')).toBe(
      32,
    );
    await field(panel).fill('What is this?');
    await field(panel).press('Enter');
    expect(await sentOf(panel, 'prompt/send')).toEqual([
      { type: 'prompt/send', text: 'What is this?', attachments: [id] },
    ]);
    await expect.poll(() => chips(panel).count()).toBe(0);
  });

  test('is made as small as the backend takes it', async () => {
    const panel = await open();
    await paste(panel, { name: 'photo.png', data: png(4_000, 3_000) });
    expect(await firstImage(panel)).toMatchObject({ width: 3_669, height: 2_752 });
  });

  test('that moves is sent as its first picture', async () => {
    const panel = await open();
    await paste(panel, { name: 'moving.gif', type: 'image/gif', data: movingGif });
    expect(await firstImage(panel)).toMatchObject({ imageType: 'image/png', width: 1, height: 1 });
  });
});

describe('a file that is no image that can be read', () => {
  test.each([
    ['a header that tells 30,000 × 30,000 pixels', pngHeader(30_000, 30_000), '30,000 × 30,000'],
    ['a file that breaks off', png(640, 480).subarray(0, 400), 'damaged or incomplete'],
    ['a header with another body', pngHeader(800, 600), 'damaged or incomplete'],
    ['a text', Buffer.from('Hello'), 'not a PNG, JPEG, GIF or WebP'],
    ['nothing', Buffer.alloc(0), 'not a PNG, JPEG, GIF or WebP'],
    ['an SVG drawing', svg, 'an SVG drawing'],
  ])('is refused in words, and the panel goes on: %s', async (_what, data, words) => {
    const panel = await open();
    await paste(panel, { name: 'cart.png', data });
    await expect.poll(() => note(panel).innerText()).toContain(words);
    expect(await note(panel).innerText()).toContain('cart.png was not attached');
    expect(await chips(panel).count()).toBe(0);
    await paste(panel, { name: 'good.png', data: png(8, 8) });
    expect(await firstImage(panel)).toMatchObject({ name: 'good.png' });
    expect(await note(panel).isVisible()).toBe(false);
  });
});

test('an image that is dropped is taken, and the composer shows that it takes it', async () => {
  const panel = await open();
  await drop(panel, [{ name: 'cart.png', data: png(8, 8) }]);
  expect(await firstImage(panel)).toMatchObject({ name: 'cart.png' });
  expect(await panel.page.locator('.composer.is-drop').count()).toBe(0);
});

test('a model that takes no images is named, and the image is not taken', async () => {
  const blind = models.list.map((model) => ({ ...model, seesImages: false }));
  const panel = await panels.open({}, snapshot({ models: { ...models, list: blind } }), attached());
  await paste(panel, { name: 'cart.png', data: png(8, 8) });
  await expect.poll(() => note(panel).innerText()).toContain('GPT-5.1-Codex can’t see images');
  expect(await sentOf(panel, 'attachment/image')).toEqual([]);
});

describe('a long text that is pasted', () => {
  const long = 'line of a log\n'.repeat(400);

  test('becomes an attachment, and the undo key puts it into the field instead', async () => {
    const panel = await open();
    await field(panel).fill('Why? ');
    await pasteText(panel, long);
    await expect.poll(() => chips(panel).count()).toBe(1);
    const [pasted] = await sentOf(panel, 'attachment/paste');
    expect(pasted?.text).toBe(long);
    expect(await chips(panel).allInnerTexts()).toEqual(['Pasted text']);
    await field(panel).press('Control+z');
    expect(await field(panel).inputValue()).toBe(`Why? ${long}`);
    expect(await sentOf(panel, 'attachment/remove')).toEqual([
      { type: 'attachment/remove', id: pasted?.id },
    ]);
    expect(await chips(panel).count()).toBe(0);
  });

  test('can be put into the field by a button, which goes when the message is sent', async () => {
    const panel = await open();
    await pasteText(panel, long);
    await expect.poll(() => chips(panel).count()).toBe(1);
    const [pasted] = await sentOf(panel, 'attachment/paste');
    await panel.tell(attached({ id: pasted?.id ?? '', kind: 'paste', name: 'Pasted text' }));
    const button = panel.page.getByRole('button', { name: 'Insert as text' });
    await button.click();
    expect(await field(panel).inputValue()).toBe(long);
    expect(await button.isVisible()).toBe(false);
  });

  test('that is short is left to the field', async () => {
    const panel = await open();
    await pasteText(panel, 'short');
    expect(await sentOf(panel, 'attachment/paste')).toEqual([]);
  });
});

describe('by keyboard', () => {
  const two = attached({ id: 'a', name: 'one.png' }, { id: 'b', name: 'two.png' });
  const focused = (panel: PanelPage) =>
    panel.page.evaluate('document.activeElement.getAttribute("aria-label")');

  test('the chips are reached from the field, opened, walked through and removed', async () => {
    const panel = await panels.open({}, snapshot(), two);
    await chips(panel).first().waitFor();
    await field(panel).focus();
    await panel.page.keyboard.press('Backspace');
    expect(await focused(panel)).toMatch(/^Image two\.png, /);
    await panel.page.keyboard.press('ArrowLeft');
    expect(await focused(panel)).toMatch(/^Image one\.png, /);
    await panel.page.keyboard.press('Enter');
    expect(await sentOf(panel, 'attachment/open')).toEqual([{ type: 'attachment/open', id: 'a' }]);
    await panel.page.keyboard.press('Delete');
    expect(await focused(panel)).toMatch(/^Image two\.png, /);
    await panel.page.keyboard.press('Backspace');
    expect(await focused(panel)).toBe('Message to Codex');
    expect((await sentOf(panel, 'attachment/remove')).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  test('the menu of what can be attached opens, is walked through and gives the focus back', async () => {
    const panel = await open();
    const button = panel.page.getByRole('button', { name: 'Attach', exact: true });
    await button.focus();
    await panel.page.keyboard.press('Enter');
    await panel.page.getByRole('menu').waitFor();
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await panel.page.keyboard.press(key);
    expect(await sentOf(panel, 'attachment/pick')).toEqual([
      { type: 'attachment/pick', source: 'selection' },
    ]);
    expect(await focused(panel)).toBe('Attach');
    await panel.page.keyboard.press('Enter');
    await panel.page.keyboard.press('ArrowUp');
    expect(await panel.page.evaluate('document.activeElement.innerText')).toBe('Terminal output');
    await panel.page.keyboard.press('Escape');
    expect(await focused(panel)).toBe('Attach');
    expect(await panel.page.getByRole('menu').isVisible()).toBe(false);
  });
});

describe('what is attached', () => {
  test('is asked for again after a reload of the window, and only then', async () => {
    const panel = await panels.open({}, snapshot(), attached({ id: 'a' }));
    await panel.reshow();
    await panel.tell(snapshot(), attached());
    expect(await sentOf(panel, 'attachment/restore')).toEqual([
      { type: 'attachment/restore', references: ['reference of a'] },
    ]);
    await panel.tell(attached({ id: 'c' }));
    await panel.reshow();
    await panel.tell(snapshot(), attached({ id: 'c' }));
    expect(await sentOf(panel, 'attachment/restore')).toEqual([]);
    await expect.poll(() => chips(panel).count()).toBe(1);
  });

  test('says why it was refused, and the chip goes', async () => {
    const panel = await open();
    await paste(panel, { name: 'notes.txt', type: 'text/plain', data: Buffer.from('Hello') });
    await expect.poll(async () => (await sentOf(panel, 'attachment/file')).length).toBe(1);
    const [{ id } = { id: '' }] = await sentOf(panel, 'attachment/file');
    await panel.tell({ type: 'attachment/refused', id, reason: 'notes.txt was not attached.' });
    await expect.poll(() => note(panel).innerText()).toBe('notes.txt was not attached.');
    expect(await chips(panel).count()).toBe(0);
  });

  test('and stands in the transcript is opened from there', async () => {
    const panel = await panels.open({}, snapshot({ turns: [turn()] }), attached());
    await panel.page.getByRole('button', { name: 'File retry.ts, src/retry.ts' }).click();
    expect(await sentOf(panel, 'attachment/openSent')).toEqual([
      { type: 'attachment/openSent', turnId: 'turn-1', at: 0 },
    ]);
  });
});

test('files of the explorer are named to the host, not read here', async () => {
  const panel = await open();
  const uri = 'file:///workspace/src/a.ts';
  await drop(panel, [], { 'application/vnd.code.uri-list': uri, 'text/plain': '/workspace' });
  expect(await sentOf(panel, 'attachment/uris')).toEqual([
    { type: 'attachment/uris', uris: [uri] },
  ]);
});

test.each(themes)('chips, notes and the menu break no rule of accessibility: %s', async (theme) => {
  const list = attached(
    { id: 'a', kind: 'file', name: 'totals.ts', detail: 'src/totals.ts, 3 kB', isCut: true },
    { id: 'b', kind: 'selection', name: 'roundHalfEven', detail: 'src/round.ts:3-9, 1 kB' },
    { id: 'c' },
  );
  const panel = await panels.open({ theme, width: 300 }, snapshot({ turns: [turn()] }), list);
  await panel.tell({ type: 'attachment/refused', reason: 'x.bin was not attached: no text.' });
  await panel.page.getByRole('button', { name: 'Attach', exact: true }).click();
  expect(await violations(panel)).toEqual([]);
});
