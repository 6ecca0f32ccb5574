/** The process that is a machine of this computer: `node program.js DIRECTORY-OF-THE-MACHINE`. */
import { dirname, join } from 'node:path';
import { openDirectoryNotes } from '../directory/notes.js';
import { openCommandRunner } from '../process/runner.js';
import { MachinePlace } from './card.js';
import { supervise } from './supervise.js';

const directory = process.argv[2] ?? '';
const root = dirname(dirname(directory));
const place = new MachinePlace(directory);
const card = await place.card();
if (card === null) throw new Error(`${directory} holds no card`);
const stopped = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => stopped.abort(new Error(`${signal} came`)));
}
await supervise({
  card,
  place,
  notes: openDirectoryNotes({ path: root }),
  runner: openCommandRunner(),
  env: Object.fromEntries(Object.entries(process.env).filter((pair): pair is [string, string] => !!pair[1])),
  mlflowDirectory: join(root, 'mlflow'),
  signal: stopped.signal,
});
// What is left to be done is nothing: a connection that lingers must not keep the process.
process.exit();
