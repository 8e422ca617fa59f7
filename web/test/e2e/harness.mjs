// What the browser tests stand on: a server, a browser that reports what it should not do, answers held against the schema.
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv2020 from 'ajv/dist/2020.js';
import { chromium } from 'playwright-core';

const kHere = fileURLToPath(new URL('.', import.meta.url));
const kSchema = JSON.parse(readFileSync(join(kHere, '../../../docs/viewer.schema.json'), 'utf8'));
const kChromium = process.env.SANERF_CHROMIUM ?? '/usr/bin/chromium';
const kAnswers = ['state', 'views', 'strip', 'hover', 'edit', 'find', 'train', 'again', 'save', 'export', 'cancel'];
const kChanges = ['edit', 'find', 'train', 'again', 'save', 'export', 'cancel'];

// Which screenshots are the documentation's pictures, and what they are called there.
const kPictures = { answered: 'window_mask', strip: 'window_strip', 'training-clicked': 'window_training' };

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(test, what, ms = 30000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await test();
    if (value) return value;
    if (Date.now() > end) throw new Error(`Not within ${ms / 1000} s: ${what}`);
    await sleep(50);
  }
}

const kReference = 500; // GFLOP/s of two threads, where the budgets are from: docs/studies/speed.md
const kSlack = 3; // a machine does other things as well

// A time that decides no test.
export const saySlow = (text) => console.error(`*** SLOW *** ${text}`);

// Seconds on this machine, held against those that they may be on one of kReference. Beyond them it is said aloud; beyond
// kSlack times as many it is a failure.
export class Budgets {
  // gflops: of two threads of this machine; null: nobody knows, and nothing is compared.
  constructor(gflops) {
    this.gflops = gflops;
    this.held = {};
  }

  hold(what, seconds, budget) {
    const scaled = this.gflops === null ? null : (seconds * this.gflops) / kReference;
    this.held[what] = { seconds, scaled, budget };
    if (scaled === null || scaled <= budget) return;
    const text = `${what} took ${seconds.toFixed(2)} s, at ${kReference} GFLOP/s ${scaled.toFixed(2)} s, not ${budget} s`;
    if (scaled > kSlack * budget) throw new Error(text);
    saySlow(text);
  }
}

// A running program; `kill` as a crash would, `start` again at the same port.
export class Server {
  constructor(command, args) {
    this.command = command;
    this.args = args;
    this.port = 0;
  }

  async start() {
    this.child = spawn(this.command, [...this.args, '--port', String(this.port)], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const listen = (data) => (said += data);
    this.child.stdout.on('data', listen);
    this.child.stderr.on('data', listen);
    const child = this.child;
    this.url = await until(() => {
      if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}: ${said}`);
      return /http:\/\/\S+token=[0-9a-f]+/.exec(said)?.[0];
    }, `an address from ${this.command} ${this.args.join(' ')}; it said: ${said}`, 120000);
    this.port = Number(new URL(this.url).port);
    this.token = new URL(this.url).searchParams.get('token');
    return this.url;
  }

  async kill(signal = 'SIGKILL') {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    await gone;
  }
}

// Remembers every answer and request that is not what docs/viewer.schema.json says.
export class Schema {
  constructor() {
    this.ajv = new Ajv2020({ strict: false, allErrors: true });
    this.ajv.addSchema(kSchema, 'viewer');
    this.faults = new Set();
    this.checked = {};
  }

  check(name, value, from) {
    this.checked[name] = (this.checked[name] ?? 0) + 1;
    const validate = this.ajv.getSchema(`viewer#/$defs/${name}`);
    if (validate(value)) return;
    this.faults.add(`${from}: ${validate.errors.slice(0, 3).map((error) => `${error.instancePath} ${error.message}`).join('; ')}`);
  }

  // The events, as another client sees them.
  async follow(server) {
    const control = new AbortController();
    const headers = { Authorization: `Bearer ${server.token}` };
    const response = await fetch(new URL('api/events', server.url), { headers, signal: control.signal });
    const read = async () => {
      let text = '';
      for await (const part of response.body) {
        text += Buffer.from(part).toString('utf8');
        const blocks = text.split('\n\n');
        text = blocks.pop();
        for (const block of blocks) this.event(block);
      }
    };
    read().catch(() => undefined); // the server is ended, or this
    return () => control.abort();
  }

  event(block) {
    const name = /^event: ?(.*)$/m.exec(block)?.[1];
    const data = /^data: ?(.*)$/m.exec(block)?.[1];
    if (name && data) this.check(name === 'progress' ? 'work' : name, JSON.parse(data), `event ${name}`);
  }
}

export class Browser {
  // out: a folder for screenshots. pictures: one for those of the documentation, or undefined. quick: nobody looks at them.
  constructor(schema, out, { pictures, quick = false }) {
    this.schema = schema;
    this.out = out;
    this.pictures = pictures;
    this.quick = quick;
    this.foreign = new Set(); // requests to other hosts
    this.errors = []; // of the console
    this.expectsErrors = false; // while the server is away
    this.hosts = new Set();
    mkdirSync(out, { recursive: true });
    if (pictures !== undefined) mkdirSync(pictures, { recursive: true });
  }

  async start() {
    if (!existsSync(kChromium)) throw new Error(`There is no ${kChromium}: apt-get install chromium, or set SANERF_CHROMIUM`);
    this.browser = await chromium.launch({ executablePath: kChromium, args: ['--no-sandbox', '--disable-background-networking',
      '--enable-unsafe-swiftshader'] });
  }

  async open(url, options = {}) {
    this.hosts.add(new URL(url).host);
    const context = options.context ?? await this.browser.newContext({ viewport: { width: 1280, height: 800 },
      acceptDownloads: true, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(90000);
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      if (protocol.startsWith('http') && !this.hosts.has(host)) this.foreign.add(request.url());
      const change = request.method() === 'POST' && /\/api\/(\w+)$/.exec(request.url())?.[1];
      if (kChanges.includes(change)) this.schema.check(`${change}_request`, request.postDataJSON(), `request ${change}`);
    });
    page.on('console', (message) => {
      if (message.type() === 'error' && !this.expectsErrors && !isRefusal(message.text())) this.errors.push(message.text());
    });
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.on('response', (response) => void this.validate(response));
    await page.goto(url);
    await page.locator('.connection.live').waitFor({ timeout: 60000 });
    return page;
  }

  async validate(response) {
    const name = /\/api\/(\w+)(?:\?|$)/.exec(response.url())?.[1];
    if (!kAnswers.includes(name) || !(response.headers()['content-type'] ?? '').includes('json')) return;
    try {
      const value = await response.json();
      this.schema.check(response.ok() ? name : 'error', value, `${name} ${response.status()}`);
    } catch {
      // The page went on before the answer could be read.
    }
  }

  // patience: milliseconds until the picture in the page is whole.
  async shot(page, name, patience = 0) {
    await sleep(this.quick ? 0 : patience);
    const path = join(this.out, `${name}.png`);
    await page.screenshot({ path });
    if (this.pictures !== undefined && kPictures[name]) copyFileSync(path, join(this.pictures, `${kPictures[name]}.png`));
  }
}

// The browser itself reports what was not there (404) or not yet (409); the page deals with both.
const isRefusal = (text) => /status of (404|409)/.test(text);
