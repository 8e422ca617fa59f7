// What a person does in the window, step by step.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isPng, unzip } from './files.mjs';
import { findThing, framesIn, iouOf, maskOf, shownPsnr, timeUndo } from './in_page.mjs';
import { saySlow, sleep, until } from './harness.mjs';

const kSmooth = 20; // frames a second, while one looks around; photos may be encoded meanwhile
const kRecognizable = 24; // dB, of pictures of 96 pixels: with 20 one sees where things are, not what they are
const kAxe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export const stateOf = (page) => page.evaluate(async () => (await fetch('api/state')).json());
const viewsOf = (page) => page.evaluate(async () => (await fetch('api/views')).json());

export function assert(truth, what) {
  if (!truth) throw new Error(what);
}

// Where a photo's pixel is on the screen.
async function onScreen(page, xy) {
  return page.evaluate(([x, y]) => {
    const box = document.querySelector('.photo').getBoundingClientRect();
    const width = Number(document.querySelector('.stage').dataset.photoWidth);
    const s = box.width / width;
    return [box.left + (x + 0.5) * s, box.top + (y + 0.5) * s];
  }, xy);
}

// Screen pixels per pixel of the photo.
const photoScale = (page) => page.evaluate(() =>
  document.querySelector('.photo').getBoundingClientRect().width / Number(document.querySelector('.stage').dataset.photoWidth));

async function settled(page, ms = 400000) {
  return until(async () => {
    const state = await stateOf(page);
    const done = state.objects.every((object) => object.status === 'answered' || object.prompts.length === 0);
    return done && state.answer.kind === 'field' ? state : null;
  }, 'the field of the objects', ms);
}

async function changed(page, act) {
  const { revision } = await stateOf(page);
  await act();
  return until(async () => {
    const state = await stateOf(page);
    return state.revision > revision ? state : null;
  }, 'another revision');
}

// The state as soon as it is so.
const stateWhere = (page, test, what, ms = 300000) => until(async () => {
  const state = await stateOf(page);
  return test(state) ? state : null;
}, what, ms);

const promptsOf = (state) => state.objects.flatMap((object) => object.prompts);

async function selectFirst(page) {
  const name = page.locator('.object-name').first();
  if ((await name.getAttribute('aria-pressed')) !== 'true') await name.click();
}

// Back to as many prompts as there were.
async function undoTo(page, count) {
  await until(async () => {
    const now = promptsOf(await stateOf(page)).length;
    if (now > count) await page.keyboard.press('Control+z');
    return now === count;
  }, `${count} prompts after undoing`);
}

async function maskIn(page, view, object, more = {}) {
  const { answer } = await settled(page);
  return page.evaluate(maskOf, { object, view: view.idx, size: Math.max(view.width, view.height), answer: answer.revision, ...more });
}

async function openView(page, idx) {
  await page.keyboard.press('{');
  for (let i = 0; i < idx; ++i) await page.keyboard.press(']');
  await page.locator('.photo img:not(.hidden)').waitFor();
  await sleep(300);
}

export const steps = {
  async load({ page, browser, times, opened }) {
    await page.locator('.photo img:not(.hidden)').waitFor();
    times.page_load = (Date.now() - opened) / 1000;
    await page.locator('.card canvas').first().waitFor();
    const { training } = await stateOf(page); // which nobody has watched
    if (training?.seconds > 0) times.steps_per_second_alone = training.step / training.seconds;
    await browser.shot(page, 'empty', 1500);
  },

  // Two seconds of looking around, out of the photo; then the picture of where one has come to.
  async orbit({ page, browser, times }) {
    const points = page.locator('.points');
    times.points = await until(async () => Number(await points.getAttribute('data-count')), 'the points', 120000);
    const box = await page.locator('.stage').boundingBox();
    const [x, y] = [box.x + box.width * 0.6, box.y + box.height * 0.5];
    await page.mouse.move(x + 100, y);
    await page.mouse.down();
    await page.mouse.move(x, y, { steps: 10 });
    const kMilliseconds = 2000;
    const frames = page.evaluate(framesIn, kMilliseconds);
    for (const begin = Date.now(); Date.now() < begin + kMilliseconds; await sleep(8)) {
      const angle = (Date.now() - begin) / 300;
      await page.mouse.move(x - 120 * Math.sin(angle), y - 15 * angle);
    }
    const { fps, slowest } = await frames;
    Object.assign(times, { orbit_frames_per_second: fps, orbit_slowest_frame: slowest,
      orbit_points: Number(await points.getAttribute('data-drawn')) });
    await page.evaluate(() => delete document.querySelector('.frame').dataset.all);
    await page.mouse.up();
    const picture = await until(() => page.evaluate(() => {
      const { first, all } = document.querySelector('.frame').dataset;
      return all ? [first, all].map((ms) => Number(ms) / 1000) : null;
    }), 'a complete picture of the field', 120000);
    [times.frame_first, times.frame_full] = picture;
    await browser.shot(page, 'free-view');
    if (fps < kSmooth) saySlow(`Looking around has ${fps.toFixed(1)} frames a second, not ${kSmooth}`);
  },

  async hover(context) {
    const { page, browser, times } = context;
    context.views = await viewsOf(page);
    context.view = context.views.find((view) => view.split === 'train');
    const { idx, width, height } = context.view;
    await openView(page, idx);
    context.place = context.click ?? (await until(() => page.evaluate(findThing, { view: idx, width, height, taken: [] }),
      'a thing to click', 240000)).xy;
    const at = await onScreen(page, context.place);
    await page.mouse.move(at[0] + 30, at[1] + 30);
    const begin = Date.now();
    await page.mouse.move(...at);
    await page.locator('.candidates').waitFor();
    times.hover_seen = (Date.now() - begin) / 1000;
    times.hover_decoded = await page.evaluate(async ({ view, xy }) => {
      const query = new URLSearchParams({ view, xy, object: 0, label: 1, size: 512, client: 'timing', seq: 1 });
      return (await (await fetch(`api/hover?${query}`)).json()).seconds;
    }, { view: idx, xy: context.place.join(',') });
    await sleep(400);
    await browser.shot(page, 'hover');
  },

  async click(context) {
    const { page, browser, times, budgets } = context;
    await page.evaluate(() => {
      const masks = document.querySelector('.photo canvas'); // one pixel wide while there are none
      window.addEventListener('pointerdown', () => {
        const begin = performance.now();
        const look = () => {
          if (masks.width > 1) window.secondsToMask = (performance.now() - begin) / 1000;
          else requestAnimationFrame(look);
        };
        look();
      }, { once: true, capture: true });
    });
    await page.mouse.click(...(await onScreen(page, context.place)));
    const first = await until(async () => {
      const state = await stateOf(page);
      return state.answer.kind !== 'none' && state.objects.some((object) => object.label !== null) ? state : null;
    }, 'a first answer', 120000);
    times.click_to_first_mask = first.answer.seconds;
    times.click_to_pixels = await until(() => page.evaluate(() => window.secondsToMask), 'the mask on the screen');
    const state = await settled(page);
    times.click_to_field = state.answer.seconds;
    context.object = state.objects[0];
    await browser.shot(page, 'answered', 1500);
    const ious = [];
    for (const view of context.views.filter((one) => one.split === 'test' && one.truth).slice(0, 6)) {
      const iou = await page.evaluate(iouOf, { object: context.object.id, view: view.idx, answer: state.answer.revision,
        size: Math.min(800, Math.max(view.width, view.height)) });
      if (iou !== null) ious.push(iou);
    }
    context.iou = ious.length > 0 ? ious.reduce((a, b) => a + b) / ious.length : null;
    if (context.iou !== null) assert(context.iou >= 0.95, `IoU in held-out views ${context.iou.toFixed(3)}, not 0.95`);
    budgets.hold('The first mask', times.click_to_first_mask, 0.6);
  },

  async negative({ page, view, place, object, times }) {
    const away = [place[0] > view.width / 2 ? 8 : view.width - 9, Math.round(view.height * 0.55)];
    const before = promptsOf(await stateOf(page)).length;
    await page.mouse.click(...(await onScreen(page, away)), { button: 'right' });
    const state = await stateWhere(page, (one) => promptsOf(one).length > before, 'the excluding click');
    assert(promptsOf(state).at(-1).label === 0, 'A right click did not exclude');
    const mask = await maskIn(page, view, object.id, { places: [place, away] });
    assert(mask?.inside[0] === true && mask.inside[1] === false, 'The mask does not have what was clicked without what was excluded');
    await page.evaluate(timeUndo);
    const undone = page.waitForResponse((response) => response.url().endsWith('/api/edit'));
    await page.keyboard.press('Control+z');
    times.undo_seen = await until(() => page.evaluate(() => window.secondsToUndo), 'the objects as they were');
    const response = await undone;
    await response.finished();
    times.undo = response.request().timing().responseEnd / 1000;
    await undoTo(page, before);
  },

  // Around a thing that a click has found, of an object of its own: the same mask.
  async box({ page, view, place, object }) {
    const { box } = await maskIn(page, view, object.id);
    await page.keyboard.press('Enter');
    await page.keyboard.press('b');
    const [from, to] = [await onScreen(page, [box[0] - 4, box[1] - 4]), await onScreen(page, [box[2] + 4, box[3] + 4])];
    await page.mouse.move(...from);
    await page.mouse.down();
    await page.mouse.move(...to, { steps: 5 });
    await page.mouse.up();
    const state = await stateWhere(page, (one) => one.objects.length === 2, 'the object of the box');
    const other = state.objects.find((one) => one.id !== object.id);
    assert(other.prompts[0]?.kind === 'box', 'A drag made no box');
    const mask = await maskIn(page, view, other.id, { places: [place], other: object.id });
    assert(mask?.inside[0] === true && mask.iou >= 0.8, `The box and the click mask other things: IoU ${mask?.iou}`);
    await page.keyboard.press('Control+z');
    await stateWhere(page, (one) => one.objects.length === 1, 'the object of the box to be gone');
    await page.keyboard.press('p');
    await selectFirst(page);
  },

  // Twenty edits and as many steps back: the prompts are what they were, to the byte.
  async undo({ page, place }) {
    const prompts = (state) => JSON.stringify(state.objects.map((object) => [object.id, object.name, object.prompts]));
    const before = prompts(await settled(page));
    for (let i = 0; i < 20; ++i) {
      const [x, y] = await onScreen(page, place);
      const at = [x + 28 * (i % 5) - 56, y + 28 * Math.floor(i / 5) - 100];
      await changed(page, () => page.mouse.click(...at, { button: i % 3 === 2 ? 'right' : 'left' }));
    }
    for (let i = 0; i < 20; ++i) await changed(page, () => page.keyboard.press('Control+z'));
    assert(prompts(await settled(page)) === before, 'Twenty edits and undos did not lead back');
  },

  async second(context) {
    const { page, view, place } = context;
    const thing = await page.evaluate(findThing, { view: view.idx, width: view.width, height: view.height, taken: [place] });
    assert(thing, 'There is no second thing to click');
    await page.keyboard.press('Enter');
    const state = await changed(page, async () => page.mouse.click(...(await onScreen(page, thing.xy))));
    assert(state.objects.length === 2, `After a click for a second object there are ${state.objects.length}`);
    assert(state.objects[0].color !== state.objects[1].color, 'Both objects have one color');
    await settled(page);
  },

  async strip({ page, browser }) {
    await page.locator('.object-name').first().click();
    await page.locator('.card.used').first().waitFor();
    await page.locator('.card.used').first().hover();
    await page.locator('.enlarged canvas').waitFor();
    await browser.shot(page, 'strip', 2500);
    await changed(page, () => page.locator('.card.used button[aria-label^="Drop"]').first().click());
    await page.locator('.card.never').first().waitFor();
    assert((await stateOf(page)).objects[0].dropped.length === 1, 'The view is not dropped');
    await changed(page, () => page.keyboard.press('Control+z'));
    await page.mouse.move(5, 300);
    await settled(page);
  },

  // Without a mouse: the cross-hair goes to the thing and clicks; in the strip the arrows go from card to card.
  async keyboard({ page, view, place }) {
    await openView(page, view.idx);
    await selectFirst(page);
    const before = promptsOf(await stateOf(page)).length;
    await until(async () => {
      await page.keyboard.press('Tab');
      return page.evaluate(() => document.activeElement?.matches('.stage'));
    }, 'the Tab key to come to the picture');
    const stage = await page.locator('.stage').boundingBox();
    const [x, y] = await onScreen(page, place);
    const kBeside = 18; // pixels: where the mark of the first click is, Enter would select it
    const steps = [x + kBeside - stage.x - stage.width / 2, y - stage.y - stage.height / 2];
    for (const [axis, keys] of [[0, ['ArrowLeft', 'ArrowRight']], [1, ['ArrowUp', 'ArrowDown']]]) {
      const key = keys[steps[axis] > 0 ? 1 : 0];
      const far = Math.abs(steps[axis]);
      for (let i = 0; i < Math.floor(far / 12); ++i) await page.keyboard.press(key);
      for (let i = 0; i < Math.round((far % 12) / 2); ++i) await page.keyboard.press(`Shift+${key}`);
    }
    await page.keyboard.press('Enter');
    const state = await stateWhere(page, (one) => promptsOf(one).length > before, 'the click of the Enter key');
    const click = state.objects[0].prompts.at(-1);
    const scale = await photoScale(page);
    const off = Math.hypot((click.xy[0] - place[0]) * scale - kBeside, (click.xy[1] - place[1]) * scale);
    assert(off < 4, `The cross-hair clicked ${off.toFixed(1)} px beside the thing`);
    await undoTo(page, before);
    await page.keyboard.press('Escape');
    await page.locator('.card-picture[tabindex="0"]').focus();
    const focused = () => page.evaluate(() => [...document.querySelectorAll('.card-picture')].indexOf(document.activeElement));
    const start = await focused();
    await page.keyboard.press('ArrowRight');
    const at = await focused();
    assert(at === start + 1, `The arrow key went from card ${start} to ${at}`);
    assert((await page.locator('.card-picture[tabindex="0"]').count()) === 1, 'The strip has more than one stop of the Tab key');
    await page.locator('.stage').focus();
    await settled(page);
  },

  // A click in space makes a point, and dragging moves it.
  async point({ page }) {
    await page.keyboard.press('Escape');
    await selectFirst(page);
    await page.keyboard.press('c'); // without the cameras, one of which might be there
    await page.locator('.photo-name.muted').waitFor();
    await sleep(1500);
    const before = promptsOf(await stateOf(page)).length;
    const box = await page.locator('.stage').boundingBox();
    const [x, y] = [box.x + box.width * 0.5, box.y + box.height * 0.62];
    await page.mouse.click(x, y);
    const made = await stateWhere(page, (one) => promptsOf(one).length > before, 'the point');
    const point = made.objects[0].prompts.at(-1);
    assert(point.kind === 'point', `A click in space made a ${point.kind}`);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 48, y + 12, { steps: 6 });
    await page.mouse.up();
    await stateWhere(page, (one) => {
      const moved = promptsOf(one).find(({ id }) => id === point.id);
      return Math.hypot(...moved.p.map((value, k) => value - point.p[k])) > 1e-4;
    }, 'the point to be elsewhere');
    await page.keyboard.press('Control+z');
    await undoTo(page, before);
    await page.keyboard.press('c');
    await settled(page);
  },

  async layers({ page, browser }) {
    await page.keyboard.press('Escape');
    const box = await page.locator('.stage').boundingBox();
    const [x, y] = [box.x + box.width / 2, box.y + box.height * 0.9];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 60, y, { steps: 6 });
    await page.mouse.up();
    for (const layer of ['overlay', 'mask', 'cutout', 'without', 'disagreement', 'depth', 'opacity']) {
      const done = page.waitForResponse((response) => response.url().includes(`layer=${layer}`) && response.ok(), { timeout: 60000 });
      await page.locator('#layer').selectOption(layer);
      await done;
      await browser.shot(page, `layer-${layer}`, 2500);
    }
    await page.locator('#layer').selectOption('auto');
  },

  async take_home({ page, browser }) {
    await settled(page);
    const formats = (await stateOf(page)).exports;
    for (const name of ['cutout', 'mask', 'masks', 'prompts'].filter((one) => formats.some(({ format }) => format === one)).slice(0, 2)) {
      await page.keyboard.press('Control+e');
      await page.locator(`.formats input[value="${name}"]`).check();
      const size = page.locator('#option-longest_side');
      if ((await size.count()) > 0) {
        await size.fill('160');
        await page.locator('button[aria-label="Copy as command line: export"][title*="160"]').waitFor();
      }
      const views = page.locator('#option-views');
      if ((await views.count()) > 0) await views.selectOption('test');
      const before = await page.locator('.results a').count();
      await browser.shot(page, 'take-home');
      await page.locator('.export-form .primary').click();
      await until(async () => (await page.locator('.results a').count()) > before, `the export of ${name}`, 240000);
      const download = page.waitForEvent('download');
      await page.locator('.results a').first().click();
      const bytes = readFileSync(await (await download).path());
      if (bytes[0] === 0x50) {
        for (const [file, data] of unzip(bytes)) assert(!file.endsWith('.png') || isPng(data), `${file} is no PNG`);
      } else if (bytes[0] === 0x7b) {
        assert(JSON.parse(bytes.toString('utf8')).objects.length > 0, 'The prompts file is empty');
      } else {
        assert(isPng(bytes), `The download of ${name} is neither an archive nor a picture nor JSON`);
      }
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
    }
  },

  // On a tablet: a tap includes and then shows the candidates; a finger that stays enlarges a view.
  async touch({ browser, server, view, place }) {
    const page = await browser.open(server.url, { viewport: { width: 1180, height: 820 }, hasTouch: true, isMobile: true });
    await page.locator('.photo img:not(.hidden)').waitFor();
    await openView(page, view.idx);
    const name = page.locator('.object-name').first();
    if ((await name.getAttribute('aria-pressed')) !== 'true') await name.tap();
    const before = promptsOf(await stateOf(page)).length;
    const [x, y] = await onScreen(page, place);
    await page.touchscreen.tap(x + 20, y + 20); // beside the mark of the first click
    await stateWhere(page, (one) => promptsOf(one).length > before, 'the click of a tap');
    await page.locator('.candidates').waitFor();
    const card = await page.locator('.card-picture').first().boundingBox();
    const cdp = await page.context().newCDPSession(page);
    const touchPoints = [{ x: card.x + card.width / 2, y: card.y + card.height / 2 }];
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
    await page.locator('.enlarged canvas').waitFor();
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await browser.shot(page, 'touch');
    await page.touchscreen.tap(x, y - 60);
    await page.locator('.enlarged').waitFor({ state: 'detached' });
    await undoTo(page, before);
    await settled(page);
    await page.context().close();
  },

  async reload({ page }) {
    const seen = (state) => JSON.stringify([state.objects.map(({ id, name, color, prompts }) => [id, name, color, prompts]), state.history]);
    const before = seen(await stateOf(page));
    await page.reload();
    await page.locator('.connection.live').waitFor();
    assert(seen(await stateOf(page)) === before, 'A reload changed the state');
    assert((await page.locator('.object').count()) === 2, 'After a reload the objects are not listed');
  },

  async two_tabs({ page, browser, server }) {
    const other = await browser.open(server.url, { context: page.context() });
    const object = other.locator('.object-name').first();
    await object.dblclick();
    await other.locator('.rename').fill('renamed in another tab');
    await other.keyboard.press('Enter');
    await page.locator('.object-name', { hasText: 'renamed in another tab' }).waitFor();
    await other.close();
    await changed(page, () => page.keyboard.press('Control+z'));
  },

  async accessible({ page, browser, findings }) {
    await page.evaluate(readFileSync(kAxe, 'utf8')); // as the debugger: the page itself lets no foreign script in
    for (const state of ['page', 'keys', 'light', 'export']) {
      if (state === 'keys') await page.keyboard.press('?');
      if (state === 'light') {
        await page.keyboard.press('Escape');
        await page.locator('button[aria-label="Light theme"]').click();
      }
      if (state === 'export') await page.keyboard.press('Control+e');
      await sleep(400);
      await browser.shot(page, `axe-${state}`);
      const { violations } = await page.evaluate(() => window.axe.run());
      for (const { id, impact, help, nodes } of violations) {
        findings.push(`${state}: ${impact} ${id}: ${help} (${nodes.slice(0, 3).map(({ target }) => target.join(' ')).join(', ')})`);
      }
    }
    await page.keyboard.press('Escape');
    await page.locator('button[aria-label="Dark theme"]').click();
    const serious = findings.filter((finding) => /: (serious|critical) /.test(finding));
    assert(serious.length === 0, `axe finds: ${serious.join('; ')}`);
  },

  // After all that takes some; the next step starts another program.
  async memory(context) {
    const { machine } = await stateOf(context.page);
    context.memory = { now: machine.memory_now, most: machine.memory };
  },

  async reconnect({ page, browser, server }) {
    browser.expectsErrors = true;
    const names = (state) => JSON.stringify(state.objects.map(({ name, prompts, dropped }) => [name, prompts.length, dropped]));
    await selectFirst(page);
    await page.locator('.card.used button[aria-label^="Drop"]').first().click();
    const before = names(await stateWhere(page, (state) => state.objects[0].dropped.length === 1, 'the dropped view'));
    await server.kill();
    await page.locator('.banner').waitFor();
    await browser.shot(page, 'disconnected');
    await server.start();
    // A server with a token of its own lets this browser in when its address was opened once.
    await page.locator('.connection.live, .connection.refused').first().waitFor({ timeout: 60000 });
    if ((await page.locator('.connection.refused').count()) > 0) {
      const other = await browser.open(server.url, { context: page.context() });
      await other.close();
    }
    await page.locator('.connection.live').waitFor({ timeout: 60000 });
    browser.expectsErrors = false;
    if (server.forgets) return;
    assert(names(await stateOf(page)) === before, 'The restarted server has other objects, or has the dropped view back');
    await page.keyboard.press('Control+z');
    await stateWhere(page, (state) => state.objects[0].dropped.length === 0, 'the view again, by the history from before');
  },

  async sizes({ browser, server }) {
    const sizes = { '4k': { viewport: { width: 3840, height: 2160 } },
      tablet: { viewport: { width: 820, height: 1180 }, hasTouch: true, isMobile: true },
      'tablet-wide': { viewport: { width: 1180, height: 820 }, hasTouch: true, isMobile: true } };
    for (const [name, options] of Object.entries(sizes)) {
      const page = await browser.open(server.url, options);
      await page.locator('.photo img:not(.hidden)').waitFor();
      await browser.shot(page, name, 1500);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert(overflow <= 0, `${name}: the page is ${overflow} px too wide`);
      await page.context().close();
    }
  },
};

// Waits for a picture in which things can be recognized, as the pixels on the canvas show it: from where the first photo
// was taken the field appears.
async function watchTraining({ page, times, view, begin }) {
  const cameras = [];
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (pathname.endsWith('/api/frame')) cameras.push(JSON.parse(searchParams.get('camera')));
  });
  times.training_pictures = []; // seconds and PSNR of each that was shown
  await until(async () => {
    await sleep(150);
    const psnr = cameras.length > 0 ? await page.evaluate(shownPsnr, { view, camera: cameras.at(-1), size: 96 }) : null;
    if (psnr !== null && psnr !== times.training_pictures.at(-1)?.[1]) {
      times.training_pictures.push([(Date.now() - begin) / 1000, psnr]);
    }
    return psnr >= kRecognizable;
  }, `a picture of ${kRecognizable} dB on the screen`, 300000);
  [times.training_to_picture] = times.training_pictures[0];
  [times.training_to_recognizable] = times.training_pictures.at(-1);
  const off = Math.max(...cameras.at(-1).pose.map((value, i) => Math.abs(value - view.camera.pose[i])));
  assert(off < 1e-3, 'The field is not shown from where the photo was taken');
}

// On a scene without a field: train, watch, click meanwhile, pause, click, resume.
export async function fromNothing({ page, browser, times, budgets }) {
  await page.locator('.photo img:not(.hidden)').waitFor();
  const view = (await viewsOf(page)).find((one) => one.split === 'train'); // whose photo this is
  await browser.shot(page, 'photos');
  await page.locator('input[name=preset][value=fast]').check();
  await page.locator('button', { hasText: 'Start training' }).click();
  const begin = Date.now();
  await watchTraining({ page, times, view, begin });
  await browser.shot(page, 'training', 1500);
  // As soon as there is depth.
  const ready = await stateWhere(page, (state) => state.waiting === '', 'prompts to be possible', 240000);
  times.steps_per_second_watched = ready.training.step / ready.training.seconds;
  await openView(page, view.idx);
  const size = { view: view.idx, width: view.width, height: view.height };
  const thing = await until(() => page.evaluate(findThing, { ...size, taken: [] }), 'a thing to click', 240000);
  await page.mouse.click(...(await onScreen(page, thing.xy)));
  const answered = await stateWhere(page, (state) => state.answer.kind !== 'none', 'an answer during the training');
  assert(answered.phase === 'training', 'The click was answered after the training only');
  await browser.shot(page, 'training-clicked');
  await page.keyboard.press(' ');
  await until(async () => (await stateOf(page)).phase === 'paused', 'the pause', 60000);
  const paused = await stateOf(page);
  const [x, y] = await onScreen(page, thing.xy);
  await page.mouse.click(x + 30, y + 30, { button: 'right' }); // away from the mark of the first click
  await stateWhere(page, (state) => promptsOf(state).length > promptsOf(paused).length &&
    state.answer.revision > paused.answer.revision, 'an answer while the training pauses');
  await page.keyboard.press(' ');
  await until(async () => (await stateOf(page)).phase !== 'paused', 'the training again', 60000);
  const { training } = await stateWhere(page, (state) => state.training && state.training.psnr !== null, 'a PSNR', 60000);
  times.psnr_after_start = training.psnr;
  budgets.hold('A recognizable picture', times.training_to_recognizable, 20);
}
