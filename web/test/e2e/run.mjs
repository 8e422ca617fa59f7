// Drives the page in a real browser against `sanerf view` (or the mock) and says what held.
//   node test/e2e/run.mjs --mock
//   SANERF_PROGRAM=build/release/src/sanerf/sanerf node test/e2e/run.mjs RUN [--scene SCENE] [--only load,hover]
//     [--click X,Y] [--out DIR] [--json] [--quick]
// --quick does not wait until a screenshot would show the whole picture. SANERF_GFLOPS is what sanerf_bench says of two
// threads of this machine ("multiply-add"): with it times are held against those of another one.
// SANERF_PICTURES=../docs/img with the second writes the documentation's pictures of the window.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Browser, Budgets, Schema, Server } from './harness.mjs';
import { fromNothing, steps } from './steps.mjs';

const { values: flags, positionals } = parseArgs({ allowPositionals: true, options: {
  mock: { type: 'boolean', default: false }, scene: { type: 'string' }, only: { type: 'string' }, click: { type: 'string' },
  out: { type: 'string' }, json: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false } } });
if (!flags.mock && positionals.length !== 1) {
  console.error('usage: SANERF_PROGRAM=sanerf node test/e2e/run.mjs RUN [--scene SCENE] | --mock');
  process.exit(2);
}

const kMock = fileURLToPath(new URL('../../mock/server.mjs', import.meta.url));
const program = process.env.SANERF_PROGRAM ?? 'sanerf';
const out = flags.out ?? fileURLToPath(new URL('./out/', import.meta.url));
const schema = new Schema();
const browser = new Browser(schema, out, { pictures: flags.mock ? undefined : process.env.SANERF_PICTURES, quick: flags.quick });
const scratch = mkdtempSync(join(tmpdir(), 'sanerf-window-'));
const budgets = new Budgets(Number(process.env.SANERF_GFLOPS) || null);
const results = { steps: {}, times: {}, gflops: budgets.gflops, budgets: budgets.held, memory: null, iou: null, findings: [] };
const servers = [];

async function serve(args, mockArgs) {
  const server = flags.mock ? new Server(process.execPath, [kMock, ...mockArgs])
    : new Server(program, ['view', ...args, '--no-browser']);
  server.forgets = flags.mock;
  servers.push(server);
  await server.start();
  return server;
}

async function attempt(name, call) {
  const begin = Date.now();
  try {
    await call();
    results.steps[name] = 'ok';
  } catch (error) {
    results.steps[name] = String(error.message ?? error).split('\n')[0];
  }
  if (!flags.json) console.log(`${name.padEnd(14)} ${results.steps[name]}  (${((Date.now() - begin) / 1000).toFixed(1)} s)`);
  return results.steps[name] === 'ok';
}

const wanted = (name) => flags.only === undefined || flags.only.split(',').includes(name);

try {
  await browser.start();
  const server = await serve(positionals, []);
  const unfollow = await schema.follow(server);
  const opened = Date.now();
  const page = await browser.open(server.url);
  const context = { page, browser, server, opened, budgets, times: results.times, findings: results.findings,
    click: flags.click?.split(',').map(Number) };
  for (const [name, step] of Object.entries(steps)) {
    if (wanted(name) && !(await attempt(name, () => step(context)))) await browser.shot(page, `failed-${name}`).catch(() => undefined);
  }
  results.iou = context.iou ?? null;
  results.memory = context.memory ?? null;
  unfollow();
  await page.context().close();
  await server.kill('SIGTERM');
  if (wanted('from_nothing') && (flags.mock || flags.scene !== undefined)) {
    await attempt('from_nothing', async () => {
      const fresh = await serve([flags.scene, '--out', join(scratch, 'run')], ['--phase', 'photos']);
      const untrained = await browser.open(fresh.url);
      await fromNothing({ page: untrained, browser, times: results.times, budgets });
      await untrained.context().close();
      await fresh.kill('SIGTERM');
    });
  }
  await attempt('no_other_host', () => {
    if (browser.foreign.size > 0) throw new Error(`asked ${[...browser.foreign].join(', ')}`);
  });
  await attempt('no_console_error', () => {
    if (browser.errors.length > 0) throw new Error(browser.errors.slice(0, 3).join(' | '));
  });
  await attempt('schema', () => {
    if (schema.faults.size > 0) throw new Error([...schema.faults].slice(0, 5).join(' | '));
  });
  results.checked = schema.checked;
} finally {
  for (const server of servers) await server.kill();
  await browser.browser?.close();
  rmSync(scratch, { recursive: true, force: true });
}
writeFileSync(join(out, 'results.json'), JSON.stringify(results, null, 2));
if (budgets.gflops === null && !flags.mock) console.error('SANERF_GFLOPS is not set: no time was held against anything');
console.log(JSON.stringify(flags.json ? results : { ...results, steps: undefined, findings: undefined }));
process.exit(Object.values(results.steps).every((result) => result === 'ok') ? 0 : 1);
