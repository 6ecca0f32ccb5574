import { execFileSync } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configJsonSchema } from '../../src/config/json-schema.js';
import { parseJsonTree } from '../../src/config/json-tree.pure.js';
import { parseConfig, readConfigFile } from '../../src/config/load.js';
import type { ConfigFile } from '../../src/config/schema.js';
import type { WmsError } from '../../src/errors.js';
import { makeDirectory, writeFiles } from '../support/scratch.js';

const NAME = 'wms.config.json';

function failure(content: string | Uint8Array): WmsError {
  try {
    parseConfig(content, NAME);
  } catch (error) {
    expect(error).toMatchObject({ name: 'WmsError', code: 2, kind: 'config/invalid' });
    expect((error as WmsError).next).toBeTruthy();
    return error as WmsError;
  }
  throw new Error('was accepted');
}

const problems = (config: unknown) => failure(JSON.stringify(config)).why?.split('\n') ?? [];

describe('a good file', () => {
  it('takes defaults for what it leaves out', () => {
    expect(parseConfig('{}', NAME)).toEqual({
      dataset: { images: 'data/training/images', masks: 'data/training/masks' },
      publish: { through: 'store' },
      protectedBranches: ['main'],
      model: { path: 'models/production.onnx' },
      serve: { queue: 32, maxBodyMB: 20, maxMegapixels: 50 },
      smoke: { maxImages: 16, required: true },
      tracking: { experiment: 'wms' },
      registry: { kind: 'git', model: 'wms', stages: false },
      gate: { firstModel: 'promote', minDelta: 0, requireSignificant: false },
      train: {
        command: [],
        split: { train: 0.7, validation: 0.15, test: 0.15 },
        output: 'runs',
        stallMinutes: 15,
        graceSeconds: 10,
        candidates: [],
        where: 'runner',
      },
      cloud: {
        region: 'us-east-1',
        size: 't3.large',
        hours: 4,
        diskGb: 30,
        instanceProfile: 'LabInstanceProfile',
        idleMinutes: 30,
        terraform: { directory: 'terraform', outputs: {}, variables: {} },
      },
    });
  });

  it('normalises paths', () => {
    const config: ConfigFile = { dataset: { images: './a//b/./c/', masks: 'a\\masks' } };
    expect(parseConfig(JSON.stringify(config), NAME).dataset).toEqual({ images: 'a/b/c', masks: 'a/masks' });
  });

  it('may start with a byte order mark', () => {
    expect(parseConfig('\uFEFF{"protectedBranches": ["trunk"]}', NAME).protectedBranches).toEqual(['trunk']);
    expect(parseConfig(Buffer.from('\uFEFF{}'), NAME).protectedBranches).toEqual(['main']);
  });

  it('may hold branch names with slashes, plus signs and letters of any language', () => {
    const names = ['release/1.x', 'c++', 'größe', 'database', 'données/main'];
    expect(parseConfig(JSON.stringify({ protectedBranches: names }), NAME).protectedBranches).toEqual(names);
  });
});

describe('a file that is not JSON', () => {
  it('is shown with line, column and the place', () => {
    const error = failure('{\n  "model": { "path" "x" }\n}\n');
    expect(error.message).toBe('wms.config.json is not valid JSON');
    expect(error.why).toBe(
      "line 2, column 21: a broken string where ':' was expected\n" +
        '  2 |   "model": { "path" "x" }\n' +
        '                          ^',
    );
  });

  it.each([
    ['a line comment', '{\n  // the dataset\n}', /line 2, column 3: comments are not supported/],
    ['a block comment', '/* hi */ {}', /line 1, column 1: comments are not supported/],
    ['a trailing comma in an object', '{"smoke": {},\n}', /line 1, column 13: a comma too many/],
    ['a trailing comma in a list', '{"protectedBranches": ["a",]}', /a comma too many/],
    ['single quotes', "{'model': {}}", /found "'" where a name in double quotes was expected/],
    ['a cut file', '{"model": {', /the file ends where a name in double quotes was expected/],
    ['text after the end', '{} {}', /found "{" where nothing more was expected/],
    ['a raw line break in a string', '{"$schema": "a\nb"}', /a broken string where a value was expected/],
    ['a number with a leading zero', '{"smoke": {"maxImages": 016}}', /where ',' or '}' was expected/],
  ])('%s', (_, text, why) => {
    expect(failure(text).why).toMatch(why);
  });

  it('is empty', () => {
    expect(failure(' \n').message).toBe('wms.config.json is empty');
  });

  it('is not UTF-8', () => {
    expect(failure(Buffer.from([0x7b, 0xff, 0x7d])).message).toBe('wms.config.json is not UTF-8 text');
  });

  it('is not an object', () => {
    expect(problems([])).toEqual(['the file (line 1): must be an object, is a list']);
  });
});

describe('the MLflow server', () => {
  it.each([
    ['ftp://mlflow', 'tracking.uri (line 1): must be the address of an MLflow server: http://… or https://…'],
    ['mlflow:5000', 'tracking.uri (line 1): must be the address of an MLflow server: http://… or https://…'],
  ])('%s is none', (uri, problem) => {
    expect(problems({ tracking: { uri } })).toEqual([problem]);
  });

  it('has no password in a file that everybody reads', () => {
    expect(problems({ tracking: { uri: 'https://ana:geheim@mlflow.example' } })).toEqual([
      'tracking.uri (line 1): must not hold a password: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD',
    ]);
  });

  it('is one of two registries', () => {
    expect(problems({ registry: { kind: 'svn' } })).toEqual([
      'registry.kind (line 1): must be git or mlflow, is "svn"',
    ]);
    expect(problems({ registry: { model: 'a/b' } })).toEqual([
      'registry.model (line 1): must be a name without / : and quotes',
    ]);
  });
});

describe('the reader of JSON', () => {
  it('accepts exactly what JSON.parse accepts', () => {
    const json = fc.json();
    const broken = fc
      .tuple(json, fc.nat(), fc.constantFrom('', ',', '"', '}', ']', '1', '\\', '/', '\u0001', ' '))
      .map(
        ([text, at, piece]) =>
          text.slice(0, at % (text.length + 1)) + piece + text.slice((at + 1) % (text.length + 1)),
      );
    const accepts = (parse: (text: string) => unknown, text: string) => {
      try {
        parse(text);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(fc.oneof(json, broken), (text) => {
        expect(accepts(parseJsonTree, text)).toBe(accepts(JSON.parse, text));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('problems', () => {
  it('are all reported at once, with path and line', () => {
    const text = `{
  "dataset": { "images": "/abs", "mask": "m" },
  "protectedBranches": [],
  "smoke": { "maxImages": 0, "required": "yes" },
  "modle": {}
}`;
    const error = failure(text);
    expect(error.message).toBe('wms.config.json has 6 problems');
    expect(error.why?.split('\n').sort()).toEqual([
      'dataset.images (line 2): must be relative to the repository',
      'dataset.mask (line 2): is not a setting: did you mean dataset.masks?',
      'modle (line 5): is not a setting: did you mean model?',
      'protectedBranches (line 3): must not be empty',
      'smoke.maxImages (line 4): must be at least 1, is 0',
      'smoke.required (line 4): must be a boolean, is "yes"',
    ]);
  });

  it('in one section do not hide cross-field problems in others', () => {
    expect(
      problems({
        smoke: { maxImages: 1.5 },
        protectedBranches: ['data/x'],
        dataset: { masks: 'data/training/images', extra: 1 },
      }),
    ).toEqual([
      'dataset.extra (line 1): is not a setting',
      'smoke.maxImages (line 1): must be a whole number, is 1.5',
      'dataset.masks (line 1): is the same directory as dataset.images',
      'protectedBranches[0] (line 1): data/… is where publishes go: it cannot be protected',
    ]);
  });

  it.each([
    [{ images: 'x' }, 'images (line 1): is not a setting: did you mean dataset.images?'],
    [
      { protectedBranch: ['main'] },
      'protectedBranch (line 1): is not a setting: did you mean protectedBranches?',
    ],
    [
      { smoke: { maximages: 3 } },
      'smoke.maximages (line 1): is not a setting: did you mean smoke.maxImages?',
    ],
    [{ quality: {} }, 'quality (line 1): is not a setting'],
  ])('an unknown key: %j', (config, line) => {
    expect(problems(config)).toEqual([line]);
  });

  it('a key given twice', () => {
    expect(failure('{"smoke": {"maxImages": 3,\n "maxImages": 4}}').why).toBe(
      'smoke.maxImages (line 2): is given twice',
    );
  });

  it.each([
    ['..', 'must stay inside the repository'],
    ['a/../../b', 'must stay inside the repository'],
    ['C:\\images', 'must be relative to the repository'],
    ['\\\\server\\share', 'must be relative to the repository'],
    ['a\nb', 'must not hold control characters'],
    ['', 'must not be empty'],
    ['./', 'must name something below the top of the repository'],
  ])('the directory %j', (images, message) => {
    expect(problems({ dataset: { images } })).toContain(`dataset.images (line 1): ${message}`);
  });

  it.each([
    ['the same', 'a', './a', 'dataset.masks (line 1): is the same directory as dataset.images'],
    ['masks inside', 'a', 'a/masks', 'dataset.masks (line 1): lies inside dataset.images'],
    ['images inside', 'b/c', 'b', 'dataset.images (line 1): lies inside dataset.masks'],
    [
      'only case',
      'Data/x',
      'data/x',
      'dataset.masks (line 1): differs from dataset.images only in case: one directory on macOS and Windows',
    ],
    ['in .git', '.git/x', 'b', 'dataset.images (line 1): must not lie in .git'],
  ])('directories: %s', (_, images, masks, line) => {
    expect(problems({ dataset: { images, masks } })).toEqual([line]);
  });

  it('sibling directories with a common prefix are fine', () => {
    expect(
      parseConfig('{"dataset": {"images": "data/img", "masks": "data/img-masks"}}', NAME).dataset.masks,
    ).toBe('data/img-masks');
  });

  it('a model inside the dataset', () => {
    expect(problems({ model: { path: 'data/training/masks/m.onnx' } })).toEqual([
      'model.path (line 1): must not lie in dataset.masks',
    ]);
  });

  it.each(['data', 'data/x'])('a protected branch %s', (name) => {
    expect(problems({ protectedBranches: ['main', name] })).toEqual([
      'protectedBranches[1] (line 1): data/… is where publishes go: it cannot be protected',
    ]);
  });

  it('a branch named twice or in full', () => {
    expect(problems({ protectedBranches: ['main', 'refs/heads/main', 'main'] })).toEqual([
      "protectedBranches[1] (line 1): is a branch's short name, e.g. main instead of refs/heads/main",
      'protectedBranches[2] (line 1): names main a second time',
    ]);
  });

  const names = [
    'main',
    'a..b',
    '-a',
    'a.lock',
    'a/.b',
    'a//b',
    '/a',
    'a/',
    'a b',
    'a~1',
    'a^',
    'a:b',
    'a?',
    'a*',
    'a[',
    'a\\b',
    'a.',
    'a@{b',
    '@',
    'a@b',
    'HEAD',
    'a.b',
    'a.lock/b',
    'ü',
    'a\u007f',
    'a.lockx',
    '.a',
    '@x',
    'head',
  ];
  it.each(names)('agrees with Git about the branch name %j', (name) => {
    const git = () => execFileSync('git', ['check-ref-format', '--branch', name], { stdio: 'ignore' });
    const ours = () => parseConfig(JSON.stringify({ protectedBranches: [name] }), NAME);
    let valid = true;
    try {
      git();
    } catch {
      valid = false;
    }
    if (valid) expect(ours).not.toThrow();
    else expect(ours).toThrow();
  });
});

describe('the file on disk', () => {
  it('may be absent', async () => {
    expect(await readConfigFile(join(makeDirectory(), NAME), NAME)).toBeNull();
  });

  it('is read', async () => {
    const directory = makeDirectory();
    await writeFiles(directory, { [NAME]: '{"smoke": {"required": false}}' });
    expect(await readConfigFile(join(directory, NAME), NAME)).toMatchObject({ smoke: { required: false } });
  });

  it('may be unreadable', async () => {
    const directory = makeDirectory();
    await mkdir(join(directory, NAME));
    await expect(readConfigFile(join(directory, NAME), NAME)).rejects.toMatchObject({
      kind: 'config/invalid',
      code: 2,
      message: 'wms.config.json cannot be read',
    });
  });
});

it('the JSON Schema in the package is the one of the code (npx tsx scripts/build-schema.ts)', async () => {
  const shipped = await readFile(new URL('../../schema/wms.config.schema.json', import.meta.url), 'utf8');
  expect(shipped).toBe(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
});
