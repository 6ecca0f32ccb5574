import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type ManifestEntry,
  manifestId,
  parseManifest,
  serialiseManifest,
} from '../../src/dataset/manifest.js';
import { parsePointer, updatePointer } from '../../src/dataset/pointer.js';
import { md5Of, relpath } from '../support/manifests.js';
import { peerCommand } from '../support/peers.js';
import { makeDirectory } from '../support/scratch.js';

type Files = Record<string, string>;

let dvc: string;
let python: string;

beforeAll(async () => {
  dvc = await peerCommand('dvc');
  python = await peerCommand('python');
});

/** A DVC project of its own, without Git, analytics and the person's settings. */
async function project(): Promise<{ top: string; run: (...args: string[]) => Promise<string> }> {
  const top = makeDirectory();
  const env = { HOME: top, DVC_NO_ANALYTICS: '1', PYTHONUTF8: '1', DVC_SITE_CACHE_DIR: join(top, 'site') };
  const run = async (...args: string[]) => (await execa(dvc, args, { cwd: top, env })).stdout;
  await run('init', '--no-scm', '--quiet');
  return { top, run };
}

function write(directory: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    rmSync(join(directory, path), { force: true });
    writeFileSync(join(directory, path), content);
  }
}

const entriesOf = (files: Files): ManifestEntry[] =>
  Object.entries(files).map(([path, content]) => ({ md5: md5Of(content), relpath: path }));

const targetOf = (path: string, files: Files) => ({
  path,
  id: manifestId(serialiseManifest(entriesOf(files))),
  size: Object.values(files).reduce((sum, content) => sum + Buffer.byteLength(content), 0),
  nfiles: Object.keys(files).length,
});

const read = (...parts: string[]) => readFileSync(join(...parts), 'utf8');
const stored = (top: string, id: string) =>
  readFileSync(join(top, '.dvc/cache/files/md5', id.slice(0, 2), id.slice(2)));

/** Trees that a file system can hold: no path is a file and a directory at once. */
const tree = fc
  .dictionary(relpath, fc.string({ maxLength: 5 }), { minKeys: 1, maxKeys: 30 })
  .map((files) =>
    Object.fromEntries(
      Object.entries(files).filter(
        ([path]) => !Object.keys(files).some((other) => path.startsWith(`${other}/`)),
      ),
    ),
  );

/** What ruamel, as DVC sets it up, makes of these values. */
async function dumped(paths: readonly string[]): Promise<string[]> {
  const script = `
import json, sys
from dvc.utils.serialize import dumps_yaml
print(json.dumps([dumps_yaml({"outs": [{"md5": path, "hash": "md5", "path": path}]}) for path in json.load(sys.stdin)]))`;
  const env = { PYTHONUTF8: '1' };
  const { stdout } = await execa(python, ['-c', script], { input: JSON.stringify(paths), env });
  return JSON.parse(stdout);
}

describe('manifest', () => {
  it('has the bytes that DVC writes, for random trees with odd names', async () => {
    const { top, run } = await project();
    const trees: [string, Files][] = [
      ...fc.sample(tree, { numRuns: 12, seed: 20261121 }),
      { 'img/1.png': 'AAA', 'img/2 é.png': 'BBB' },
      { 'img.txt': '1', 'img-2.png': '1', 'img/a.png': '1', 'ｆ.png': '1', '😀.png': '1', '\x7f"\\': '' },
    ].map((files, at) => [`tree${at}`, files]);
    for (const [name, files] of trees) write(join(top, name), files);
    await run('add', '--quiet', ...trees.map(([name]) => name));
    for (const [name, files] of trees) {
      const { id, nfiles } = parsePointer(read(top, `${name}.dvc`), `${name}.dvc`);
      const theirs = stored(top, id);
      expect(serialiseManifest(entriesOf(files)).toString()).toBe(theirs.toString());
      expect(parseManifest(theirs, id, 'cache')).toHaveLength(nfiles ?? 0);
    }
  });

  it('has the bytes of Python for names that no disk would take', async () => {
    const script = `
import json, sys
entries = sorted(json.load(sys.stdin), key=lambda entry: entry["relpath"])
sys.stdout.write(json.dumps(entries, sort_keys=True))`;
    const unit = fc.integer({ min: 1, max: 0xffff }).map((code) => String.fromCharCode(code));
    const names = fc.sample(fc.array(unit, { minLength: 1, maxLength: 3 }), { numRuns: 5000, seed: 1 });
    const list = [...new Set(names.map((units) => units.join('')))].map((name) => ({
      relpath: name,
      md5: md5Of(name),
    }));
    const { stdout } = await execa(python, ['-c', script], { input: JSON.stringify(list) });
    expect(serialiseManifest(list).toString() === stdout).toBe(true);
  });
});

describe('pointer', () => {
  const files = { 'a.png': 'A', 'b/c.png': 'BC' };

  it('is the text that `dvc add` writes, for names that need quotes and others', async () => {
    const { top, run } = await project();
    const names = [
      'images',
      'wässer 水',
      "it's",
      "'q'",
      '#1',
      'a: b',
      '2026',
      '1e5',
      'null',
      'yes',
      '- x',
      '2026-11-21',
      '@x',
    ];
    for (const name of names) write(join(top, name), files);
    await run('add', '--quiet', '--', ...names.map((name) => `./${name}`));
    for (const name of names) {
      expect(updatePointer(null, targetOf(name, files))).toBe(read(top, `${name}.dvc`));
    }
  });

  it('is the text that `dvc add` makes of an existing one with comments and fields', async () => {
    const { top, run } = await project();
    write(join(top, 'data'), files);
    await run('add', '--quiet', 'data');
    const { id } = parsePointer(read(top, 'data.dvc'), 'data.dvc');
    const texts = [
      `# head\nouts:\n# before\n- md5: ${id}   # the md5\n  size: 3        # sum over entries\n\n  # own line\n  nfiles: 2\n  hash: md5\n  path: data # where\n  desc: kept as it is\n# tail\nmeta:\n  a: [1, 2]    # m\n  team: meters\n`,
      `desc: 'quoted: text'\nouts:\n- path: data\n  hash: md5\n  md5: ${id} # last\n  labels:\n  - x\n  remote: s3\n`,
      `outs:\n- md5: ${id}\n  hash: md5\n  path: data\n`,
    ];
    for (const [at, text] of texts.entries()) {
      writeFileSync(join(top, 'data.dvc'), text);
      const grown = { ...files, [`new${at}.png`]: 'x'.repeat(10 ** at) };
      write(join(top, 'data'), grown);
      await run('add', '--quiet', 'data');
      expect(updatePointer(text, targetOf('data', grown))).toBe(read(top, 'data.dvc'));
      rmSync(join(top, 'data', `new${at}.png`));
    }
  });

  it('is left alone by DVC when the directory has not changed', async () => {
    const { top, run } = await project();
    write(join(top, 'data'), files);
    const ours = updatePointer(null, targetOf('data', files));
    writeFileSync(join(top, 'data.dvc'), ours);
    await run('add', '--quiet', 'data');
    expect(read(top, 'data.dvc')).toBe(ours);
    expect(await run('status')).toContain('up to date');
    await run('commit', '--force', '--quiet');
    expect(read(top, 'data.dvc')).toBe(ours);
  });

  it('may leave out what is not known: DVC finds nothing changed, and fills it in on `dvc add`', async () => {
    const { top, run } = await project();
    write(join(top, 'data'), files);
    await run('add', '--quiet', 'data');
    const { size: _, ...known } = targetOf('data', files);
    writeFileSync(join(top, 'data.dvc'), updatePointer(null, known));
    expect(await run('status')).toContain('up to date');
    rmSync(join(top, 'data'), { recursive: true });
    await run('checkout', '--quiet');
    expect(readdirSync(join(top, 'data')).sort()).toEqual(['a.png', 'b']);
    await run('add', '--quiet', 'data');
    expect(read(top, 'data.dvc')).toBe(updatePointer(updatePointer(null, known), targetOf('data', files)));
  });

  it('quotes what ruamel quotes', async () => {
    const digits = '12345678901234567890123456789012';
    const fixed = [
      digits,
      `${digits}.dir`,
      `${digits.slice(0, 30)}e5`,
      `${digits.slice(0, 31)}e`,
      `e${digits.slice(0, 31)}`,
      '0'.repeat(32),
      ...[
        '',
        '~',
        '0x1f',
        '0o17',
        '0b1',
        '1_0',
        '.5',
        '5.',
        '+1',
        '.inf',
        'True',
        '=',
        '<<',
        '...',
        '---a',
        'a#b',
        'a #b',
      ],
      ...['\0\x07\b\t\n\v\f\r\x1b"\\', '\x7f', '\x9f', '\ufeffa', '\ufffe', '\xa0', '\ue000'],
    ];
    const character = fc.constantFrom(...' -?:,[]{}#&*!|>\'"%@`~._+=<0189abefxoXEtrunl\t\x7fé😀');
    const random = fc.sample(fc.array(character, { maxLength: 6 }), { numRuns: 4000, seed: 7 });
    const paths = [...fixed, ...random.map((characters) => characters.join(''))];
    const theirs = await dumped(paths);
    const ours = paths.map((path) => updatePointer(null, { path, id: path }));
    expect(ours.filter((text, at) => text !== theirs[at])).toEqual([]);
  });
});
