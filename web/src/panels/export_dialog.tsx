// Export: a form made from what the server says it can write, so that a new format needs nothing here.
import { useState } from 'preact/hooks';
import { exportCommand, startExport } from '../actions';
import { address } from '../api';
import { app } from '../app';
import type { ExportFormat, ExportOption, OptionValue, Result } from '../protocol';
import { bytes, CommandButton, joined, Progress, ToolButton, useCommand, useLive } from '../widgets';
import { Modal } from './dialog';
import { statusOf } from './objects_panel';

export type Values = Record<string, OptionValue>;

export const defaultsOf = (format: ExportFormat): Values =>
  Object.fromEntries(format.options.map((option) => [option.name, option.default]));

// What was typed, as the option's type; null when it is none.
export function parseOption(option: ExportOption, text: string): OptionValue | null {
  if (typeof option.default !== 'number') return text;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) return null;
  if (option.type === 'int' && !Number.isInteger(value)) return null;
  if ((option.min !== undefined && value < option.min) || (option.max !== undefined && value > option.max)) return null;
  return value;
}

const titleOf = (name: string): string => {
  const words = name.replace(/_/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

interface OptionFieldProps {
  option: ExportOption;
  value: OptionValue;
  onChange: (value: OptionValue | null) => void;
}

function OptionField({ option, value, onChange }: OptionFieldProps) {
  const [text, setText] = useState(String(value));
  const id = `option-${option.name}`;
  const isWrong = parseOption(option, text) === null;
  const range = option.min !== undefined && option.max !== undefined ? `${option.min} to ${option.max}` : '';
  let input;
  if (typeof option.default === 'boolean') {
    input = <input id={id} type="checkbox" checked={value === true}
      onChange={(event) => onChange(event.currentTarget.checked)} />;
  } else if (option.choices) {
    input = (
      <select id={id} value={String(value)} onChange={(event) => onChange(event.currentTarget.value)}>
        {option.choices.map((choice) => <option key={choice} value={choice}>{choice}</option>)}
      </select>
    );
  } else {
    input = (
      <input id={id} type="text" inputMode={typeof option.default === 'number' ? 'decimal' : 'text'} value={text}
        aria-invalid={isWrong} aria-describedby={`${id}-help`} onInput={(event) => {
          setText(event.currentTarget.value);
          onChange(parseOption(option, event.currentTarget.value));
        }} />
    );
  }
  return (
    <div class="option">
      <label for={id}>{titleOf(option.name)}</label>
      {input}
      <p id={`${id}-help`} class={isWrong ? 'wrong' : 'muted'}>
        {isWrong ? `A number${option.type === 'int' ? ' without decimals' : ''}${range === '' ? '' : `, ${range}`}`
          : joined(option.help ?? '', range)}
      </p>
    </div>
  );
}

function ResultRow({ result }: { result: Result }) {
  const works = app.use((value) => value.state?.work);
  const work = works?.find((one) => one.id === result.work);
  return (
    <li class="result">
      <span class="result-name">{result.name}</span>
      {result.state === 'ready' && (
        <a class="tool" href={address('result', { id: result.id })} download={result.name}>
          Download <span class="muted">{bytes(result.bytes)}</span>
        </a>
      )}
      {result.state === 'running' && <Progress done={work?.done ?? 0} total={work?.total ?? 0} label={result.name} />}
      {result.state === 'failed' && <span class="wrong">{result.error}</span>}
    </li>
  );
}

function Form({ format }: { format: ExportFormat }) {
  const objects = app.use((value) => value.state?.objects) ?? [];
  const selected = app.use((value) => value.selected);
  const [chosen, setChosen] = useState(() => objects.filter((object) => selected === 0 || object.id === selected)
    .map((object) => object.id));
  const [values, setValues] = useState<Record<string, OptionValue | null>>(() => defaultsOf(format));
  const live = useLive();
  const isWrong = Object.values(values).includes(null) || (format.per_object && chosen.length === 0);
  const asked = isWrong || !live ? null : JSON.stringify([format.format, chosen, values]);
  const command = useCommand(asked, () => exportCommand(format, chosen, values as Values));
  const toggle = (id: number, on: boolean): void => setChosen(on ? [...chosen, id] : chosen.filter((one) => one !== id));
  return (
    <div class="export-form">
      <p class="muted">{format.help}</p>
      {format.per_object && (
        <fieldset>
          <legend>Objects</legend>
          {objects.length === 0 && <p class="muted">There is no object yet: click a thing first.</p>}
          {objects.map((object) => (
            <label key={object.id} class="choice">
              <input type="checkbox" checked={chosen.includes(object.id)}
                onChange={(event) => toggle(object.id, event.currentTarget.checked)} />
              <span class="swatch small" style={{ background: object.color }} aria-hidden="true" />
              <span>{object.name}</span>
              {object.status !== 'answered' && <span class="muted" title={statusOf(object).help}>{statusOf(object).text}</span>}
            </label>
          ))}
        </fieldset>
      )}
      {format.options.map((option) => (
        <OptionField key={option.name} option={option} value={values[option.name] ?? option.default}
          onChange={(value) => setValues({ ...values, [option.name]: value })} />
      ))}
      <div class="row">
        <ToolButton icon="download" label="Export" text="Export" class="primary" disabled={!live || isWrong}
          onClick={() => void startExport(format, chosen, values as Values)} />
        <CommandButton command={command} what="export" />
      </div>
    </div>
  );
}

export function ExportDialog() {
  const formats = app.use((value) => value.state?.exports) ?? [];
  const results = app.use((value) => value.state?.results) ?? [];
  const [name, setName] = useState(formats[0]?.format ?? '');
  const format = formats.find((one) => one.format === name) ?? formats[0];
  return (
    <Modal title="Export">
      {formats.length === 0 && <p class="muted">There is nothing to export yet: train the radiance field and click a thing first.</p>}
      <div class="export">
        <fieldset class="formats">
          <legend>What</legend>
          {formats.map((one) => (
            <label key={one.format} class="choice">
              <input type="radio" name="format" value={one.format} checked={one === format}
                onChange={() => setName(one.format)} />
              <span>{one.title}</span>
            </label>
          ))}
        </fieldset>
        {format && <Form key={format.format} format={format} />}
      </div>
      {results.length > 0 && (
        <>
          <h3>Files</h3>
          <ul class="results">{[...results].reverse().map((result) => <ResultRow key={result.id} result={result} />)}</ul>
        </>
      )}
    </Modal>
  );
}
