import { describe, expect, test } from 'vitest';
import { readImageHeader } from '../../src/shared/images.ts';
import { movingGif, png, pngHeader, svg } from '../support/images.ts';
import { attached, drop, paste, sentOf } from './attachments.ts';
import type { PanelPage } from './panelPage.ts';
import { models, snapshot } from './panelScenes.ts';
import { usePanels } from './panels.ts';

const panels = usePanels();

const open = () => panels.open({}, snapshot(), attached());
const field = (panel: PanelPage) => panel.page.getByRole('textbox', { name: 'Message to Codex' });
const chips = (panel: PanelPage) => panel.page.locator('.composer .chip');
const note = (panel: PanelPage) => panel.page.locator('.attachment-note');

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
