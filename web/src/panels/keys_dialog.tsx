// The keys, from the one table that they are read from.
import { app } from '../app';
import { kKeys } from '../keys';
import { CommandButton } from '../widgets';
import { Modal } from './dialog';

export function KeysDialog() {
  const commands = app.use((value) => value.state?.commands) ?? {};
  const program = app.use((value) => value.state?.program) ?? '';
  const groups = [...new Set(kKeys.map((key) => key.group))];
  return (
    <Modal title="Keys">
      <div class="keys">
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {kKeys.filter((key) => key.group === group).map((key) => (
                <div key={key.label}>
                  <dt>{key.shown.map((one) => <kbd key={one}>{one}</kbd>)}</dt>
                  <dd>{key.label}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <h3>The same on the command line</h3>
      <ul class="commands">
        {Object.entries(commands).filter(([name]) => !name.includes(':')).map(([name, command]) => (
          <li key={name}><code>{command}</code><CommandButton command={command} what={name} /></li>
        ))}
      </ul>
      <p class="muted">sanerf {program}. The page is made with three.js and Preact: <a href="third-party.txt" target="_blank"
        rel="noreferrer">licenses</a>.</p>
    </Modal>
  );
}
