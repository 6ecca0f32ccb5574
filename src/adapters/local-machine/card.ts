import { randomUUID } from 'node:crypto';
import { access, link, mkdir, open, readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a machine of this computer is, from its order on. Only its owner can read it. */
export interface Card {
  readonly id: string;
  readonly session: string;
  /** Whoever knows it may ask the machine to do something. */
  readonly secret: string;
  /** ISO dates. */
  readonly launchedAt: string;
  readonly deadline: string;
  /** Names of notes: of the machine's report and log, and of the session with its leases. */
  readonly notes: { readonly report: string; readonly log: string; readonly session: string };
  /** Without a lease and a request for so long, it ends. */
  readonly idleMinutes: number;
  /** Top of the working tree whose settings and Production model it serves. */
  readonly topLevel: string;
  /** Its settings name an MLflow server. */
  readonly hasTracking: boolean;
  /** Directory of this package. */
  readonly packageRoot: string;
}

/** The process that is the machine, from its first moment on. */
export interface Life {
  readonly pid: number;
  /** Of 127.0.0.1: there it does what whoever knows the secret asks for. */
  readonly port: number;
}

/** The files of one machine. Each is written once, whole, and by one: of several at once the others find it. */
export class MachinePlace {
  constructor(readonly directory: string) {}

  /** False: there is one already. */
  async order(card: Card): Promise<boolean> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    return writeOnce(join(this.directory, 'card.json'), card);
  }

  /** False: another process is the machine. */
  begin(life: Life): Promise<boolean> {
    return writeOnce(join(this.directory, 'life.json'), life);
  }

  /** From now on it has ended, or ends itself within seconds. */
  async markEnd(): Promise<void> {
    await writeFile(join(this.directory, 'end'), '');
  }

  card(): Promise<Card | null> {
    return readJson<Card>(join(this.directory, 'card.json'));
  }

  life(): Promise<Life | null> {
    return readJson<Life>(join(this.directory, 'life.json'));
  }

  hasEndMark(): Promise<boolean> {
    return exists(join(this.directory, 'end'));
  }

  /** Where its program writes when it cannot even begin. */
  get errorFile(): string {
    return join(this.directory, 'errors');
  }
}

/** All machines that were ever ordered here. */
export async function orderedMachines(root: string): Promise<{ place: MachinePlace; card: Card }[]> {
  const names = await readdir(machines(root)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const found = names.sort().map(async (name) => {
    const place = new MachinePlace(join(machines(root), name));
    const card = await place.card();
    return card === null ? [] : [{ place, card }];
  });
  return (await Promise.all(found)).flat();
}

export function placeOf(root: string, session: string, attempt: number): MachinePlace {
  return new MachinePlace(join(machines(root), `${session}-${attempt}`));
}

const machines = (root: string): string => join(root, 'machines');

async function writeOnce(file: string, content: Card | Life): Promise<boolean> {
  const temporary = `${file}.${randomUUID()}`;
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(content, null, 1)}\n`);
    await handle.sync();
    await link(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await handle.close();
    await unlink(temporary);
  }
}

async function readJson<T>(file: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
