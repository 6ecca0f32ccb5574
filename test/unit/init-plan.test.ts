import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Answers } from '../../src/init/answers.pure.js';
import { storeProblem } from '../../src/init/answers.pure.js';
import {
  isShellScript,
  lfsBlock,
  pushBlock,
  withBlock,
  withLastBlock,
  withoutBlocks,
} from '../../src/init/hook-block.pure.js';
import { removeFromJson, setInJson } from '../../src/init/json-edit.pure.js';
import { addPrepare, removePrepare } from '../../src/init/package-json.pure.js';
import { planInit as planAll } from '../../src/init/plan.pure.js';
import type { RepositoryState } from '../../src/init/state.pure.js';
import { renderSummary } from '../../src/init/summary.pure.js';
import { planUninstall } from '../../src/init/uninstall.pure.js';

const TOP = '/team/meters';
const BLOCK = pushBlock('node_modules/wms-hooks');
const LFS = (name: string) =>
  `#!/bin/sh\ncommand -v git-lfs >/dev/null 2>&1 || { echo >&2 "no git-lfs"; exit 2; }\ngit lfs ${name} "$@"\n`;

interface Given {
  readonly files?: Readonly<Record<string, string | null>>;
  readonly plain?: readonly string[];
  readonly hooksPath?: string;
  readonly packageDirectory?: string;
}

const planInit = (given: RepositoryState, to: Answers) => planAll(given, to, { steps: [], notes: [] });

/** A repository's state; `plain` names files that are not executable. */
function state({
  files = {},
  plain = [],
  hooksPath,
  packageDirectory = 'node_modules/wms-hooks',
}: Given = {}): RepositoryState {
  const entries = Object.entries(files).map(
    ([name, text]) =>
      [name.startsWith('/') ? name : join(TOP, name), { text, executable: !plain.includes(name) }] as const,
  );
  return {
    topLevel: TOP,
    commonDir: join(TOP, '.git'),
    hooksPath: hooksPath === undefined ? null : join(TOP, hooksPath),
    packageDirectory,
    packageInstalled: true,
    gitSettings: new Map(),
    files: new Map(entries),
    config: null,
  };
}

const answers: Answers = {
  settings: {
    dataset: { images: 'data/training/images', masks: 'data/training/masks' },
    protectedBranches: ['main'],
    model: { path: 'models/production.onnx' },
  },
  store: { url: '../meters-store', alreadySet: false },
};

/** What the plan writes, by path below the top. */
function written(given: Given): Record<string, string> {
  const { steps } = planInit(state(given), answers);
  return Object.fromEntries(
    steps.flatMap((step) => (step.do === 'write' ? [[step.path.replace(`${TOP}/`, ''), step.text]] : [])),
  );
}

const hookOf = (given: Given) => planInit(state(given), answers).hook;

describe('where the hook goes', () => {
  it('without a hook manager: husky, and npm installs it for teammates', () => {
    const given = { files: { 'package.json': '{\n  "name": "x"\n}\n', '.git/hooks/pre-push.sample': 'x' } };
    expect(written(given)).toMatchObject({
      '.husky/pre-push': BLOCK,
      'package.json': '{\n  "name": "x",\n  "scripts": {\n    "prepare": "husky"\n  }\n}\n',
    });
    expect(planInit(state(given), answers).steps.at(-1)).toEqual({
      do: 'activate-husky',
      directory: '/team/meters/.husky',
    });
    expect(hookOf(given)).toMatchObject({ manager: 'husky', placed: true, shared: true });
  });

  it('without package.json it says what teammates have to do', () => {
    expect(planInit(state(), answers).notes.join()).toMatch(
      /no package\.json: teammates have to run "npm install wms-hooks && npx husky"/,
    );
  });

  it('an existing husky script keeps its lines, below ours', () => {
    const given = { files: { '.husky/pre-push': 'npm test\n', '.husky/_/h': '' }, hooksPath: '.husky/_' };
    expect(written(given)['.husky/pre-push']).toBe(`${BLOCK}npm test\n`);
    expect(planInit(state(given), answers).steps.some((step) => step.do === 'activate-husky')).toBe(false);
  });

  it('husky in a directory of its own', () => {
    const given = { files: { 'web/.husky/_/h': '' }, hooksPath: 'web/.husky/_' };
    expect(written(given)['web/.husky/pre-push']).toBe(BLOCK);
  });

  it("git-lfs's hooks, which husky hides, move along", () => {
    const files = { '.git/hooks/pre-push': LFS('pre-push'), '.git/hooks/post-merge': LFS('post-merge') };
    const result = written({ files });
    expect(result['.husky/pre-push']).toBe(BLOCK + lfsBlock('pre-push'));
    expect(result['.husky/post-merge']).toBe(lfsBlock('post-merge'));
    expect(planInit(state({ files }), answers).notes.join()).toMatch(
      /git-lfs \(post-merge, pre-push\) now run from \.husky/,
    );
  });

  it('a hook of somebody in .git/hooks: husky would hide it, so ours goes beside it', () => {
    const given = { files: { '.git/hooks/pre-commit': '#!/bin/sh\nmake lint\n' } };
    expect(written(given)).toMatchObject({ '.git/hooks/pre-push': `#!/bin/sh\n${BLOCK}` });
    expect(hookOf(given)).toMatchObject({ manager: 'hooks directory', placed: true, shared: false });
  });

  it('a shell script as pre-push gets the block below its first line', () => {
    const given = { files: { '.git/hooks/pre-push': '#!/usr/bin/env bash\nset -o pipefail\nmake test\n' } };
    expect(written(given)['.git/hooks/pre-push']).toBe(
      `#!/usr/bin/env bash\n${BLOCK}set -o pipefail\nmake test\n`,
    );
  });

  it.each([
    ['Python', '#!/usr/bin/env python3\nprint()\n', [], /is no shell script/],
    ['a program', null, [], /is no shell script/],
    ['switched off', '#!/bin/sh\nfalse\n', ['.git/hooks/pre-push'], /not executable/],
  ])('a pre-push that is %s is left alone and the lines are printed', (_, text, plain, note) => {
    const given = { files: { '.git/hooks/pre-push': text, '.git/hooks/pre-commit': '#!/bin/sh\n' }, plain };
    expect(written(given)['.git/hooks/pre-push']).toBeUndefined();
    expect(hookOf(given)).toMatchObject({ placed: false, snippet: BLOCK });
    expect(planInit(state(given), answers).notes.join()).toMatch(note);
  });

  it("a hooks directory of the repository's own", () => {
    expect(written({ hooksPath: '.githooks' })['.githooks/pre-push']).toBe(`#!/bin/sh\n${BLOCK}`);
    expect(hookOf({ hooksPath: '.githooks' })).toMatchObject({ manager: 'hooks directory', shared: true });
  });

  it('a hooks directory that other repositories share is not touched', () => {
    const given = { hooksPath: '../all-hooks', files: { '/team/all-hooks/pre-push': '#!/bin/sh\n' } };
    expect(Object.keys(written(given))).not.toContain('/team/all-hooks/pre-push');
    expect(hookOf(given)).toMatchObject({ manager: 'shared hooks directory', placed: false, snippet: BLOCK });
  });

  it('husky from before version 9: below the line that starts the script again', () => {
    const script = '#!/usr/bin/env sh\n. "$(dirname -- "$0")/_/husky.sh"\n\nnpm test\n';
    expect(withBlock(script, BLOCK)).toBe(
      `#!/usr/bin/env sh\n. "$(dirname -- "$0")/_/husky.sh"\n${BLOCK}\nnpm test\n`,
    );
  });

  it.each([
    [
      'lefthook.yml',
      /^pre-push:\n {2}commands:\n {4}wms:\n {6}run: 'sh node_modules\/wms-hooks\/hooks\/pre-push \{0\} # \{files\}'\n {6}files: echo wms\.config\.json\n {6}use_stdin: true\n$/,
    ],
    ['.lefthook.toml', /^\[pre-push\.commands\.wms\]\nrun = /],
    ['.config/lefthook.json', /"use_stdin": true/],
  ])('%s is for people to edit: the lines are printed in its format', (name, snippet) => {
    const given = { files: { [name]: 'x' } };
    expect(hookOf(given)).toMatchObject({ manager: 'lefthook', placed: false, file: join(TOP, name) });
    expect(hookOf(given)?.snippet).toMatch(snippet);
    expect(written(given)).not.toHaveProperty(['.husky/pre-push']);
  });

  it('lefthook that calls us already', () => {
    const given = { files: { 'lefthook.yml': 'run: sh node_modules/wms-hooks/hooks/pre-push {0}' } };
    expect(hookOf(given)).toMatchObject({ manager: 'lefthook', placed: true });
    expect(hookOf(given)).not.toHaveProperty('snippet');
  });

  it('simple-git-hooks, in package.json or in a file', () => {
    const inPackage = { files: { 'package.json': '{"simple-git-hooks": {"pre-commit": "x"}}' } };
    expect(hookOf(inPackage)).toMatchObject({ manager: 'simple-git-hooks', placed: false });
    expect(hookOf(inPackage)?.snippet).toContain(
      '"pre-push": "sh node_modules/wms-hooks/hooks/pre-push \\"$@\\""',
    );
    expect(hookOf({ files: { '.simple-git-hooks.cjs': '' } })).toMatchObject({ manager: 'simple-git-hooks' });
    expect(written(inPackage)).not.toHaveProperty(['package.json']);
  });

  it('pre-commit hides the refs from its own hooks, but not from the script that it took over', () => {
    const config = { '.pre-commit-config.yaml': 'repos: []\n' };
    const generated = {
      '.git/hooks/pre-push': '#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\n',
    };
    expect(written({ files: config })).toMatchObject({ '.git/hooks/pre-push': `#!/bin/sh\n${BLOCK}` });
    expect(written({ files: { ...config, ...generated } })).toMatchObject({
      '.git/hooks/pre-push.legacy': `#!/bin/sh\n${BLOCK}`,
    });
    expect(hookOf({ files: config })).toMatchObject({ manager: 'pre-commit', shared: false });
  });

  it('a package below the top of the repository', () => {
    const given = {
      packageDirectory: 'my app/node_modules/wms-hooks',
      files: { 'my app/package.json': '{}' },
    };
    expect(written(given)['.husky/pre-push']).toContain(
      `sh 'my app/node_modules/wms-hooks/hooks/pre-push' "$@"`,
    );
    expect(JSON.parse(written(given)['my app/package.json'] ?? '')).toEqual({
      scripts: { prepare: 'cd .. && husky' },
    });
    expect(JSON.parse(written(given)['wms.config.json'] ?? '').$schema).toBe(
      './my app/node_modules/wms-hooks/schema/wms.config.schema.json',
    );
  });
});

describe('DVC settings', () => {
  const dvc = (text: string) => written({ files: { '.dvc/config': text } })['.dvc/config'];

  it('name the sibling directory, seen from .dvc', () => {
    expect(written({})['.dvc/config']).toContain('url = ../../meters-store\n');
  });

  it.each([
    [
      'an empty file',
      '',
      `[core]\n    remote = storage\n['remote "storage"']\n    url = ../../meters-store\n`,
    ],
    [
      'core without remote',
      '[core]\n    analytics = false',
      `[core]\n    remote = storage\n    analytics = false\n['remote "storage"']\n    url = ../../meters-store\n`,
    ],
    [
      'other sections',
      '[cache]\n    type = copy\n',
      `[cache]\n    type = copy\n[core]\n    remote = storage\n['remote "storage"']\n    url = ../../meters-store\n`,
    ],
  ])('%s', (_, before, after) => {
    expect(dvc(before)).toBe(after);
  });
});

describe('the block', () => {
  it('is replaced when an older one is there, wherever it stands', () => {
    const old = '# >>> wms >>>\nold\n# <<< wms <<<\n';
    expect(withBlock(`a\n${old}b\n`, BLOCK)).toBe(`a\n${BLOCK}b\n`);
  });

  it.each(['npm test\n', '#!/bin/sh\nnpm test', '\n', '#!/bin/sh\r\nnpm test\r\n', 'echo "# >>> wms >>>"\n'])(
    'goes into %j and out again without a trace',
    (script) => {
      const both = withLastBlock(withBlock(script, BLOCK), lfsBlock('pre-push'), 'wms git-lfs');
      expect(both).toContain(BLOCK);
      expect(withoutBlocks(both).trimEnd()).toBe(script.trimEnd());
      expect(withoutBlocks(withBlock(script, BLOCK))).toBe(script);
    },
  );

  it('without its end is not touched', () => {
    expect(withoutBlocks('# >>> wms >>>\nfoo\n')).toBe('# >>> wms >>>\nfoo\n');
  });

  it.each([
    ['#!/bin/sh\n', true],
    ['#!/usr/bin/env -S bash -e\n', true],
    ['#!/usr/bin/dash\n', true],
    ['#! /bin/bash -e\n', true],
    ['npm test\n', true],
    ['#!/usr/bin/env node\n', false],
    ['#!/usr/bin/fish\n', false],
    ['#!/usr/bin/python3\n', false],
  ])('%j is a shell script: %s', (text, expected) => {
    expect(isShellScript(text)).toBe(expected);
  });
});

describe('package.json', () => {
  it.each([
    [
      'spaces',
      '{\n    "name": "x",\n    "files": ["a", "b"],\n    "scripts": {\n        "test": "vitest"\n    }\n}\n',
    ],
    ['tabs, no final newline', '{\n\t"scripts": {\n\t\t"a": "b"\n\t}\n}'],
    ['Windows lines', '{\r\n  "scripts": {\r\n    "a": "b"\r\n  }\r\n}\r\n'],
    ['one line', '{"name":"x","scripts":{"a":"b"}}'],
    ['no scripts', '{\n  "devDependencies": {\n    "wms-hooks": "1"\n  }\n}\n'],
    ['a prepare of its own', '{\n  "scripts": {\n    "prepare": "npm run build"\n  }\n}\n'],
    ['a byte order mark', '\uFEFF{\n  "scripts": {\n    "a": "b"\n  }\n}\n'],
  ])('with %s: husky goes in and out again without a trace', (_, text) => {
    const added = addPrepare(text, 'package.json');
    expect(JSON.parse(added.replace('\uFEFF', '')).scripts.prepare).toMatch(/(^|npm run build && )husky$/);
    expect(addPrepare(added, 'package.json')).toBe(added);
    expect(removePrepare(added, 'package.json')).toBe(text);
  });

  it('keeps line endings, indentation and lists as they are', () => {
    const before = '{\r\n\t"files": ["a", "b"],\r\n\t"scripts": {\r\n\t\t"a": "b"\r\n\t}\r\n}';
    expect(addPrepare(before, 'package.json')).toBe(
      '{\r\n\t"files": ["a", "b"],\r\n\t"scripts": {\r\n\t\t"a": "b",\r\n\t\t"prepare": "husky"\r\n\t}\r\n}',
    );
  });

  it('an own husky stays when we leave', () => {
    const files = {
      'package.json': '{"scripts": {"prepare": "husky"}, "devDependencies": {"husky": "9"}}',
      '.husky/pre-push': BLOCK,
      '.husky/_/h': '',
    };
    expect(planUninstall(state({ files, hooksPath: '.husky/_' })).steps).toEqual([
      { do: 'remove', path: join(TOP, '.husky/pre-push'), change: 'removed' },
    ]);
  });

  it('husky stays when another hook needs it', () => {
    const files = {
      'package.json': '{"scripts": {"prepare": "husky"}}',
      '.husky/pre-push': BLOCK,
      '.husky/pre-commit': 'x',
    };
    expect(planUninstall(state({ files, hooksPath: '.husky/_' })).steps).toHaveLength(1);
  });

  it('without a block of ours nothing is taken out', () => {
    const files = { 'package.json': '{"scripts": {"prepare": "husky"}}', '.husky/pre-push': 'npm test\n' };
    expect(planUninstall(state({ files, hooksPath: '.husky/_' })).steps).toEqual([]);
  });

  it('that is broken is named', () => {
    expect(() => addPrepare('{', 'package.json')).toThrow(
      expect.objectContaining({ kind: 'init/package-json', code: 2 }),
    );
  });
});

describe('edits of JSON', () => {
  it.each([
    ['{}', ['a', 'b'], 1, '{\n  "a": {\n    "b": 1\n  }\n}'],
    ['{"a": 1, "b": 2}', ['a'], [3], '{"a": [\n    3\n  ], "b": 2}'],
    ['{\n "a": {}\n}', ['a', 'x'], 'y', '{\n "a": {\n  "x": "y"\n }\n}'],
  ])('%s: set %j', (text, path, value, expected) => {
    expect(setInJson(text, path, value)).toBe(expected);
  });

  it.each([
    ['{"a": 1, "b": 2}', 'a', '{"b": 2}'],
    ['{"a": 1, "b": 2}', 'b', '{"a": 1}'],
    ['{ "a": 1 }', 'a', '{}'],
    ['{"a": 1}', 'c', '{"a": 1}'],
  ])('%s: remove %s', (text, key, expected) => {
    expect(removeFromJson(text, [key])).toBe(expected);
  });
});

describe('the place for a store', () => {
  it.each(['../x', '/srv/store', '~/store', 's3://wms-dvc-data', 's3://wms-dvc-data/dvc', '.git/store'])(
    '%s is fine',
    (store) => {
      expect(storeProblem(store, TOP)).toBeNull();
    },
  );

  it.each([
    ['store', /inside the repository/],
    ['/team/meters/data', /inside the repository/],
    ['.', /inside the repository/],
    ['gs://bucket', /starts with gs:\/\//],
    ['s3://', /no S3 URL/],
    ['s3://Bad_Name', /no S3 URL/],
    [' ', /must not be empty/],
  ])('%s is not', (store, problem) => {
    expect(storeProblem(store, TOP)).toMatch(problem);
  });
});

it('the summary is short and ends with what to do next', () => {
  const summary = renderSummary({
    action: 'init',
    changed: true,
    files: [
      { path: 'wms.config.json', change: 'created' },
      { path: '.git/hooks/pre-push', change: 'extended' },
      { path: "it's", change: 'unchanged' },
    ],
    hook: {
      manager: 'hooks directory',
      file: '.git/hooks/pre-push',
      placed: true,
      shared: false,
      active: true,
    },
    store: { url: '../meters-store', directory: '/team/meters-store' },
    settings: answers.settings,
    notes: ['One thing.'],
  });
  expect(summary).toBe(`wms · set up

  created    wms.config.json
  extended   .git/hooks/pre-push
  unchanged  it's

  Store  /team/meters-store
  Hook   .git/hooks/pre-push (hooks directory)

  ! One thing.

Next
  git add wms.config.json 'it'\\''s'
  git commit -m "Set up wms"
  then put photos into data/training/images, masks into data/training/masks, commit them and git push
`);
});
