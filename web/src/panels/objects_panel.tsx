// The named objects, each with its color, its eye, its state, and of the selected one the prompts.
import { useEffect, useRef, useState } from 'preact/hooks';
import { newObject, openPhoto, save, selectObject, show } from '../actions';
import { app } from '../app';
import { forwardOf, positionOf } from '../camera';
import { inkOn } from '../colors';
import { edit } from '../edits';
import { Icon } from '../icons';
import type { Answer, Prompt, SceneObject, View } from '../protocol';
import { dot, sub } from '../vec';
import { CommandButton, Curve, duration, GoOnButton, joined, percent, ToolButton, useLive } from '../widgets';

const kStatus: Record<SceneObject['status'], { text: string; help: string }> = {
  empty: { text: 'no prompts', help: 'Click the thing in the picture' },
  working: { text: 'working', help: 'Masks are being made' },
  answered: { text: 'ready', help: 'The masks fit the prompts' },
  unfinished: { text: 'unfinished', help: 'The masks are there, the object field is not: fitting it was stopped' },
  stale: { text: 'stale', help: 'The masks are older than the prompts: making them was stopped' },
};

export function statusOf(object: SceneObject): { text: string; help: string } {
  return object.problem === undefined ? kStatus[object.status] : { text: 'no answer', help: object.problem };
}

const shortName = (view: View | undefined): string => view?.name.replace(/\.[a-z]+$/i, '') ?? '?';

export function describePrompt(prompt: Prompt, views: View[]): { what: string; where: string } {
  if (prompt.kind === 'box') {
    const [x0, y0, x1, y1] = prompt.xyxy.map(Math.round) as [number, number, number, number];
    return { what: 'Box', where: `${shortName(views[prompt.view])} · ${x1 - x0} × ${y1 - y0} px` };
  }
  const what = prompt.label === 1 ? 'Include' : 'Exclude';
  if (prompt.kind === 'point') return { what, where: `in space · ${prompt.p.map((x) => x.toFixed(2)).join(', ')}` };
  const view = views[prompt.view];
  const place = `${shortName(view)} · ${prompt.xy.map(Math.round).join(', ')}`;
  if (!prompt.p || !view) return { what, where: place };
  const depth = dot(sub(prompt.p, positionOf(view.camera)), forwardOf(view.camera));
  return { what, where: `${place} · depth\u00a0${depth.toFixed(2)}` };
}

function PromptRow({ prompt, views }: { prompt: Prompt; views: View[] }) {
  const selected = app.use((value) => value.prompt === prompt.id);
  const live = useLive();
  const { what, where } = describePrompt(prompt, views);
  const open = (): void => {
    app.set({ prompt: prompt.id });
    if (prompt.kind !== 'point') openPhoto(prompt.view);
  };
  return (
    <li class={selected ? 'prompt selected' : 'prompt'}>
      <button type="button" class="prompt-name" aria-current={selected} onClick={open}
        title={prompt.kind === 'point' ? 'Select it; in the picture it can be moved by dragging' : 'Show it in its photo, where it can be moved by dragging'}>
        <span class={`dot ${what.toLowerCase()}`} aria-hidden="true" />
        <span>{what}</span>
        <span class="muted where">{where}</span>
      </button>
      <ToolButton icon="close" label={`Remove: ${what} ${where}`} keys="Delete" class="quiet small" disabled={!live}
        onClick={() => void edit({ op: 'remove_prompt', prompt: prompt.id })} />
    </li>
  );
}

function Name({ object }: { object: SceneObject }) {
  const [text, setText] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const canceled = useRef(false);
  const live = useLive();
  const selected = app.use((value) => value.selected === object.id);
  useEffect(() => {
    if (text !== null && document.activeElement !== field.current) field.current?.select();
  }, [text]);
  if (text === null) {
    return (
      <>
        <button type="button" class="object-name" aria-pressed={selected}
          onClick={() => selectObject(selected ? 0 : object.id)}
          onDblClick={() => live && setText(object.name)} title="Select; double-click renames">
          {object.name}
        </button>
        <ToolButton icon="pencil" label={`Rename ${object.name}`} class="quiet small on-hover" disabled={!live}
          onClick={() => setText(object.name)} />
      </>
    );
  }
  const finish = (): void => {
    const name = text.trim();
    if (!canceled.current && name !== '' && name !== object.name) void edit({ op: 'rename_object', object: object.id, name });
    canceled.current = false;
    setText(null);
  };
  return (
    <input ref={field} class="rename" value={text} aria-label={`Name of ${object.name}`} maxLength={80}
      onInput={(event) => setText(event.currentTarget.value)} onBlur={finish}
      onKeyDown={(event) => {
        event.stopPropagation();
        canceled.current = event.key === 'Escape';
        if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur();
      }} />
  );
}

const objectFacts = (object: SceneObject): string => joined(`${object.views_used} of ${object.views_total} views`,
  object.agreement === null ? '' : `agreement\u00a0${percent(object.agreement)}`,
  object.dropped.length > 0 ? `${object.dropped.length} dropped` : '',
  object.iou === null ? '' : `IoU\u00a0${object.iou.toFixed(3)}`);

function ObjectRow({ object, views }: { object: SceneObject; views: View[] }) {
  const selected = app.use((value) => value.selected === object.id);
  const live = useLive();
  const status = statusOf(object);
  return (
    <li class={selected ? 'object selected' : 'object'} style={{ borderLeftColor: object.color }}>
      <div class="row">
        <span class="swatch" style={{ background: object.color, color: inkOn(object.color) }} aria-hidden="true">
          {object.prompts.length > 0 ? object.prompts.length : ''}
        </span>
        <Name key={object.id} object={object} />
        <ToolButton icon={object.visible ? 'eye' : 'eyeOff'} class="quiet small" pressed={object.visible} disabled={!live}
          label={object.visible ? `Hide ${object.name}` : `Show ${object.name}`} keys="H"
          onClick={() => void show(object, { visible: !object.visible })} />
        <ToolButton icon="solo" class="quiet small" pressed={object.solo} disabled={!live}
          label={object.solo ? 'Show the other objects again' : `Show ${object.name} alone`}
          onClick={() => void show(object, { solo: !object.solo })} />
        <ToolButton icon="trash" class="quiet small" label={`Remove ${object.name}`} disabled={!live}
          onClick={() => void edit({ op: 'remove_object', object: object.id })} />
      </div>
      <p class="muted facts">
        <span class={`badge ${object.problem === undefined ? object.status : 'stale'}`} title={status.help}>{status.text}</span>
        {object.status !== 'empty' && ` ${objectFacts(object)}`}
      </p>
      {object.problem !== undefined && <p class="wrong">{object.problem}</p>}
      {(object.status === 'stale' || object.status === 'unfinished') && (
        <p class="facts"><GoOnButton with={object.name} text={object.problem === undefined ? 'Go on' : 'Try again'} /></p>
      )}
      {selected && object.prompts.length > 0 && (
        <ul class="prompts" aria-label={`Prompts of ${object.name}`}>
          {object.prompts.map((prompt) => <PromptRow key={prompt.id} prompt={prompt} views={views} />)}
        </ul>
      )}
    </li>
  );
}

export function answerText(answer: Answer): string {
  switch (answer.kind) {
    case 'none': return '';
    case 'first': return `First answer from ${answer.views} views`;
    case 'vote': return `Label vote of ${answer.views} views`;
    case 'field': // the run's own comes without a count of steps
      return `Object field, ${answer.steps > 0 ? `${answer.steps} steps, ` : ''}${answer.views} views`;
  }
}

function AnswerLine() {
  const answer = app.use((value) => value.state?.answer);
  if (!answer || answer.kind === 'none') return null;
  const last = answer.agreement[answer.agreement.length - 1];
  return (
    <div class="answer">
      <p>
        <strong>{answerText(answer)}</strong>
        {answer.seconds >= 0.05 && <span class="muted"> after {duration(answer.seconds)}</span>}
      </p>
      {answer.agreement.length > 1 && last && (
        <>
          <Curve curve={answer.agreement} minRange={0.02} label={`Agreement between the views: ${percent(last[1])}`} />
          <p class="muted">The views agree by {percent(last[1])}.</p>
        </>
      )}
    </div>
  );
}

export function ObjectsPanel() {
  const objects = app.use((value) => value.state?.objects);
  const views = app.use((value) => value.views);
  const waiting = app.use((value) => value.state?.waiting ?? '');
  const command = app.use((value) => value.state?.commands.segment);
  const live = useLive();
  return (
    <section class="panel" aria-labelledby="objects-title">
      <div class="row heading">
        <h2 id="objects-title">Objects</h2>
        <ToolButton icon="plus" label="New object" keys="N" class="quiet small" disabled={!live}
          onClick={() => void newObject()} />
        <ToolButton icon="save" label="Save the objects in the run now" class="quiet small"
          disabled={!live || (objects?.length ?? 0) === 0} onClick={() => void save()} />
        <CommandButton command={command} what="segment" />
      </div>
      {waiting !== '' && <p class="waiting"><Icon name="pause" /> {waiting}</p>}
      {waiting === '' && objects?.length === 0 && (
        <div class="empty">
          <p><strong>Click a thing in the picture.</strong></p>
          <p class="muted">Its mask appears in every view. A right click excludes what does not belong to it; Words finds
            things by name.</p>
        </div>
      )}
      <ul class="objects">
        {objects?.map((object) => <ObjectRow key={object.id} object={object} views={views} />)}
      </ul>
      <AnswerLine />
    </section>
  );
}
