import { describe, expect, it } from 'vitest';
import { parsePointer, updatePointer } from '../../src/dataset/pointer.js';
import { isWmsError, type WmsError } from '../../src/errors.js';

const OLD = 'b09a7a8fb30d2b1db2a32b007c89061a.dir';
const NEW = '19f7ec3c0ca7a4af14aaa57023035aa8.dir';
const lines = (...list: string[]) => `${list.join('\n')}\n`;
const simple = lines('outs:', `- md5: ${OLD}`, '  size: 20', '  nfiles: 10', '  hash: md5', '  path: data');

function errorOf(text: string): WmsError {
  try {
    parsePointer(text, 'data/images.dvc');
  } catch (error) {
    if (isWmsError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('parsePointer', () => {
  it('reads a directory', () => {
    expect(parsePointer(simple, 'data.dvc')).toEqual({ id: OLD, path: 'data', size: 20, nfiles: 10 });
  });

  it('reads a single file, without the optional numbers and with fields of the future', () => {
    const text = lines(
      'desc: production',
      'outs:',
      "- md5: '12345678901234567890123456789012'",
      '  hash: md5',
      '  path: model.onnx',
      '  future: [1, {a: b}]',
      'meta: {x: 1}',
    );
    expect(parsePointer(text, 'model.onnx.dvc')).toEqual({
      id: '12345678901234567890123456789012',
      path: 'model.onnx',
      size: undefined,
      nfiles: undefined,
    });
  });

  it('keeps every digit of an MD5 that looks like a number', () => {
    for (const md5 of [
      '12345678901234567890123456789012',
      '1234567890123456789012345678901e',
      `12e${'4'.repeat(29)}`,
    ]) {
      expect(parsePointer(lines('outs:', `- md5: ${md5}`, '  hash: md5', '  path: m'), 'm.dvc').id).toBe(md5);
    }
  });

  it('resolves wdir', () => {
    expect(parsePointer(`wdir: ../x\n${simple}`, 'data.dvc').path).toBe('../x/data');
    expect(parsePointer(`wdir: .\n${simple}`, 'data.dvc').path).toBe('data');
  });

  it('refuses a pointer of DVC 2', () => {
    const error = errorOf(simple.replace('  hash: md5\n', ''));
    expect(error).toMatchObject({ kind: 'pointer/legacy', code: 2 });
    expect(error.next).toContain('dvc cache migrate');
  });

  it.each([
    ['', 'outs'],
    ['hello', 'outs'],
    ['outs: []', 'outs'],
    ['outs:\n- text', 'mapping'],
    ['outs: [\n', 'YAML'],
    ['a: b: c', 'YAML'],
    [`${simple}---\n${simple}`, 'YAML'],
    [simple + simple.slice('outs:\n'.length), '2 outputs'],
    [simple.replace(/ md5: .*\n {2}/, ' '), 'no md5'],
    [simple.replace(OLD, 'xyz.dir'), 'xyz.dir'],
    [simple.replace('  path: data\n', ''), 'no path'],
    [simple.replace('hash: md5', 'hash: sha256'), 'sha256'],
    [simple.replace(/md5: .*/, 'files: []'), 'version_aware'],
    [`<<<<<<< HEAD\n${simple}=======\n${simple}>>>>>>> theirs\n`, 'conflict markers'],
  ])('refuses %j', (text, reason) => {
    const error = errorOf(text);
    expect(error).toMatchObject({ kind: 'pointer/corrupt', code: 2 });
    expect(error.message).toContain('data/images.dvc');
    expect(error.why).toContain(reason);
    expect(error.next).toContain('data/images.dvc');
  });
});

describe('updatePointer', () => {
  const target = { path: 'data', id: NEW, size: 123456, nfiles: 12 };

  it('writes a new pointer as DVC does', () => {
    expect(updatePointer(null, target)).toBe(
      lines('outs:', `- md5: ${NEW}`, '  size: 123456', '  nfiles: 12', '  hash: md5', '  path: data'),
    );
    expect(updatePointer(null, { path: 'wässer 水', id: NEW })).toBe(
      lines('outs:', `- md5: ${NEW}`, '  hash: md5', '  path: wässer 水'),
    );
  });

  it('changes only the three values, and keeps the columns of comments', () => {
    const text = lines(
      '# head',
      'outs:',
      '  # before',
      `  - md5: "${OLD}" # the md5`,
      '    size: 20        # sum over entries',
      '',
      '    nfiles:   10#',
      '    path:   data   # where',
      "    desc: 'kept  as  it is'",
      '    hash: md5',
      '    labels: [a,   b]',
      '    future: {x: 1}',
      '# tail',
      'meta:',
      '    deep: yes   # m',
    );
    const expected = text
      .replace(`"${OLD}" # the md5`, `${NEW}   # the md5`)
      .replace('20        # sum', '123456    # sum')
      .replace('10#', '12');
    expect(updatePointer(text.replace('10#', '10'), target)).toBe(expected);
  });

  it('puts at least one space before a comment', () => {
    const text = simple.replace('size: 20', 'size: 20 # sum');
    expect(updatePointer(text, target)).toContain('  size: 123456 # sum\n');
  });

  it('adds numbers that are missing behind the last field, and takes away what is not known', () => {
    const without = simple.replace('  size: 20\n  nfiles: 10\n', '');
    expect(updatePointer(without, target)).toBe(
      lines('outs:', `- md5: ${NEW}`, '  hash: md5', '  path: data', '  size: 123456', '  nfiles: 12'),
    );
    expect(updatePointer(`${without.trimEnd()}`, target)).toBe(updatePointer(without, target));
    expect(updatePointer(simple, { path: 'data', id: NEW, nfiles: 12 })).toBe(
      simple.replace(OLD, NEW).replace('  size: 20\n', '').replace('10', '12'),
    );
  });

  it('takes away a first and a last field', () => {
    const first = lines(
      'outs:',
      '  - size: 20 # sum',
      `    md5: ${OLD}`,
      '    hash: md5',
      '    path: data',
      '    nfiles: 3',
    );
    expect(updatePointer(first, { path: 'data', id: NEW })).toBe(
      lines('outs:', `  - md5: ${NEW}`, '    hash: md5', '    path: data'),
    );
  });

  it('adds behind a nested last field, and before the tail', () => {
    const text = lines(
      'outs:',
      `- md5: ${OLD}`,
      '  hash: md5',
      '  path: data',
      '  meta:',
      '    a: 1',
      '# tail',
      'meta:',
      '  b: 2',
    );
    expect(updatePointer(text, { path: 'data', id: NEW, size: 5 })).toBe(
      text.replace(OLD, NEW).replace('# tail', '  size: 5\n# tail'),
    );
  });

  it('keeps line ends', () => {
    const text = simple.replace('  size: 20\n', '').replaceAll('\n', '\r\n');
    expect(updatePointer(text, target)).toBe(
      text.replace(OLD, NEW).replace('10', '12').replace(/$/, '  size: 123456\r\n'),
    );
  });

  it('fills in an empty value', () => {
    expect(updatePointer(simple.replace('size: 20', 'size:'), target)).toBe(updatePointer(simple, target));
  });

  it('lays out braces as DVC would', () => {
    const text = `outs: [{md5: ${OLD}, hash: md5, size: 3, path: data}] # all\n`;
    const updated = updatePointer(text, { path: 'data', id: NEW, nfiles: 1 });
    expect(updated).toContain('# all');
    expect(updated.replace('# all\n', '')).toBe(
      lines('outs:', `- md5: ${NEW}`, '  hash: md5', '  path: data', '  nfiles: 1'),
    );
  });

  it('quotes an MD5 that looks like a number', () => {
    const digits = '12345678901234567890123456789012';
    expect(updatePointer(simple, { path: 'data', id: digits })).toContain(`md5: '${digits}'\n`);
    const exponent = `12e${'4'.repeat(29)}`;
    expect(updatePointer(null, { path: 'm', id: exponent })).toContain(`md5: '${exponent}'\n`);
    expect(updatePointer(null, { path: 'm', id: `${digits}.dir` })).toContain(`md5: ${digits}.dir\n`);
  });

  it('says what it wrote when it is read again', () => {
    for (const path of [
      "it's",
      'a: b',
      '#x',
      'null',
      '1e5',
      ' ',
      '-',
      '- a',
      'a\tb',
      '\x7f',
      '\u2028',
      '\ufeff',
      '"',
      "'#\\",
    ]) {
      expect(parsePointer(updatePointer(null, { ...target, path }), 'x.dvc')).toEqual({ ...target, path });
    }
  });
});
