import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { peerCommand } from '../support/peers.js';
import { makeDirectory } from '../support/scratch.js';
import { WORKFLOWS, workflowText } from '../support/workflow/workflow.js';

interface Finding {
  readonly ident: string;
  readonly determinations: { readonly severity: string };
}

/** GitHub has it since May 2026; actionlint 1.7.12 is older. */
const NEWER_THAN_ACTIONLINT = /unexpected key "queue" for "concurrency" section/;

describe.each(WORKFLOWS)('%s', (name) => {
  test('actionlint finds nothing wrong', async () => {
    const { stdout } = await execa(
      await peerCommand('actionlint'),
      ['-no-color', '-format', '{{json .}}', '-'],
      {
        input: workflowText(name),
        reject: false,
      },
    );
    const messages = (JSON.parse(stdout) as { message: string }[]).map(({ message }) => message);
    expect(messages.filter((message) => !NEWER_THAN_ACTIONLINT.test(message))).toEqual([]);
  });

  test('zizmor finds nothing unsafe, also where what is written once stands in every place', async () => {
    // It looks less closely at YAML with anchors.
    const written = stringify(parse(workflowText(name)), { aliasDuplicateObjects: false });
    for (const text of [workflowText(name), written]) {
      const file = join(makeDirectory(), name);
      await writeFile(file, text);
      const { stdout } = await execa(
        await peerCommand('zizmor'),
        ['--offline', '--no-progress', '--format', 'json', file],
        { reject: false },
      );
      const findings = JSON.parse(stdout) as Finding[];
      const severe = findings.filter(
        ({ determinations }) => !/^(Informational|Low)$/.test(determinations.severity),
      );
      expect(severe).toEqual([]);
    }
  });
});

test('zizmor would find a branch name in a script', async () => {
  const file = join(makeDirectory(), 'wms.yml');
  await writeFile(
    file,
    workflowText('wms.yml').replace('ci check "$BRANCH"', 'ci check "$' + '{{ github.ref_name }}"'),
  );
  const { stdout } = await execa(
    await peerCommand('zizmor'),
    ['--offline', '--no-progress', '--format', 'json', file],
    { reject: false },
  );
  expect((JSON.parse(stdout) as Finding[]).map(({ ident }) => ident)).toContain('template-injection');
});
