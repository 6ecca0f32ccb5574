import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { builtFile } from '../../config/package-root.js';
import { EXIT, WmsError } from '../../errors.js';
import type { Machine, MachineOrder } from '../../ports/compute.js';
import { type Card, type MachinePlace, placeOf } from './card.js';
import type { LocalOptions } from './options.js';
import { ask, type State } from './wishes.js';

const POLL_MS = 20;
/** How long a process may take to begin. */
const LIMIT_MS = 30_000;
const SECRET_BYTES = 32;
const ID_BYTES = 8;

/** See `Compute.create`. Killed at any moment and called again, it goes on with the same machine. */
export async function create(options: LocalOptions, order: MachineOrder): Promise<Machine> {
  if (process.platform === 'win32') throw notOnWindows();
  const place = placeOf(options.directory, order.session, order.attempt);
  await place.order(newCard(options, order));
  const card = (await place.card()) as Card;
  if ((await place.life()) === null && !(await place.hasEndMark())) await begin(place, options);
  const state = await ask(card, await place.life(), { do: 'state' });
  return machineOf(card, (await place.hasEndMark()) ? null : state);
}

/** `state`: what it says of itself; null when it has ended. */
export function machineOf({ id, launchedAt, deadline }: Card, state: State | null): Machine {
  const machine = { id, launchedAt, address: null };
  if (state === null) return { ...machine, deadline, state: 'ended' };
  return { ...machine, deadline: state.deadline, state: 'running', urls: state.urls };
}

function newCard(options: LocalOptions, order: MachineOrder): Card {
  const { notesOf, idleMinutes, topLevel, hasTracking, packageRoot } = options;
  return {
    id: `local-${randomBytes(ID_BYTES).toString('hex')}`,
    session: order.session,
    secret: randomBytes(SECRET_BYTES).toString('hex'),
    launchedAt: new Date().toISOString(),
    deadline: order.deadline,
    notes: notesOf(order.session),
    idleMinutes,
    topLevel,
    hasTracking,
    packageRoot,
  };
}

/** Resolves when a process is the machine, this one's child or that of somebody who had the same order. */
async function begin(place: MachinePlace, { env }: LocalOptions): Promise<void> {
  const program = fileURLToPath(builtFile('adapters/local-machine/program.js'));
  const errors = await open(place.errorFile, 'w', 0o600);
  const child = spawn(process.execPath, [program, place.directory], {
    cwd: '/',
    env,
    detached: true,
    stdio: ['ignore', 'ignore', errors.fd],
  });
  await errors.close();
  let end: string | null = null;
  child.once('error', ({ message }) => {
    end = message;
  });
  child.once('exit', (code, signal) => {
    end = `It ended with ${code ?? signal}.`;
  });
  child.unref();
  for (const until = performance.now() + LIMIT_MS; (await place.life()) === null; await wait(POLL_MS)) {
    if (await place.hasEndMark()) return;
    if (end === null && performance.now() < until) continue;
    // It may have begun and ended in between.
    if ((await place.life()) !== null) return;
    throw notBegun(end ?? 'It does not answer.', await readFile(place.errorFile, 'utf8').catch(() => ''));
  }
}

function notBegun(end: string, errors: string): WmsError {
  return new WmsError({
    kind: 'cloud/local-failed',
    code: EXIT.network,
    what: 'The process of a session on this computer could not begin.',
    why: `${end}\n${errors}`.trim(),
    next: 'npx wms-stop, then: npx wms-deploy',
  });
}

function notOnWindows(): WmsError {
  return new WmsError({
    kind: 'cloud/local-platform',
    code: EXIT.usage,
    what: 'A session on this computer needs macOS or Linux.',
    next: 'Use the Windows Subsystem for Linux, or a machine in the cloud: npx wms-deploy --engine ec2',
  });
}
