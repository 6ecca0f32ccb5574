import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { RepositoryState } from '../../src/init/state.pure.js';
import { lineDiff } from '../../src/init/workflows/line-diff.pure.js';
import { planWorkflowRemoval, planWorkflows } from '../../src/init/workflows/plan.pure.js';
import { origin, renderWorkflow } from '../../src/init/workflows/text.pure.js';
import { WORKFLOWS, workflowText } from '../support/workflow/workflow.js';

const TOP = '/team/meters';
const PATH = '.github/workflows/wms.yml';
const facts = { protectedBranches: ['main'], packageJsonDirectory: '' };
const render = (template = workflowText('wms.yml')) => renderWorkflow(template, facts);

function stateWith(text?: string): RepositoryState {
  const files = text === undefined ? [] : ([[join(TOP, PATH), { text, executable: false }]] as const);
  return {
    topLevel: TOP,
    commonDir: join(TOP, '.git'),
    hooksPath: null,
    gitSettings: new Map(),
    packageDirectory: 'node_modules/wms-hooks',
    packageInstalled: true,
    files: new Map(files),
    config: null,
  };
}

const plan = (current: string | undefined, { text = render(), create = false, update = false } = {}) =>
  planWorkflows(stateWith(current), { texts: new Map([[PATH, text]]), create, update });

describe('a workflow that is written', () => {
  test.each(WORKFLOWS)('%s is the template where all is usual', (name) => {
    const written = renderWorkflow(workflowText(name), facts);
    expect(parse(written)).toEqual(parse(workflowText(name)));
    expect(origin(written)?.isAsWritten).toBe(true);
  });

  test('knows the protected branches, also those whose names mean something to GitHub', () => {
    const protectedBranches = ['trunk', 'release+1', '!x', 'it"s'];
    const text = renderWorkflow(workflowText('wms-guard.yml'), { ...facts, protectedBranches });
    expect(parse(text).on.pull_request.branches).toEqual(['trunk', 'release\\+1', '\\!x', 'it"s']);
  });

  test('runs where the package.json is', () => {
    for (const name of WORKFLOWS) {
      const text = renderWorkflow(workflowText(name), {
        ...facts,
        packageJsonDirectory: "tools/it's $& here",
      });
      expect(parse(text).defaults.run['working-directory']).toBe("tools/it's $& here");
    }
  });

  test('is known as it was, whatever line ends Git gives it; any other change shows', () => {
    const windows = render().replaceAll('\n', '\r\n');
    expect(origin(windows)?.isAsWritten).toBe(true);
    expect(origin(render().replace('timeout-minutes: 60', 'timeout-minutes: 90'))?.isAsWritten).toBe(false);
    expect(origin(workflowText('wms.yml'))).toBeNull();
  });
});

describe('what becomes of the file', () => {
  const other = render(`${workflowText('wms.yml')}# of an older version\n`);
  const mine = render().replace('timeout-minutes: 60', 'timeout-minutes: 90');

  test('none: written where it is wanted', () => {
    expect(plan(undefined, { create: true }).steps).toMatchObject([
      { do: 'write', text: render(), change: 'created' },
    ]);
    expect(plan(undefined, { update: true }).steps).toEqual([]);
  });

  test('the same, also with other line ends: stays', () => {
    for (const update of [false, true]) {
      for (const text of [render(), render().replaceAll('\n', '\r\n')]) {
        expect(plan(text, { update })).toMatchObject({ steps: [{ do: 'keep' }], conflicts: [], notes: [] });
      }
    }
  });

  test('as an older version wrote it: replaced by an update, else told', () => {
    expect(plan(other, { update: true })).toMatchObject({
      steps: [{ do: 'write', text: render() }],
      conflicts: [],
    });
    const { steps, notes } = plan(other);
    expect(steps).toMatchObject([{ do: 'keep' }]);
    expect(notes.join()).toContain('npx wms init --update');
  });

  test('changed by the team, and nothing is new: stays', () => {
    for (const update of [false, true]) {
      expect(plan(mine, { update })).toMatchObject({ steps: [{ do: 'keep' }], conflicts: [], notes: [] });
    }
  });

  test('changed by the team, or somebody else’s: an update is a conflict with what differs', () => {
    const changedOther = other.replace('timeout-minutes: 60', 'timeout-minutes: 90');
    const { steps, conflicts } = plan(changedOther, { update: true });
    expect(steps).toEqual([]);
    expect(conflicts[0]?.diff).toContain('-     timeout-minutes: 90\n+     timeout-minutes: 60');
    expect(conflicts[0]?.diff).toContain('- # of an older version');
    expect(plan('name: theirs\n', { update: true }).conflicts).toHaveLength(1);
  });

  test('taken out when it is as it was written', () => {
    expect(planWorkflowRemoval(stateWith(render())).steps).toMatchObject([
      { do: 'remove', path: join(TOP, PATH) },
    ]);
    expect(planWorkflowRemoval(stateWith(mine))).toMatchObject({
      steps: [],
      notes: [expect.stringContaining(PATH)],
    });
    expect(planWorkflowRemoval(stateWith('name: theirs\n'))).toEqual({ steps: [], notes: [] });
  });
});

test('a difference shows its places, with two lines around each', () => {
  const before = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].join('\n');
  const after = ['a', 'b', 'c', 'D', 'e', 'f', 'g', 'h', 'i'].join('\n');
  expect(lineDiff(before, after).split('\n')).toEqual([
    '  …',
    '  b',
    '  c',
    '- d',
    '+ D',
    '  e',
    '  f',
    '  g',
    '  h',
    '+ i',
  ]);
  expect(lineDiff(before, before)).toBe('  …');
});
