import { logNote } from '../cloud/machine/notes.js';
import { readSession } from '../cloud/session.js';
import { openPrompter } from '../compose.js';
import { openAllCloudTools } from '../compose-cloud.js';
import { EXIT, WmsError } from '../errors.js';
import { openCloudPlace, type PlaceFlags } from './cloud-tools.js';

/** The last lines that the newest session's machine has told, also after it ended. */
export async function runCloudLogs(place: PlaceFlags): Promise<void> {
  const { git, config, choice } = await openCloudPlace(place);
  for (const { notes } of await openAllCloudTools(git, config, choice, openPrompter())) {
    const session = await readSession(notes);
    const log = session && (await notes.read(logNote(session)));
    if (log === null) continue;
    process.stdout.write(log);
    return;
  }
  throw new WmsError({
    kind: 'cloud/no-logs',
    code: EXIT.usage,
    what: 'There are no logs of a cloud session.',
    why: 'A machine tells its first lines about two minutes after its start.',
    next: 'npx wms cloud status',
  });
}
