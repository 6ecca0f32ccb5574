import { join, relative } from 'node:path';
import type { Group } from '../training/group/group.js';
import type { TrainStatus } from '../training/status.js';

/** `from`: directory that paths are shown from. */
export function describeRun({ outcome, directory, result }: TrainStatus, from: string): string {
  const model = join(relative(from, directory), 'model.onnx');
  if (outcome === 'skipped') {
    return `\nNothing was trained: the same command on the same code, data and settings has finished before.\n  To train again: --salt TEXT makes it another run, --force repeats it.\n`;
  }
  const lines = [`\nTrained. The model is ${model}`];
  if (result?.scores) {
    const { dice, iou, images, testSplit } = result.scores;
    lines.push(
      `  Dice ${dice.toFixed(4)}, IoU ${iou.toFixed(4)} on ${images} test images (${testSplit.slice(0, 8)})`,
    );
  }
  if (result?.reported) {
    const told = Object.entries(result.reported).map(([name, value]) => `${name} ${value}`);
    lines.push(`  The command itself reports: ${told.join(', ')}`);
  }
  lines.push(`  Next: npx wms model gate --candidate ${model}`);
  return `${lines.join('\n')}\n`;
}

export function describeGroup({ id, members, decision }: Group, from: string): string {
  const width = Math.max(9, ...members.map(({ candidate }) => candidate.length));
  const rows = members.map(({ candidate, result, directory }) => {
    const scores = result?.scores;
    const numbers = scores ? `${scores.dice.toFixed(4)}  ${scores.iou.toFixed(4)}` : '–       –     ';
    return `  ${candidate.padEnd(width)}  ${numbers}  ${relative(from, directory)}`;
  });
  const head = `  ${'candidate'.padEnd(width)}  Dice    IoU`;
  return [`Group ${id}`, head, ...rows, '', `  ${outcomeOf(decision, from)}`, ''].join('\n');
}

function outcomeOf(decision: Group['decision'], from: string): string {
  switch (decision.decision) {
    case 'best':
      return `Best: ${decision.best.candidate}. Next: npx wms model gate --candidate ${join(relative(from, decision.best.directory), 'model.onnx')}`;
    case 'waiting':
      return `Not decided yet: waiting for ${decision.missing.join(' and ')}.`;
    case 'undecided':
      return `Cannot be decided. ${decision.reason}`;
  }
}
