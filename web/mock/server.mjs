// Speaks docs/viewer.md with a synthetic scene, so that the page can be worked on and tested without the program:
//   node mock/server.mjs [--port 7007] [--phase photos|training|trained] [--encode] [--speed X] [--token HEX]
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { randomBytes } from 'node:crypto';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { hitsOf, kThings, parseColor, rayOf, scaled, shaded, trace } from './scene.mjs';
import { BadRequest, NotFound, NotNow, World } from './world.mjs';

const kDist = fileURLToPath(new URL('../dist/', import.meta.url));
const kMime = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const kHeaders = {
  'Content-Security-Policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; " +
    "connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer', 'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

const { values: flags } = parseArgs({ options: {
  port: { type: 'string', default: '7007' }, phase: { type: 'string', default: 'trained' }, encode: { type: 'boolean' },
  speed: { type: 'string', default: '1' }, token: { type: 'string' } } });
const token = flags.token ?? randomBytes(16).toString('hex');
const world = new World({ phase: flags.phase, encode: flags.encode === true, speed: Number(flags.speed) });
const newest = new Map(); // client -> seq

const gray = (inside) => (inside ? [255, 255, 255] : [0, 0, 0]);

function sized(camera, size) {
  const s = Math.min(1, size / Math.max(camera.w, camera.h));
  return scaled(camera, Math.round(camera.w * s), Math.round(camera.h * s));
}

// What a view's rays meet, kept: photos, masks and hovering ask again and again.
const traced = new Map();
function hitsOfView(view, size) {
  const camera = sized(view.camera, size);
  const key = `${view.idx} ${camera.w}`;
  if (!traced.has(key)) traced.set(key, hitsOf(camera));
  return traced.get(key);
}

// What a layer shows of a hit.
function shader(layer, object) {
  const tints = new Map(world.objects.filter((one) => one.visible && one.label !== null).map((one) => [one.thing, parseColor(one.color)]));
  const thing = object?.thing ?? -1;
  const background = [32, 36, 44];
  return (hit) => {
    const color = hit?.color ?? background;
    switch (layer) {
      case 'depth': return hit ? Array(3).fill(Math.max(0, 255 - 34 * hit.t)) : [0, 0, 0];
      case 'opacity': return gray(hit !== null);
      case 'mask': return gray(hit?.id === thing);
      case 'cutout': return hit?.id === thing ? [...color, 255] : [0, 0, 0, 0];
      case 'disagreement': return hit?.id === thing ? [255, 120, 60] : color.map((c) => c * 0.35);
      case 'overlay': {
        const tint = tints.get(hit?.id);
        return tint ? color.map((c, k) => 0.5 * c + 0.5 * tint[k]) : color;
      }
      default: return color;
    }
  };
}

async function sendFrame(query, response) {
  const object = world.objects.find((one) => one.id === Number(query.get('object')));
  const camera = query.has('camera') ? JSON.parse(query.get('camera'))
    : sized(world.view(Number(query.get('view'))).camera, Number(query.get('size')));
  const layer = query.get('layer') ?? 'rgb';
  if (world.phase === 'photos') throw new NotNow('There is no field yet');
  const client = query.get('client') ?? '';
  const seq = Number(query.get('seq'));
  newest.set(client, Math.max(seq, newest.get(client) ?? 0));
  response.writeHead(200, { ...kHeaders, 'Content-Type': 'application/octet-stream' });
  const shade = shader(layer, object);
  const without = layer === 'without' ? object?.thing ?? 0 : 0;
  const send = (x, y, w, h, step) => {
    const picture = shaded(hitsOf(camera, { x, y, w, h, step, without }), shade);
    const head = Buffer.alloc(12);
    [x, y, w, h].forEach((value, i) => head.writeUInt16LE(value, 2 * i));
    head.writeUInt32LE(picture.length, 8);
    response.write(Buffer.concat([head, picture]));
  };
  send(0, 0, camera.w, camera.h, Math.ceil(camera.w / 120));
  const blocks = [];
  for (let y = 0; y < camera.h; y += 128) for (let x = 0; x < camera.w; x += 128) blocks.push([x, y]);
  const far = ([x, y]) => Math.hypot(x + 64 - camera.w / 2, y + 64 - camera.h / 2);
  for (const [x, y] of blocks.sort((a, b) => far(a) - far(b))) {
    await new Promise((resolve) => setImmediate(resolve));
    if (response.destroyed || newest.get(client) !== seq) return void response.end();
    send(x, y, Math.min(128, camera.w - x), Math.min(128, camera.h - y), 1);
  }
  response.end(Buffer.alloc(12));
}

const kCloudId = randomBytes(4).readUInt32LE(0);
let cloud = null;
function makeCloud() {
  if (cloud) return cloud;
  const points = [];
  const random = ((seed) => () => (seed = (seed * 16807) % 2147483647) / 2147483647)(7);
  while (points.length < 60000) {
    const view = world.views[Math.floor(random() * world.views.length)];
    const hit = trace(...rayOf(view.camera, random() * 480, random() * 360));
    if (hit) points.push(hit);
  }
  const [low, high] = [[-3, -3, -0.1], [3, 3, 1.4]];
  const head = 56;
  const bytes = Buffer.alloc(head + 9 * points.length);
  bytes.writeUInt32LE(points.length, 0);
  bytes.writeUInt32LE(kCloudId, 4);
  [...low, ...high].forEach((value, i) => bytes.writeDoubleLE(value, 8 + 8 * i));
  points.forEach(({ p, color }, i) => {
    for (let k = 0; k < 3; ++k) {
      bytes.writeUInt16LE(Math.max(0, Math.min(65535, Math.round((65535 * (p[k] - low[k])) / (high[k] - low[k])))), head + 6 * i + 2 * k);
      bytes[head + 6 * points.length + 3 * i + k] = color[k];
    }
  });
  cloud = { bytes: gzipSync(bytes), ids: points.map(({ id }) => id) };
  return cloud;
}

function hover(query) {
  const view = world.view(Number(query.get('view')));
  if (!world.isEncoded(view.idx)) {
    throw Object.assign(new NotNow(`${view.name} is not encoded yet`), { encoding: { done: world.encoding.done, total: world.encoding.total } });
  }
  const [x, y] = query.get('xy').split(',').map(Number);
  const id = trace(...rayOf(view.camera, x + 0.5, y + 0.5))?.id ?? -1;
  const hits = hitsOfView(view, Number(query.get('size')));
  const center = kThings.find((thing) => thing.id === id)?.center;
  const inside = [(hit) => hit?.id === id, (hit) => hit?.id === id && (!center || hit.p[2] > center[2]), (hit) => (hit?.id ?? 0) > 0];
  const scores = [0.95, 0.81, 0.68];
  return { seconds: 0.05, best: 0, candidates: inside.map((test, i) => ({
    candidate: i, score: scores[i], png: shaded(hits, (hit) => gray(test(hit))).toString('base64') })) };
}

function picture(path, query) {
  const view = world.view(Number(query.get('view')));
  const hits = hitsOfView(view, Number(query.get('size')));
  if (path === 'photo') return shaded(hits, shader('rgb', null));
  const object = world.object(Number(query.get('object')));
  if (path === 'mask' && (object.label === null || view.split === 'test')) throw new NotFound(`No mask of ${object.name} in ${view.name}`);
  return shaded(hits, (hit) => gray(hit?.id === object.thing));
}

const kParameters = { strip: ['object'], hover: ['view', 'xy', 'object', 'label', 'size', 'client', 'seq'],
  photo: ['view', 'size'], mask: ['object', 'view', 'size', 'answer'], truth: ['view', 'object', 'size'],
  frame: ['camera', 'view', 'size', 'layer', 'object', 'client', 'seq', 'answer'], 'cloud/labels': ['cloud', 'answer'], result: ['id'] };

const streams = new Set();
let eventId = 0;
function sendEvent(response, name, data) {
  response.write(`id: ${++eventId}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}
world.on('event', (name, data) => {
  for (const response of streams) sendEvent(response, name, data);
});

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}

async function answer(request, response, url) {
  const path = url.pathname.replace(/^.*\/api\//, '');
  const query = url.searchParams;
  const json = (value, status = 200) => {
    response.writeHead(status, { ...kHeaders, 'Content-Type': 'application/json' }).end(JSON.stringify(value));
  };
  const bytes = (type, data, more = {}) => {
    response.writeHead(200, { ...kHeaders, 'Content-Type': type, ...more }).end(data);
  };
  if (request.method === 'POST') {
    const body = await bodyOf(request);
    const calls = { edit: () => world.edit(body), find: () => world.find(body), train: () => world.trainAction(body),
      save: () => ({ revision: world.revision }), export: () => world.export(body), cancel: () => world.cancel(body), again: () => world.again() };
    if (!calls[path]) throw new NotFound(`There is no ${path}`);
    return json(calls[path]());
  }
  const unknown = [...query.keys()].find((name) => !(kParameters[path] ?? []).includes(name));
  if (unknown !== undefined) throw new BadRequest(`There is no parameter ${unknown} of ${path}`);
  switch (path) {
    case 'state': return json(world.state());
    case 'views': return json(world.views);
    case 'strip': return json(world.strip(Number(query.get('object'))));
    case 'hover': return json(hover(query));
    case 'photo': case 'mask': case 'truth': return bytes('image/png', picture(path, query), { 'Cache-Control': 'max-age=3600' });
    case 'frame': return sendFrame(query, response);
    case 'cloud':
      if (world.phase === 'photos') throw new NotNow('There is no field yet');
      return bytes('application/octet-stream', makeCloud().bytes, { 'Content-Encoding': 'gzip' });
    case 'cloud/labels': {
      if (Number(query.get('cloud')) !== kCloudId) throw new NotNow('These points are no longer known');
      const labels = new Map(world.objects.map((object) => [object.thing, object.label ?? 0]));
      const of = Buffer.from(makeCloud().ids.map((id) => (id ? labels.get(id) ?? 0 : 0)));
      return bytes('application/octet-stream', gzipSync(of), { 'Content-Encoding': 'gzip' });
    }
    case 'result': {
      const result = world.results.find((one) => one.id === Number(query.get('id')) && one.state === 'ready');
      if (!result) throw new NotFound('There is no such file');
      return bytes('application/zip', result.data, { 'Content-Disposition': `attachment; filename="${result.name}"` });
    }
    case 'events':
      response.writeHead(200, { ...kHeaders, 'Content-Type': 'text/event-stream' });
      sendEvent(response, 'hello', { protocol: 1, server: world.server });
      sendEvent(response, 'state', world.state());
      streams.add(response);
      return void response.on('close', () => streams.delete(response));
    default: throw new NotFound(`There is no ${path}`);
  }
}

function sendFile(response, path) {
  const file = join(kDist, normalize(path === '/' ? '/index.html' : path));
  if (!existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404, kHeaders).end('not found');
  response.writeHead(200, { ...kHeaders, 'Content-Type': kMime[extname(file)] ?? 'application/octet-stream' });
  createReadStream(file).pipe(response);
}

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const cookie = `sanerf_${server.address().port}=${token}`;
  if (url.pathname === '/' && url.searchParams.get('token') === token) {
    return void response.writeHead(302, { 'Set-Cookie': `${cookie}; HttpOnly; SameSite=Strict; Path=/`, Location: './' }).end();
  }
  if (!(request.headers.cookie ?? '').split('; ').includes(cookie) && request.headers.authorization !== `Bearer ${token}`) {
    return void response.writeHead(401, { ...kHeaders, 'Content-Type': 'text/plain' }).end('Open the address that the program printed.');
  }
  if (!url.pathname.includes('/api/')) return sendFile(response, url.pathname);
  answer(request, response, url).catch((error) => {
    const status = error instanceof NotNow ? 409 : error instanceof NotFound ? 404 : error instanceof BadRequest ? 400 : 500;
    const body = { error: { what: error.message, why: '', hint: '' }, ...(error.encoding ? { encoding: error.encoding } : {}) };
    if (response.headersSent) response.destroy();
    else response.writeHead(status, { ...kHeaders, 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  });
});
server.listen(Number(flags.port), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/?token=${token}`);
});
process.on('SIGTERM', () => process.exit(0));
process.on('SIGINT', () => process.exit(0));
