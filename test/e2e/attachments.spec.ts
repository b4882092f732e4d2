import { expect } from '@playwright/test';
import { png } from '../support/images.ts';
import { lastAnswer, openChat, send, signIn, test } from './practice.ts';
import { chatFrame, record } from './walk.ts';

/*
 * An image from the clipboard to the model, each test going on where the one before ended.
 */
test.describe.configure({ mode: 'serial' });

test.use({ windowName: 'attachments' });

const image = png(640, 480);
const dataUrl = 'data:image/png;base64,';

test('an image that is pasted becomes a chip', async ({ practice }) => {
  const { workbench } = practice;
  const page = await signIn(practice);
  await page.close();
  await openChat(practice);
  const frame = await chatFrame(practice);
  await frame.evaluate(`{
    const bytes = Uint8Array.from(atob('${image.toString('base64')}'), (letter) => letter.charCodeAt(0));
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([bytes], 'cart.png', { type: 'image/png' }));
    document.querySelector('.composer textarea').dispatchEvent(
      new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }`);
  const chip = workbench.chat().getByRole('button', { name: 'Image cart.png' });
  await expect(chip).toHaveAttribute('title', /640 × 480 pixels/);
  await record(practice, 'attachment-chip');
});

test('an attachment outlives a panel that is hidden and shown, and a reload', async ({
  practice,
}) => {
  const { workbench } = practice;
  const chip = workbench
    .chat()
    .locator('.composer')
    .getByRole('button', { name: /^Image cart/ });
  await workbench.runCommand('View: Toggle Secondary Side Bar Visibility');
  await expect(workbench.page.locator('.part.auxiliarybar')).toBeHidden();
  await openChat(practice);
  await expect(chip).toBeVisible();
});

test('the message goes out with the image, which its row shows and opens', async ({ practice }) => {
  const { workbench, backend } = practice;
  backend.control.clearRequests();
  await send(workbench, 'What is in the picture?');
  await expect(lastAnswer(workbench)).toContainText('It came with 1 image.');
  const [request] = backend.control.requests('/codex/responses');
  const sent = JSON.stringify(request?.body);
  expect(sent).toContain(`"image_url":"${dataUrl}`);
  expect(sent).toContain('path=\\"cart.png\\"');
  const chip = workbench
    .chat()
    .locator('.ask')
    .getByRole('button', { name: /^Image cart/ });
  await record(practice, 'attachment-sent');
  await chip.click();
  await expect(workbench.page.locator('.tabs-container .tab')).toContainText('cart.png');
  await record(practice, 'attachment-opened');
});
