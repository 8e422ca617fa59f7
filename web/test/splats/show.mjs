// A PLY of 3D Gaussians opened by somebody else's viewer (@sparkjsdev/spark) in headless Chromium.
//   node test/splats/show.mjs FILE.ply PICTURE.png [--eye X,Y,Z] [--at X,Y,Z] [--up X,Y,Z] [--size 640x480] [--expect FILE.json]
// Without --eye from where the Gaussians' normals point. --expect: [{"px": [x, y], "rgb": [r, g, b], "within": n}], in
// bytes; a picture that is not so, or empty, is a failure. 77: skipped, for want of what scripts/setup.sh --dev installs.
import { createReadStream, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const kWeb = fileURLToPath(new URL('../../', import.meta.url));
const kModules = process.env.SANERF_NODE_MODULES ?? join(kWeb, 'node_modules');
const kChromium = process.env.SANERF_CHROMIUM ?? '/usr/bin/chromium';
const kViewer = '@sparkjsdev/spark/dist/spark.module.js';

const { values: flags, positionals } = parseArgs({ allowPositionals: true, options: {
  eye: { type: 'string' }, at: { type: 'string' }, up: { type: 'string', default: '0,0,1' },
  size: { type: 'string', default: '640x480' }, expect: { type: 'string' } } });
if (positionals.length !== 2) {
  console.error('usage: node test/splats/show.mjs FILE.ply PICTURE.png [--eye X,Y,Z] [--at X,Y,Z] [--up X,Y,Z] [--size WxH] [--expect FILE.json]');
  process.exit(2);
}
for (const needed of [kChromium, join(kModules, 'playwright-core'), join(kModules, kViewer), join(kModules, 'three')]) {
  if (existsSync(needed)) continue;
  console.log(`skipped: there is no ${needed}; scripts/setup.sh --dev installs it`);
  process.exit(77);
}
const [file, picture] = positionals;
const [width, height] = flags.size.split('x').map(Number);

// Middle, size and mean normal, by the words of the header; all properties before the normals are floats.
function lookAt(bytes) {
  const end = bytes.indexOf('end_header\n');
  if (end < 0) throw new Error(`${file}: not a PLY`);
  const header = bytes.subarray(0, end).toString('latin1').split('\n');
  const width = { float: 4, uchar: 1 };
  const offsets = {};
  let record = 0, count = 0;
  for (const line of header) {
    const [word, type, name] = line.split(' ');
    if (word === 'element') count = Number(name);
    if (word !== 'property') continue;
    if (!(type in width)) throw new Error(`${file}: a property of the type ${type}`);
    offsets[name] = record;
    record += width[type];
  }
  const data = bytes.subarray(end + 'end_header\n'.length);
  if (data.length !== count * record) throw new Error(`${file}: ${data.length} bytes, not ${count} times ${record}`);
  const column = (name) => Array.from({ length: count }, (_, i) => data.readFloatLE(i * record + offsets[name]));
  const middleOf = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
  const xyz = ['x', 'y', 'z'].map(column);
  const at = xyz.map(middleOf);
  const far = xyz[0].map((_, i) => Math.hypot(...xyz.map((values, axis) => values[i] - at[axis]))).sort((a, b) => a - b);
  const reach = far[Math.floor(0.95 * (count - 1))] || 1;
  const normal = ['nx', 'ny', 'nz'].map(column).map((values) => values.reduce((sum, value) => sum + value, 0) / count);
  const length = Math.hypot(...normal) || 1;
  return { count, reach, at, eye: at.map((value, axis) => value + (3 * reach * normal[axis]) / length) };
}

const numbers = (text) => text.split(',').map(Number);
const seen = lookAt(readFileSync(file));
const at = flags.at ? numbers(flags.at) : seen.at;
const eye = flags.eye ? numbers(flags.eye) : seen.eye;
const near = 0.01 * seen.reach;
const kPage = `<!doctype html><style>body { margin: 0; background: #000 } #view { width: ${width}px; height: ${height}px }</style>
<div id="view"></div>
<script type="importmap">{ "imports": { "three": "/modules/three/build/three.module.js" } }</script>
<script type="module">
  import * as THREE from 'three';
  import { SparkRenderer, SplatMesh } from '/modules/${kViewer}';
  try {
    const renderer = new THREE.WebGLRenderer({ antialias: false, preserveDrawingBuffer: true });
    renderer.setSize(${width}, ${height});
    document.getElementById('view').append(renderer.domElement);
    const scene = new THREE.Scene();
    const camera = new THREE.PerspectiveCamera(50, ${width / height}, ${near}, ${1e5 * near});
    camera.up.set(${numbers(flags.up)});
    camera.position.set(${eye});
    camera.lookAt(${at});
    // The blur that Gaussians are fitted with, and no other.
    scene.add(new SparkRenderer({ renderer, preBlurAmount: 0.3, blurAmount: 0 }));
    const splats = new SplatMesh({ url: '/splats.ply' });
    scene.add(splats);
    await splats.initialized;
    window.numSplats = splats.numSplats;
    renderer.setAnimationLoop(() => renderer.render(scene, camera));
  } catch (error) {
    window.splatsFailed = String(error);
  }
</script>`;

const kTypes = { '.js': 'text/javascript', '.map': 'application/json' };
const server = createServer((request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
  if (path === '/') {
    response.setHeader('content-type', 'text/html');
    response.end(kPage);
    return;
  }
  const from = path === '/splats.ply' ? file : path.startsWith('/modules/') ? join(kModules, path.slice('/modules/'.length)) : '';
  if (from === '' || !existsSync(from)) {
    response.statusCode = 404;
    response.end();
    return;
  }
  response.setHeader('content-type', kTypes[extname(from)] ?? 'application/octet-stream');
  createReadStream(from).pipe(response);
});

// Pixels of a PNG, decoded by the browser itself.
async function pixelsOf(page, png) {
  return page.evaluate(async (url) => {
    const image = await createImageBitmap(await (await fetch(url)).blob());
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    return { width: image.width, data: Array.from(context.getImageData(0, 0, image.width, image.height).data) };
  }, `data:image/png;base64,${png.toString('base64')}`);
}

await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const { chromium } = await import(join(kModules, 'playwright-core/index.mjs'));
const browser = await chromium.launch({ executablePath: kChromium,
  args: ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'] });
const faults = [];
try {
  const page = await browser.newPage({ viewport: { width, height } });
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.waitForFunction(() => window.numSplats !== undefined || window.splatsFailed, null, { timeout: 120000 });
  const failed = await page.evaluate(() => window.splatsFailed);
  if (failed) throw new Error(`the viewer refused ${file}: ${failed}`);
  const count = await page.evaluate(() => window.numSplats);
  if (count !== seen.count) throw new Error(`the viewer found ${count} Gaussians in ${file}, not ${seen.count}`);
  // Sorted and drawn in a thread of its own: when two pictures in a row are the same and not empty, that is it.
  let before = Buffer.alloc(0), png, pixels;
  for (let i = 0; i < 60; ++i) {
    await page.waitForTimeout(500);
    png = await page.screenshot();
    pixels = await pixelsOf(page, png);
    const isEmpty = pixels.data.every((value, at) => at % 4 === 3 || value < 4);
    if (!isEmpty && png.equals(before)) break;
    before = png;
    if (i === 59) faults.push(isEmpty ? 'the picture is empty' : 'the picture does not come to rest');
  }
  writeFileSync(picture, png);
  for (const { px, rgb, within } of flags.expect ? JSON.parse(readFileSync(flags.expect, 'utf8')) : []) {
    const first = 4 * (px[1] * pixels.width + px[0]);
    const got = pixels.data.slice(first, first + 3);
    if (got.some((value, channel) => Math.abs(value - rgb[channel]) > within))
      faults.push(`pixel ${px} is ${got}, not ${rgb} within ${within}`);
  }
} catch (error) {
  faults.push(String(error.message ?? error));
} finally {
  await browser.close();
  server.close();
}
for (const fault of faults) console.error(`error: ${fault}`);
if (faults.length > 0) process.exit(1);
console.log(`${picture}: ${file} from ${eye.map((value) => value.toFixed(3))}`);
