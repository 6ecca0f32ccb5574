import type { CommandEnd } from '../../ports/command-runner.js';
import type { Alarm } from '../watchdog.pure.js';
import { CommandEnded, statusOfSignal, TIMED_OUT } from './command-ended.js';

export interface EndedBadly {
  readonly command: readonly string[];
  readonly end: CommandEnd;
  readonly alarm: Alarm | null;
  readonly processes: readonly string[];
  readonly lastLines: readonly string[];
  readonly log: string;
}

/** Why a command did not do its work; null when it ended well. */
export function commandFailure(ended: EndedBadly): CommandEnded | null {
  const { command, end, alarm, processes, lastLines, log } = ended;
  const name = command.join(' ');
  const printed = lastLines.length === 0 ? 'It printed nothing.' : `Its last lines:\n${indent(lastLines)}`;
  const next = `Read ${log}`;
  if (alarm !== null) {
    const ran = processes.length === 0 ? '' : `\nWhat ran then:\n${indent(processes)}`;
    const what =
      alarm.kind === 'stalled'
        ? `${name} hung in the stage Training: no output and no metric for ${duration(alarm.silentFor)}. It was ended.`
        : `${name} took longer than --timeout allows (${duration(alarm.ranFor)}). It was ended.`;
    const more =
      alarm.kind === 'stalled'
        ? `${next}. A command that is silent for longer needs a higher train.stallMinutes.`
        : next;
    return new CommandEnded(TIMED_OUT, { kind: `train/${alarm.kind}`, what, why: printed + ran, next: more });
  }
  if (end.exitCode === 0) return null;
  const how =
    end.signal === null
      ? `ended with ${end.exitCode}`
      : `was ended by ${end.signal}${end.signal === 'SIGKILL' ? ' (often: no memory was left)' : ''}`;
  const status = end.signal === null ? (end.exitCode ?? 1) : statusOfSignal(end.signal);
  return new CommandEnded(status, {
    kind: 'train/command-failed',
    what: `${name} ${how}.`,
    why: printed,
    next,
  });
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n');
}

/** `2 s`, `15 min`, `1 h 5 min` */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}
