// Objects by their names.
import { useEffect, useRef, useState } from 'preact/hooks';
import { findCommand, findWords } from '../actions';
import { app } from '../app';
import { findWaitsFor } from '../waits';
import { CommandButton, ToolButton, useCommand, useLive } from '../widgets';
import { Modal } from './dialog';

export function WordsDialog() {
  const [text, setText] = useState('');
  const live = useLive();
  const waits = app.use((value) => (value.state ? findWaitsFor(value.state, 'words') : ''));
  const words = text.trim();
  const command = useCommand(live && words !== '' ? words : null, () => findCommand(words));
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = async (): Promise<void> => {
    if (words !== '' && waits === '' && (await findWords(words))) app.set({ dialog: 'none' });
  };
  return (
    <Modal title="Find by words">
      <form class="words" onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}>
        <label for="words">What is it? Put a full stop between several things.</label>
        <div class="row">
          <input id="words" type="text" value={text} placeholder="mug. banana" maxLength={400} ref={field}
            onInput={(event) => setText(event.currentTarget.value)} />
          <ToolButton icon="words" label="Find" text="Find" class="primary" disabled={!live || waits !== '' || words === ''}
            onClick={() => void submit()} />
          <CommandButton command={command} what="find" />
        </div>
        {waits !== '' && <p class="muted tabular" role="status">Possible {waits}</p>}
      </form>
    </Modal>
  );
}
