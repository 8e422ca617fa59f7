// The state of docs/viewer.md without the program: edits, history, answers that arrive one after another.
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { kThings, lookAt, rayOf, trace } from './scene.mjs';

const kColors = ['#e8590c', '#4dabf7', '#69db7c', '#f783ac', '#ffd43b', '#9775fa'];
const kGoing = ['train', 'encode', 'object field']; // work with an end that the page can foresee
const kNames = ['table', 'ball', 'lemon', 'box', 'pea'];

export class NotNow extends Error {}
export class NotFound extends Error {}
export class BadRequest extends Error {}

export function makeViews() {
  const views = [];
  for (let i = 0; i < 30; ++i) {
    const test = i % 5 === 4;
    const angle = (i * 2 * Math.PI) / 30;
    const high = 1.6 + 0.8 * Math.sin(3 * angle);
    const camera = lookAt([4.2 * Math.sin(angle), -4.2 * Math.cos(angle), high], [0, 0, 0.3], 480, 360, 0.72);
    const name = `${test ? 'test' : 'train'}/${String(i).padStart(3, '0')}.png`;
    views.push({ idx: i, name, split: test ? 'test' : 'train', width: 480, height: 360, truth: test, camera });
  }
  return views;
}

export class World extends EventEmitter {
  constructor({ phase = 'trained', encode = false, speed = 1 } = {}) {
    super();
    this.views = makeViews();
    this.server = randomBytes(8).toString('hex');
    this.revision = 1;
    this.phase = phase;
    this.speed = speed;
    this.objects = [];
    this.nextId = 10; // below: work of kGoing
    this.undone = [];
    this.done = [];
    this.works = new Map();
    this.results = [];
    this.answer = { revision: 0, kind: 'none', views: 0, steps: 0, agreement: [], seconds: 0 };
    this.training = phase === 'photos' ? null : this.trainingAt(phase === 'trained' ? 3500 : 700);
    this.encoding = null;
    this.timers = new Set();
    if (encode) this.encode();
    if (phase === 'training') this.train();
  }

  close() {
    for (const timer of this.timers) clearTimeout(timer);
  }

  later(ms, call) {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      call();
    }, ms / this.speed);
    this.timers.add(timer);
    return timer;
  }

  trainingAt(step) {
    const psnr = (at) => 31 - 16 * Math.exp(-at / 500) + 0.3 * Math.sin(at / 37);
    const curve = [];
    for (let at = 50; at <= step; at += 50) curve.push([at, psnr(at)]);
    return { step, iters: 3500, preset: 'default', psnr: step > 0 ? psnr(step) : null,
      held_out_psnr: step >= 3500 ? 29.6 : null, seconds: step * 0.05, curve };
  }

  train() {
    if (this.phase !== 'training') return;
    this.training = this.trainingAt(Math.min(3500, this.training.step + 50));
    this.emit('event', 'metric', { task: 1, step: this.training.step, values: { loss: 0.3 / this.training.step, psnr: this.training.psnr } });
    this.shown('train', this.training.step, 3500, 'steps', 0.05);
    if (this.training.step >= 3500) this.phase = 'trained';
    else this.later(250, () => this.train());
    this.changed();
  }

  // Work that goes on, until it is done; of a training that pauses nothing goes on.
  shown(title, done, total, unit, seconds) {
    const ends = done >= total || done < 0;
    if (ends) this.works.delete(title);
    else this.works.set(title, { id: 1 + kGoing.indexOf(title), title, done, total, unit, seconds: done * seconds, eta: (total - done) * seconds, text: '' });
  }

  encode() {
    this.encoding ??= { done: 0, total: 24, model: 'sam2-hiera-tiny', seconds_per_view: 0.6 };
    this.encoder = this.later(600, () => {
      ++this.encoding.done;
      this.shown('encode', this.encoding.done, this.encoding.total, 'views', 0.6);
      const isLast = this.encoding.done === this.encoding.total;
      if (isLast) this.encoding = null;
      this.changed();
      if (!isLast) this.encode();
    });
  }

  // With what was canceled.
  again() {
    if (this.encoding?.stopped) {
      delete this.encoding.stopped;
      this.encode();
    }
    if (this.objects.some(({ status }) => status === 'stale' || status === 'unfinished')) this.answerAnew();
    this.changed();
    return { revision: this.revision };
  }

  isEncoded(view) {
    return !this.encoding || view < this.encoding.done * 1.25;
  }

  state() {
    const run = 'runs/tabletop';
    const shown = this.objects.map(({ id, name, color, visible, solo, instance, label, status, prompts, dropped, kept }) => ({
      id, name, color, visible, solo, instance, label, status, prompts, dropped, kept, views_total: 24,
      views_used: status === 'empty' ? 0 : Math.min(this.answer.views, 21 - dropped.length),
      agreement: status === 'answered' ? 0.971 : null, iou: this.answer.kind === 'field' && label ? 0.981 : null }));
    return {
      protocol: 1, program: '0.1.0', server: this.server, revision: this.revision, title: 'tabletop', run,
      scene: 'data/tabletop', phase: this.phase, frame: { up: [0, 0, 1], focus: [0, 0, 0.3], radius: 4.2 },
      num_views: 30, num_test_views: 6, training: this.training, encoding: this.encoding,
      waiting: this.phase === 'photos' ? 'start the training: clicks are answered from step 400 on'
        : this.phase === 'training' && this.training.step < 400 ? 'clicks are answered from step 400 on' : '',
      objects: shown, answer: this.answer,
      history: { undo: this.done.at(-1)?.name ?? null, redo: this.undone.at(-1)?.name ?? null },
      work: [...this.works.values()],
      exports: [
        { format: 'masks', title: 'Masks', help: 'A black and white picture per view', per_object: true, options: [] },
        { format: 'cutout', title: 'Cut-outs', help: 'The object alone, on a transparent ground', per_object: true, options: [
          { name: 'longest_side', type: 'int', min: 16, max: 16384, default: 800, help: 'of each picture' },
          { name: 'views', type: 'choice', choices: ['test', 'train', 'all', 'orbit'], default: 'train', help: 'which views' },
          { name: 'crop', type: 'bool', default: true, help: 'to the object' }] },
        { format: 'prompts', title: 'Prompts file', help: 'What segment --prompts reads', per_object: true, options: [] },
      ],
      results: this.results.map(({ id, format, name, bytes, state, work, error }) => ({ id, format, name, bytes, state, work, error })),
      commands: { view: `sanerf view ${run}`, ...this.trainCommands(`sanerf train data/tabletop --out ${run}`),
        encode: `sanerf encode ${run}`, segment: `sanerf segment ${run} --name ball --click train/000:180,170`,
        everything: `sanerf segment ${run} --auto`,
        render: `sanerf render ${run} --object ball --layers mask,overlay,cutout` },
      machine: { device: 'CPU, 2 threads, avx512', memory: 812000000, memory_now: 640000000 },
    };
  }

  trainCommands(train) {
    return this.phase !== 'photos' ? { train }
      : { train, 'train:fast': `${train} --preset fast`, 'train:default': train, 'train:paper': `${train} --preset paper` };
  }

  changed() {
    ++this.revision;
    this.emit('event', 'state', this.state());
  }

  object(id) {
    const object = this.objects.find((one) => one.id === id);
    if (!object) throw new NotFound(`There is no object ${id}`);
    return object;
  }

  promptOwner(id) {
    const object = this.objects.find((one) => one.prompts.some((prompt) => prompt.id === id));
    if (!object) throw new NotFound(`There is no prompt ${id}`);
    return object;
  }

  view(idx) {
    if (!this.views[idx]) throw new NotFound(`There is no view ${idx}`);
    return this.views[idx];
  }

  snapshot() {
    return JSON.stringify(this.objects.map(({ id, name, color, prompts, dropped, kept, instance }) => (
      { id, name, color, prompts, dropped, kept, instance })));
  }

  restore(text) {
    this.objects = JSON.parse(text).map((kept) => {
      const now = this.objects.find((one) => one.id === kept.id);
      return { visible: true, solo: false, label: null, status: 'stale', ...now, ...kept };
    });
  }

  edit(change) {
    if (change.op === 'undo' || change.op === 'redo') return this.travel(change.op);
    if (change.op === 'show') {
      Object.assign(this.object(change.object), { visible: change.visible, solo: change.solo });
      this.changed();
      return { revision: this.revision, object: change.object, prompt: 0 };
    }
    const before = this.snapshot();
    const result = this.apply(change);
    this.done.push({ name: change.op.replace(/_/g, ' '), text: before });
    this.undone = [];
    this.answerAnew();
    return { revision: this.revision, object: 0, prompt: 0, ...result };
  }

  travel(op) {
    const [from, to] = op === 'undo' ? [this.done, this.undone] : [this.undone, this.done];
    const step = from.pop();
    if (!step) throw new NotNow(`There is nothing to ${op}`);
    to.push({ name: step.name, text: this.snapshot() });
    this.restore(step.text);
    this.answerAnew();
    return { revision: this.revision, object: 0, prompt: 0 };
  }

  addObject(name, instance) {
    const id = this.nextId++;
    const used = new Set(this.objects.map((object) => object.color));
    const object = { id, name: name ?? kNames[instance] ?? `object ${id}`, color: kColors.find((color) => !used.has(color)) ?? kColors[0],
      visible: true, solo: false, instance: -1, label: null, status: 'empty', prompts: [], dropped: [], kept: [], thing: 0 };
    this.objects.push(object);
    return object;
  }

  apply(change) {
    switch (change.op) {
      case 'add_object': return { object: this.addObject(change.name, -1).id };
      case 'rename_object': this.object(change.object).name = change.name; return { object: change.object };
      case 'remove_object': this.objects = this.objects.filter((one) => one !== this.object(change.object)); return {};
      case 'add_click': return this.addClick(change);
      case 'add_box': return this.addBox(change);
      case 'move_prompt': {
        const prompt = this.promptOwner(change.prompt).prompts.find((one) => one.id === change.prompt);
        if (change.camera) prompt.p = this.pointAt(change.camera, change.xy) ?? prompt.p;
        else if (change.xy) Object.assign(prompt, { xy: change.xy, p: this.pointAt(this.view(prompt.view).camera, change.xy) });
        if (change.xyxy) prompt.xyxy = change.xyxy;
        if (change.candidate !== undefined) prompt.candidate = change.candidate;
        return { prompt: prompt.id };
      }
      case 'remove_prompt': {
        const object = this.promptOwner(change.prompt);
        object.prompts = object.prompts.filter((prompt) => prompt.id !== change.prompt);
        return { object: object.id };
      }
      case 'use_view': {
        const object = this.object(change.object);
        object.dropped = object.dropped.filter((view) => view !== change.view);
        object.kept = object.kept.filter((view) => view !== change.view);
        if (change.use === 'never') object.dropped.push(change.view);
        if (change.use === 'always') object.kept.push(change.view);
        return { object: object.id };
      }
      default: throw new BadRequest(`Unknown edit ${change.op}`);
    }
  }

  pointAt(camera, xy) {
    return trace(...rayOf(camera, xy[0] + 0.5, xy[1] + 0.5))?.p ?? null;
  }

  addClick({ object: id, view, camera, xy, label, candidate }) {
    const hit = trace(...rayOf(camera ?? this.view(view).camera, xy[0] + 0.5, xy[1] + 0.5));
    const object = id ? this.object(id) : this.addObject(undefined, hit?.id ?? 0);
    if (label === 1 && hit?.id && !object.thing) object.thing = hit.id;
    const prompt = camera ? { id: this.nextId++, kind: 'point', p: hit?.p ?? [0, 0, 0], label }
      : { id: this.nextId++, kind: 'click', view, xy, label, p: hit?.p ?? null, ...(candidate === undefined ? {} : { candidate }) };
    object.prompts.push(prompt);
    return { object: object.id, prompt: prompt.id };
  }

  addBox({ object: id, view, xyxy }) {
    const center = [(xyxy[0] + xyxy[2]) / 2, (xyxy[1] + xyxy[3]) / 2];
    const hit = trace(...rayOf(this.view(view).camera, ...center));
    const object = id ? this.object(id) : this.addObject(undefined, hit?.id ?? 0);
    if (hit?.id && !object.thing) object.thing = hit.id;
    const prompt = { id: this.nextId++, kind: 'box', view, xyxy };
    object.prompts.push(prompt);
    return { object: object.id, prompt: prompt.id };
  }

  // The first answer soon, then the vote, then the field; a new edit begins anew.
  answerAnew() {
    for (const timer of this.answering ?? []) clearTimeout(timer);
    this.objects.forEach((object, i) => {
      object.status = object.prompts.length > 0 ? 'working' : 'empty';
      object.nextLabel = i + 1;
      if (object.prompts.length === 0) object.thing = 0;
    });
    const agreement = [[0.4, 0.93]];
    const step = (kind, views, steps, seconds) => () => {
      if (kind !== 'first') agreement.push([seconds, kind === 'vote' ? 0.962 : 0.971]);
      for (const object of this.objects) {
        if (object.prompts.length === 0) continue;
        object.label = object.nextLabel;
        object.status = kind === 'field' ? 'answered' : 'working';
      }
      const some = this.objects.some((object) => object.prompts.length > 0);
      this.shown('object field', steps, 300, 'steps', 0.01);
      this.answer = { revision: this.answer.revision + 1, kind: some ? kind : 'none', views, steps, agreement: [...agreement], seconds };
      this.emit('event', 'answer', this.answer);
      this.changed();
    };
    this.shown('object field', 0, 300, 'steps', 0.01);
    this.answering = [this.later(350, step('first', 8, 0, 0.4)), this.later(1100, step('vote', 21, 0, 1.2)),
      this.later(2200, step('field', 21, 300, 2.4))];
    this.changed();
  }

  strip(id) {
    const object = this.object(id);
    const views = this.views.filter((view) => view.split === 'train').map((view) => {
      const choice = object.dropped.includes(view.idx) ? 'never' : object.kept.includes(view.idx) ? 'always' : 'auto';
      const points = object.prompts.filter((prompt) => prompt.p).map((prompt) => this.projected(view.camera, prompt));
      const blocked = points.length > 0 && points.every((point) => point.state !== 'visible');
      const used = choice === 'always' || (choice === 'auto' && !blocked && this.answer.kind !== 'none');
      return { idx: view.idx, used, outcome: used ? 'used' : blocked ? 'hidden' : 'dropped', reason: blocked ? 'no positive point is visible (1 hidden)' : '',
        score: used ? 1.02 - 0.014 * ((view.idx * 7) % 11) : null, agreement: used ? 0.99 - 0.013 * ((view.idx * 5) % 9) : null,
        candidate: used ? view.idx % 3 : -1, choice, points };
    });
    return { answer: this.answer.revision, views };
  }

  projected(camera, prompt) {
    const [at, m] = [prompt.p, camera.pose];
    const d = [at[0] - m[3], at[1] - m[7], at[2] - m[11]];
    const axis = (k) => d[0] * m[k] + d[1] * m[4 + k] + d[2] * m[8 + k];
    const depth = -axis(2);
    if (depth <= 0) return { xy: [0, 0], label: prompt.label, state: 'behind' };
    const px = [camera.cx + (camera.fx * axis(0)) / depth, camera.cy - (camera.fy * axis(1)) / depth];
    const inside = px[0] >= 0 && px[1] >= 0 && px[0] < camera.w && px[1] < camera.h;
    const hit = inside ? trace(...rayOf(camera, ...px)) : null;
    const state = !inside ? 'outside' : hit && hit.t < depth * 0.98 ? 'hidden' : 'visible';
    return { xy: [px[0] - 0.5, px[1] - 0.5], label: prompt.label, state };
  }

  find(request) {
    const command = `sanerf segment runs/tabletop ${request.everything ? '--auto' : `--text '${request.text}'`}`;
    if (request.start === false) return { revision: this.revision, command };
    const names = request.everything ? kNames.slice(1) : String(request.text).split('.').map((word) => word.trim()).filter(Boolean);
    const work = { id: this.nextId++, title: request.everything ? 'find everything' : 'find words', done: 0, total: names.length, unit: 'objects', seconds: 0, eta: null, text: names.join(', ') };
    this.works.set(work.id, work);
    this.changed();
    this.later(900, () => {
      this.works.delete(work.id);
      const before = this.snapshot();
      for (const name of names) {
        const thing = kThings[kNames.indexOf(name) - 1];
        if (!thing) {
          this.emit('event', 'message', { kind: 'warning', text: `Nothing found for “${name}”`, why: 'The detector saw no such thing in any view', hint: 'Try another word, or click it' });
          continue;
        }
        const object = this.addObject(name, thing.id);
        object.thing = thing.id;
        const p = thing.center ?? [0.7, 0.7, 0.9];
        object.prompts.push({ id: this.nextId++, kind: 'point', p, label: 1 });
      }
      this.done.push({ name: 'find', text: before });
      this.answerAnew();
    });
    return { revision: this.revision, command };
  }

  cancel({ work }) {
    const found = [...this.works].find(([, { id }]) => id === work);
    if (!found) throw new NotFound(`There is no work ${work}`);
    this.works.delete(found[0]);
    if (found[0] === 'train') this.phase = 'paused';
    if (found[0] === 'encode') {
      clearTimeout(this.encoder);
      this.encoding.stopped = true;
    }
    if (found[0] === 'object field') {
      for (const timer of this.answering) clearTimeout(timer);
      for (const object of this.objects) if (object.status === 'working') object.status = this.answer.kind === 'vote' ? 'unfinished' : 'stale';
    }
    this.changed();
    return { revision: this.revision };
  }

  trainAction({ action }) {
    if (action === 'start') {
      if (this.phase !== 'photos') throw new NotNow('Training has begun already');
      this.training = this.trainingAt(0);
      this.encode();
    } else if (action === 'pause') {
      if (this.phase !== 'training') throw new NotNow('Nothing is being trained');
      this.phase = 'paused';
      this.shown('train', -1);
      this.changed();
      return { revision: this.revision };
    } else if (this.phase !== 'paused') {
      throw new NotNow('Training is not paused');
    }
    this.phase = 'training';
    this.train();
    return { revision: this.revision };
  }

  export({ format, objects = [], options = {}, start = true }) {
    const names = objects.map((one) => this.object(one).name).join('-') || 'tabletop';
    const command = ['sanerf render runs/tabletop', `--layers ${format}`,
      ...Object.entries(options).map(([name, value]) => `--${name} ${value}`)].join(' ');
    if (!start) return { command };
    const id = this.nextId++;
    const work = { id: this.nextId++, title: 'render', done: 3, total: 24, unit: 'views', seconds: 0.3, eta: 2.1, text: '' };
    this.works.set(work.id, work);
    const result = { id, format, name: `${names}-${format}`, bytes: 0, state: 'running', work: work.id, error: '' };
    this.results.push(result);
    this.changed();
    this.later(1200, () => {
      this.works.delete(work.id);
      Object.assign(result, { name: `${names}-${format}.zip`, state: 'ready', work: null });
      result.data = Buffer.from('PK\u0005\u0006' + '\0'.repeat(18), 'latin1'); // an empty archive
      result.bytes = result.data.length;
      this.changed();
    });
    return { id, command };
  }
}
