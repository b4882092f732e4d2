import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLedgerFile } from '../../src/node/storage/ledgerFile.ts';
import { windowHistory } from '../../src/core/ledger/history.ts';
import { openChat, signIn, startPractice, type StartedPractice } from '../e2e/practice.ts';
import { silentLog } from '../../src/base/log.ts';
import { commandLine, step } from './processes.mjs';
import { buildVsix, ensureChromium, ensureCodeServer, root } from './setup.mjs';

/*
 * Takes pictures of the status bar, its tooltip and the Usage page in a real workbench, with one
 * account and with three that have a past, in test-results/shots/accounts. Names of looks pick those.
 */

const shots = join(root, 'test-results/shots/accounts');
const hourMs = 3_600_000;

const looks = [
  { name: 'dark', theme: 'Default Dark Modern' },
  { name: 'light', theme: 'Default Light Modern' },
  { name: 'hc-dark', theme: 'Default High Contrast' },
  { name: 'hc-light', theme: 'Default High Contrast Light' },
] as const;

const home = 'mira@home.example';
const work = 'mira@work.example';
const long = 'a.very.long.address.that.cannot.fit@department.example';
const accounts = [
  { email: home, plan: 'plus' },
  { email: work, plan: 'business' },
  { email: long, plan: 'pro' },
];

let running: StartedPractice | undefined;

await commandLine(
  async () => {
    process.env['CHROMIUM'] = await ensureChromium();
    await ensureCodeServer();
    await buildVsix();
    await mkdir(shots, { recursive: true });
    const names = process.argv.slice(2);
    for (const { name, theme } of looks) {
      if (names.length > 0 && !names.includes(name)) continue;
      await step(`Pictures of ${name}`, async () => {
        running = await startPractice({
          accounts,
          settings: { 'workbench.colorTheme': theme, 'codexChat.accountRotation': 'sequential' },
          viewport: { width: 1280, height: 1100 },
        });
        await takeAll(running, name);
        await running.stop();
      });
    }
    return 0;
  },
  async () => running?.stop(),
);

async function takeAll(practice: StartedPractice, look: string): Promise<void> {
  const { workbench, backend } = practice;
  const { control } = backend;
  const use = (email: string, fiveHourPercent: number, weeklyPercent: number) =>
    control.setUsage(email, { fiveHourPercent, weeklyPercent });
  const take = async (state: string) => {
    await workbench.page.mouse.move(300, 300);
    await workbench.page.waitForTimeout(600);
    await workbench.page.screenshot({ path: join(shots, `${look}-${state}.png`) });
    await workbench.statusBarTooltip('codexChat.quota');
    await workbench.page.screenshot({ path: join(shots, `${look}-${state}-tooltip.png`) });
  };
  await workbench.runCommand('Codex: Focus Chat');
  await workbench.chat().getByText('Sign in with ChatGPT').first().waitFor();
  await take('signedOut');
  // Windows that opened some hours ago.
  control.advance(-2.8 * hourMs);
  use(home, 10, 18);
  use(work, 92, 78);
  use(long, 0, 3);
  control.advance(2.8 * hourMs);
  await (await signIn(practice, home)).close();
  await openChat(practice);
  await showUsage(practice);
  // The course of the quota is written some seconds after it is told.
  await workbench.page.waitForTimeout(7_000);
  await writePast(practice);
  await showUsage(practice);
  await take('one');
  for (const email of [work, long]) await addAccount(practice, email);
  await showUsage(practice);
  await workbench
    .chat()
    .getByRole('button', { name: `Actions for ${home}` })
    .click();
  await workbench.chat().getByRole('menuitem', { name: 'Use Now' }).click();
  await take('three');
  for (const [state, percent] of [
    ['80', 80],
    ['95', 95],
    ['spent', 100],
  ] as const) {
    use(home, percent, 40);
    await workbench.runCommand('Codex: Refresh Usage');
    await showUsage(practice);
    await take(state);
  }
  use(work, 100, 78);
  use(long, 100, 3);
  // The page asks about every account, but not again within seconds.
  await workbench.page.waitForTimeout(6_000);
  await workbench.chat().getByRole('button', { name: 'Refresh' }).click();
  await workbench.statusBarItem('codexChat.quota').getByText('back at').waitFor();
  await showUsage(practice);
  await take('allSpent');
  await growStale(practice);
  await showUsage(practice);
  await take('stale');
}

/** The service falls silent, and the window is loaded anew some time after it was heard of last. */
async function growStale({ workbench, backend, server }: StartedPractice): Promise<void> {
  const down = { kind: 'status', status: 503, body: { detail: 'down' } } as const;
  backend.control.scriptFor('/wham/usage', ...Array.from({ length: 60 }, () => down));
  const path = join(storageOf(server), 'shared/quota.json');
  const agoMs = 40 * 60_000;
  const told = await readFile(path, 'utf8');
  // Whatever was told at some time was told so much earlier; resets stay where they are.
  const older = told.replaceAll(
    /"(atMs|observedAtMs|completeAtMs)":(\d{13})/g,
    (_, name: string, atMs: string) => `"${name}":${Number(atMs) - agoMs}`,
  );
  await workbench.page.goto('about:blank');
  await writeFile(path, older);
  await workbench.load();
  await workbench.statusBarItem('codexChat.quota').waitFor();
}

function storageOf({ dataDir }: StartedPractice['server']): string {
  return join(dataDir, 'User/globalStorage/codex-chat.codex-chat');
}

/** Opens the page anew, which reads the files of the ledger again. */
async function showUsage({ workbench }: StartedPractice): Promise<void> {
  const back = workbench.chat().getByRole('button', { name: 'Back to the chat' });
  if (await back.isVisible()) await back.click();
  await workbench.runCommand('Codex: Open Usage Page');
  await workbench.chat().locator('.usage').waitFor();
}

async function addAccount({ workbench }: StartedPractice, email: string): Promise<void> {
  await workbench.runCommand('Codex: Sign in to Codex');
  const open = workbench.chat().getByRole('button', { name: 'Use the browser on this machine' });
  const page = await workbench.externalPage(() => open.click());
  await page.locator(`input[value="${email}"]`).check();
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.getByRole('heading', { name: /signed in/i }).waitFor();
  await page.close();
}

/** A day of use, as windows before this one would have written it. */
async function writePast({ server }: StartedPractice): Promise<void> {
  const storage = storageOf(server);
  const path = join(storage, 'shared/history.json');
  const { series } = windowHistory.parse(JSON.parse(await readFile(path, 'utf8')));
  const nowMs = Date.now();
  const past = series.map((one) => {
    const last = one.points.at(-1);
    const top = last?.usedPercent ?? 0;
    const resetsAtMs = last?.resetsAtMs ?? nowMs;
    const rise = (fromMs: number, from: number, to: number, ends: number) =>
      Array.from({ length: 8 }, (_, at) => ({
        atMs: Math.round(fromMs + at * 12 * 60_000),
        usedPercent: Math.round((from + ((to - from) * at) / 7) * 10) / 10,
        resetsAtMs: Math.round(ends),
      }));
    const isWeek = one.kind === 'weekly';
    const before = isWeek
      ? rise(nowMs - 13 * hourMs, top * 0.6, top * 0.8, resetsAtMs)
      : rise(nowMs - 13 * hourMs, 0, 64, nowMs - 8 * hourMs);
    const since = rise(nowMs - 1.5 * hourMs, isWeek ? top * 0.8 : 0, top, resetsAtMs);
    return { ...one, points: [...before, ...since, ...one.points] };
  });
  await writeFile(path, JSON.stringify({ version: 1, series: past }));
  const credentialId = series[0]?.credentialId ?? '';
  const file = createLedgerFile({ folder: join(storage, 'ledger'), log: silentLog });
  for (const [at, title] of ['Why is the total off by a cent?', 'Move the mailer'].entries()) {
    const atMs = nowMs - (at + 1) * 20 * 60_000;
    await file.append({
      version: 1,
      id: `past-${at}`,
      revision: 1,
      atMs,
      endedAtMs: atMs + 30_000,
      chatId: `past-${at}`,
      title,
      credentialId,
      spans: [{ credentialId, fromMs: atMs, toMs: atMs + 30_000 }],
      model: 'gpt-6.1-sol',
      effort: 'low',
      tokens: { input: 180_000, cached: 20_000, output: 4_000, reasoning: 1_000 },
      requests: at + 1,
      failed: at === 0 ? [] : ['overloaded'],
      kind: 'turn',
      outcome: 'done',
      shares: [],
    });
  }
}
