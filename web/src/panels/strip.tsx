// The strip: every view with its mask, the prompts where they fall in it, and whether it is used or why not. This is
// where 2D becomes 3D.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { addClick, openPhoto } from '../actions';
import { app, selectedObject, type StripOrder } from '../app';
import { centerOf } from '../camera';
import { edit } from '../edits';
import { bitmapAt, maskAddress, photoAddress } from '../pictures';
import type { StripView, View, ViewChoice, Xy } from '../protocol';
import { photoPixel } from '../stage/prompting';
import { tinted } from '../stage/tint';
import { ordered, shortVerdict, undecided, verdict } from '../strip_order';
import { clamp } from '../vec';
import { joined, percent, ToolButton, useLive } from '../widgets';

const kThumbnail = 128; // pixels
const kLargeWidth = 27; // of the enlarged view, in the page's rem

interface PictureProps {
  view: View;
  decision: StripView;
  size: number;
}

// A triangle at the border of a picture that points at what lies beyond it.
export function arrowTo(at: Xy, size: Xy, length: number): Xy[] {
  const tip = at.map((x, i) => clamp(x, 2, size[i]! - 2)) as Xy;
  const away: Xy = [at[0] - size[0] / 2, at[1] - size[1] / 2];
  const norm = Math.hypot(...away) || 1;
  const [dx, dy] = [(away[0] / norm) * length, (away[1] / norm) * length];
  return [tip, [tip[0] - dx - dy / 2, tip[1] - dy + dx / 2], [tip[0] - dx + dy / 2, tip[1] - dy - dx / 2]];
}

// Photo, mask and prompts on one canvas.
function Picture({ view, decision, size }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const color = app.use((value) => selectedObject(value)?.color ?? '#ffffff');
  const object = app.use((value) => value.selected);
  const answer = app.use((value) => value.state?.answer.revision ?? 0);
  const server = app.use((value) => value.state?.server ?? '');
  const masked = app.use((value) => selectedObject(value)?.label != null || selectedObject(value)?.status === 'answered');
  const s = size / Math.max(view.width, view.height);
  const [w, h] = [Math.round(view.width * s), Math.round(view.height * s)];
  const [near, setNear] = useState(false);
  const working = app.use((value) => selectedObject(value)?.status === 'working');
  const last = useRef<{ object: number; mask: ImageBitmap } | null>(null);
  const hasPhoto = useRef(false);

  // Until its photo is there it has the photo's size, in a calm tone.
  useLayoutEffect(() => {
    const context = canvas.current!.getContext('2d')!;
    context.fillStyle = getComputedStyle(canvas.current!).color;
    context.fillRect(0, 0, w, h);
    hasPhoto.current = false;
  }, [w, h]);

  // Pictures are fetched when they come into sight.
  useEffect(() => {
    const watcher = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) setNear(true);
    }, { rootMargin: '0px 300px' });
    watcher.observe(canvas.current!);
    return () => watcher.disconnect();
  }, []);

  useEffect(() => {
    if (!near) return undefined;
    const wanted = new AbortController();
    const draw = async (): Promise<void> => {
      const place = async (pixels: number): Promise<ImageBitmap | null> => {
        const picture = await bitmapAt(photoAddress(view.idx, pixels));
        if (picture && !hasPhoto.current) canvas.current?.getContext('2d')?.drawImage(picture, 0, 0, w, h);
        return picture;
      };
      if (size > kThumbnail) await place(kThumbnail); // until the larger one is there
      const photo = await place(size);
      const url = maskAddress(object, view.idx, size, { answer, server });
      const found = object !== 0 && masked ? await bitmapAt(url, wanted.signal) : null;
      const context = canvas.current?.getContext('2d');
      if (wanted.signal.aborted || !context || !photo) return;
      // An answer that does not have this view yet leaves the mask that is shown.
      const mask = found ?? (working && last.current?.object === object ? last.current.mask : null);
      last.current = mask ? { object, mask } : null;
      hasPhoto.current = true;
      context.clearRect(0, 0, w, h);
      context.drawImage(photo, 0, 0, w, h);
      if (mask) context.drawImage(tinted(mask, { color, fill: 0.5 }), 0, 0, w, h);
      for (const point of decision.points) {
        if (point.state === 'behind') continue;
        const [x, y] = centerOf(point.xy).map((value) => value * s) as [number, number];
        const radius = size > 200 ? 6 : 3.5;
        context.beginPath();
        if (point.state === 'outside') arrowTo([x, y], [w, h], 2.5 * radius).forEach((corner) => context.lineTo(...corner));
        else context.arc(x, y, radius, 0, 2 * Math.PI);
        context.closePath();
        context.fillStyle = point.state === 'hidden' ? 'rgba(0, 0, 0, 0.35)' : point.label === 1 ? color : '#14181f';
        context.fill();
        context.setLineDash(point.state === 'hidden' ? [2, 2] : []);
        context.lineWidth = 1.5;
        context.strokeStyle = '#ffffff';
        context.stroke();
      }
    };
    void draw();
    return () => wanted.abort();
  }, [near, view, decision, size, color, object, answer, server, masked, working]);
  return <canvas ref={canvas} width={w} height={h} aria-hidden="true" />;
}

export function pointsText(view: StripView): string {
  const count = (state: string): number => view.points.filter((point) => point.state === state).length;
  const parts = ['visible', 'hidden', 'outside', 'behind'].flatMap((state) =>
    count(state) > 0 ? [`${count(state)} ${state}`] : []);
  return parts.length > 0 ? `prompts: ${parts.join(', ')}` : '';
}

async function choose(view: number, decision: StripView, use: ViewChoice): Promise<void> {
  const object = app.get().selected;
  await edit({ op: 'use_view', object, view, use: decision.choice === use ? 'auto' : use });
}

const kLongPress = 450; // milliseconds

// A finger that stays enlarges, as a cursor that rests does; the tap that would follow is none.
function useLongPress(act: () => void) {
  const timer = useRef(0);
  const happened = useRef(false);
  const end = (): void => window.clearTimeout(timer.current);
  return {
    start: (event: PointerEvent): void => {
      end();
      happened.current = false;
      if (event.pointerType !== 'touch') return;
      timer.current = window.setTimeout(() => {
        happened.current = true;
        act();
      }, kLongPress);
    },
    end,
    happened: () => happened.current,
  };
}

interface CardProps {
  view: View;
  decision: StripView;
  decided: boolean;
  isStop: boolean; // of the Tab key
  onFocus: () => void;
  onEnlarge: (card: HTMLElement | null) => void;
}

function Card({ view, decision, decided, isStop, onFocus, onEnlarge }: CardProps) {
  const card = useRef<HTMLLIElement>(null);
  const press = useLongPress(() => onEnlarge(card.current));
  const tabIndex = isStop ? 0 : -1;
  const open = app.use((value) => value.photo === view.idx);
  const live = useLive();
  const says = decided ? verdict(decision) : view.split === 'test' ? 'held-out' : '';
  const inShort = decided ? shortVerdict(decision) : says;
  const state = !decided ? '' : decision.used ? 'used' : 'unused';
  const scored = decided && decision.score !== null ? percent(decision.score) : '';
  const agrees = decided && decision.agreement !== null ? percent(decision.agreement) : '';
  return (
    <li ref={card} class={`card ${state} ${decision.choice} ${open ? 'open' : ''}`} onFocusCapture={onFocus}
      onPointerEnter={(event) => event.pointerType !== 'touch' && onEnlarge(card.current)}
      onPointerLeave={(event) => event.pointerType !== 'touch' && onEnlarge(null)}>
      <div class="card-view">
        <button type="button" class="card-picture" tabIndex={tabIndex} aria-current={open}
          onClick={(event) => (event.detail === 0 || !press.happened()) && openPhoto(view.idx)} onPointerDown={press.start} onPointerUp={press.end}
          onPointerCancel={press.end} onContextMenu={(event) => event.preventDefault()}
          aria-label={[`Open ${view.name}`, says, scored === '' ? '' : `score ${scored}`,
            agrees === '' ? '' : `agreement ${agrees}`].filter((part) => part !== '').join(', ')}
          onFocus={(event) => event.currentTarget.matches(':focus-visible') && onEnlarge(card.current)}
          onBlur={() => onEnlarge(null)}>
          <Picture view={view} decision={decision} size={kThumbnail} />
        </button>
        {scored !== '' && <span class="figure score" aria-hidden="true">SAM {scored}</span>}
        {agrees !== '' && <span class="figure agreement" aria-hidden="true">{agrees}</span>}
      </div>
      <div class="card-foot">
        <span class="verdict" title={says}>{inShort === '' ? view.name.replace(/^.*\//, '') : inShort}</span>
        {decided && (
          <>
            <ToolButton icon="check" class="quiet tiny" tabIndex={tabIndex} pressed={decision.choice === 'always'} disabled={!live}
              label={`Always use ${view.name}`} onClick={() => void choose(view.idx, decision, 'always')} />
            <ToolButton icon="close" class="quiet tiny" tabIndex={tabIndex} pressed={decision.choice === 'never'} disabled={!live}
              label={`Drop ${view.name}`} onClick={() => void choose(view.idx, decision, 'never')} />
          </>
        )}
      </div>
    </li>
  );
}

// Where the enlarged view stands, in pixels of the window.
interface Place {
  left: number;
  bottom: number;
}

interface EnlargedProps {
  view: View;
  decision: StripView;
  at: Place;
  onHold: (held: boolean) => void;
}

// What the cursor rests on, larger; a click in it corrects this view.
function Enlarged({ view, decision, at, onHold }: EnlargedProps) {
  const live = useLive();
  const correct = (event: MouseEvent, excludes: boolean): void => {
    event.preventDefault();
    if (!live || view.split === 'test') return;
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const s = view.width / box.width;
    const label = (app.get().label === 1) === (excludes || event.altKey) ? 0 : 1;
    void addClick(view.idx, photoPixel(view, [(event.clientX - box.left) * s, (event.clientY - box.top) * s]), label);
  };
  const facts = joined(verdict(decision), decision.score === null ? '' : `SAM’s score ${percent(decision.score)}`,
    decision.agreement === null ? '' : `agreement ${percent(decision.agreement)}`,
    decision.candidate < 0 ? '' : `candidate ${decision.candidate + 1}`, pointsText(decision));
  return (
    <div class="enlarged" style={{ left: `${at.left}px`, bottom: `${at.bottom}px` }} onPointerEnter={() => onHold(true)}
      onPointerLeave={(event) => event.pointerType !== 'touch' && onHold(false)}>
      <button type="button" class="enlarged-picture" tabIndex={-1} title="A click corrects this view; a right click excludes"
        aria-label={`Correct ${view.name} by a click`} onClick={(event) => correct(event, false)}
        onContextMenu={(event) => correct(event, true)}>
        <Picture key={view.idx} view={view} decision={decision} size={384} />
      </button>
      <p><strong>{view.name}</strong></p>
      <p class="muted">{facts}</p>
    </div>
  );
}

// One card is the Tab key's, the arrows go to the others: a hundred views are not three hundred stops.
function moveAlong(cards: HTMLElement, key: string): boolean {
  const pictures = [...cards.querySelectorAll<HTMLElement>('.card-picture')];
  const here = pictures.findIndex((picture) => picture.closest('.card')!.contains(document.activeElement));
  const last = pictures.length - 1;
  const steps: Record<string, number> = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: last };
  const next = steps[key];
  if (here < 0 || next === undefined) return false;
  pictures[clamp(next, 0, last)]!.focus();
  return true;
}

export function StripPanel() {
  const views = app.use((value) => value.views);
  const strip = app.use((value) => value.strip);
  const object = app.use(selectedObject);
  const order = app.use((value) => value.stripOrder);
  const [large, setLarge] = useState<{ idx: number; at: Place } | null>(null);
  const [stop, setStop] = useState<number | null>(null); // the view whose card the Tab key goes to
  const section = useRef<HTMLElement>(null);
  const timer = useRef(0);
  // A finger closes what it has enlarged by a tap beside it.
  useEffect(() => {
    if (!large) return undefined;
    const close = (event: PointerEvent): void => {
      if (event.pointerType === 'touch' && !(event.target as Element).closest('.enlarged')) setLarge(null);
    };
    window.addEventListener('pointerdown', close, true);
    return () => window.removeEventListener('pointerdown', close, true);
  }, [large]);
  const decided = object !== undefined && strip?.object === object.id && strip.data.views.length > 0;
  const decisions = useMemo(() => (decided ? ordered(strip.data.views, order) : undecided(views)), [decided, strip, views,
    order]);
  const later = (next: { idx: number; at: Place } | null, wait: number): void => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setLarge(next), wait);
  };
  const enlarge = (idx: number, card: HTMLElement | null): void => {
    if (!card) {
      later(null, 250);
      return;
    }
    const box = card.getBoundingClientRect();
    const width = kLargeWidth * parseFloat(getComputedStyle(document.documentElement).fontSize);
    const left = Math.max(8, Math.min(window.innerWidth - width - 8, box.left + (box.width - width) / 2));
    const bottom = window.innerHeight - section.current!.getBoundingClientRect().top + 4;
    later({ idx, at: { left, bottom } }, large ? 60 : 220);
  };
  const stopAt = decisions.some((decision) => decision.idx === stop) ? stop : decisions[0]?.idx;
  const used = decisions.filter((decision) => decision.used).length;
  const shown = large ? decisions.find((decision) => decision.idx === large.idx) : undefined;
  return (
    <section ref={section} class="strip" aria-labelledby="strip-title">
      <div class="row heading">
        <h2 id="strip-title">{decided ? `Views of ${object.name}` : 'Photos'}</h2>
        <span class="muted">{decided ? `${used} of ${decisions.length} used` : `${views.length}`}</span>
        {decided && (
          <label class="field end">
            <span class="caption">Order</span>
            <select value={order} onChange={(event) => app.set({ stripOrder: event.currentTarget.value as StripOrder })}>
              <option value="disagreement">by disagreement</option>
              <option value="views">as taken</option>
            </select>
          </label>
        )}
      </div>
      <ul class="cards" onKeyDown={(event) => {
        if (moveAlong(event.currentTarget, event.key)) event.preventDefault();
      }}>
        {decisions.map((decision) => {
          const view = views[decision.idx];
          return view && (
            <Card key={view.idx} view={view} decision={decision} decided={decided} isStop={view.idx === stopAt}
              onFocus={() => setStop(view.idx)} onEnlarge={(card) => enlarge(view.idx, card)} />
          );
        })}
      </ul>
      {large && shown && views[shown.idx] && (
        <Enlarged view={views[shown.idx]!} decision={shown} at={large.at}
          onHold={(held) => (held ? window.clearTimeout(timer.current) : later(null, 250))} />
      )}
    </section>
  );
}
