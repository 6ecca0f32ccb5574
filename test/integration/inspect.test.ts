import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { drawMeter } from '../../scripts/sample/meters.js';
import { checkImages } from '../../src/quality/check.js';
import { inspectFile } from '../../src/quality/inspect.js';
import type { Inspection } from '../../src/quality/pair-set.js';
import { inspected, pairSet } from '../support/pair-sets.js';
import { hasSharedData, sharedFile, sharedNames } from '../support/shared-data.js';

const meter = await drawMeter(1);

function inspectImage(bytes: Buffer, path = 'a.jpg'): Promise<Inspection> {
  return inspectFile({ role: 'images', path, bytes });
}

function grey(values: readonly number[], width = values.length): Sharp {
  return sharp(Uint8Array.from(values), { raw: { width, height: values.length / width, channels: 1 } });
}

async function maskFactsOf(bytes: Buffer) {
  const { facts, fault } = await inspectFile({ role: 'masks', path: 'm.png', bytes });
  expect(fault).toBeNull();
  return facts?.mask;
}

/** A valid PNG header that promises more pixels than the file holds. */
function bomb(png: Buffer, side: number): Buffer {
  const bytes = Buffer.from(png);
  bytes.writeUInt32BE(side, 16);
  bytes.writeUInt32BE(side, 20);
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
  return bytes;
}

describe('a good file', () => {
  it('is described', async () => {
    const found = await inspectImage(meter.image, 'roof/meter.1.jpg');
    expect(found).toMatchObject({ stem: 'roof/meter.1', size: meter.image.length, fault: null });
    expect(found.facts).toMatchObject({ format: 'jpeg', mask: null });
  });

  it.each(['png', 'jpeg', 'webp', 'tiff'] as const)('may be %s', async (format) => {
    const { facts } = await inspectImage(await sharp(meter.image).toFormat(format).toBuffer());
    expect(facts?.format).toBe(format);
  });

  it('has the size that viewers show', async () => {
    const { width, height } = await sharp(meter.image).metadata();
    const turned = await sharp(meter.image).withMetadata({ orientation: 6 }).toBuffer();
    expect((await inspectImage(turned)).facts).toMatchObject({ width: height, height: width });
  });

  it('may have transparency, 16 bit or CMYK', async () => {
    const alpha = await sharp(meter.image).ensureAlpha(0.5).png().toBuffer();
    const deep = await sharp(meter.image).toColourspace('rgb16').png().toBuffer();
    const print = await sharp(meter.image).toColourspace('cmyk').jpeg().toBuffer();
    for (const bytes of [alpha, deep, print]) expect((await inspectImage(bytes)).fault).toBeNull();
  });
});

describe('a bad file is named for what it is', () => {
  const png = () => sharp(meter.image).png().toBuffer();
  const cases: [string, () => Promise<Buffer> | Buffer, string, RegExp][] = [
    ['0 bytes', () => Buffer.alloc(0), 'empty', /0 bytes/],
    [
      'a Git LFS pointer',
      () => Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n'),
      'lfs-pointer',
      /LFS/,
    ],
    ['text', () => Buffer.from('Meter readings: äöü\n'), 'unsupported-type', /not an image.*text/],
    [
      'SVG',
      () => Buffer.from('<svg xmlns="x"><image href="file:///etc/passwd"/></svg>'),
      'unsupported-type',
      /SVG/,
    ],
    ['HEIC', () => Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1'), 'unsupported-type', /HEIC/],
    ['GIF', async () => sharp(meter.image).gif().toBuffer(), 'unsupported-type', /GIF/],
    ['PDF', () => Buffer.from('%PDF-1.7'), 'unsupported-type', /PDF/],
    ['noise', () => Buffer.from([1, 2, 3, 0, 5]), 'unsupported-type', /unknown type/],
    ['a JPEG without its end', () => meter.image.subarray(0, -200), 'damaged', /truncated or damaged/],
    ['half a JPEG', () => meter.image.subarray(0, meter.image.length / 2), 'damaged', /truncated/],
    ['half a PNG', async () => (await png()).subarray(0, 60_000), 'damaged', /truncated/],
    [
      'half a WebP',
      async () => (await sharp(meter.image).webp().toBuffer()).subarray(0, 4000),
      'damaged',
      /truncated/,
    ],
    ['only a header', () => meter.image.subarray(0, 20), 'damaged', /truncated/],
    [
      '900 megapixels',
      async () => bomb(await png(), 30_000),
      'too-many-pixels',
      /30000 × 30000 = 900 million/,
    ],
  ];

  it.each(cases)('%s', async (_what, make, kind, message) => {
    const bytes = await make();
    for (const role of ['images', 'masks'] as const) {
      const { facts, fault } = await inspectFile({ role, path: 'a.png', bytes });
      expect(facts).toBeNull();
      expect(fault?.kind).toBe(kind);
      expect(fault?.message).toMatch(message);
      expect(fault?.fix).toBeTruthy();
    }
  });

  it('a PNG with a flipped bit', async () => {
    const bytes = await png();
    bytes[Math.floor(bytes.length / 2)]! ^= 0xff;
    expect((await inspectImage(bytes)).fault?.kind).toBe('damaged');
  });

  it.each([
    ['120000', 'symlink'],
    ['160000', 'submodule'],
  ])('mode %s', async (mode, kind) => {
    const bytes = Buffer.from('../elsewhere.jpg');
    expect((await inspectFile({ role: 'images', path: 'a.jpg', bytes, mode })).fault?.kind).toBe(kind);
  });

  it('just under the limit of pixels is not refused for its size', async () => {
    const { fault } = await inspectImage(bomb(await png(), 10_000));
    expect(fault?.kind).toBe('damaged');
  });
});

describe('values of a mask', () => {
  it('are counted', async () => {
    const bytes = await grey([0, 0, 0, 255]).png().toBuffer();
    expect(await maskFactsOf(bytes)).toEqual({
      min: 0,
      max: 255,
      distinct: 2,
      values: [0, 255],
      colour: false,
      between: 0,
      foreground: 0.25,
    });
  });

  it('of 0 and 1 count 1 as foreground', async () => {
    expect(await maskFactsOf(await grey([0, 1, 1, 0]).png().toBuffer())).toMatchObject({
      values: [0, 1],
      foreground: 0.5,
    });
  });

  it('of a JPEG are cut at 127', async () => {
    const values = Array.from({ length: 64 * 64 }, (_, i) => (i % 64 < 16 ? 250 : 3));
    const facts = await maskFactsOf(await grey(values, 64).jpeg().toBuffer());
    expect(facts?.foreground).toBeCloseTo(0.25, 2);
    expect(facts?.between).toBeLessThan(0.02);
  });

  it('survive 16 bit, palettes, transparency and three equal channels', async () => {
    const source = () => grey([0, 255, 0, 255]);
    const deep = sharp(Uint16Array.of(0, 1, 0, 1), { raw: { width: 4, height: 1, channels: 1 } });
    expect(await maskFactsOf(await deep.toColourspace('grey16').png().toBuffer())).toMatchObject({
      values: [0, 1],
    });
    for (const image of [
      source().toColourspace('srgb').png(),
      source().toColourspace('srgb').png({ palette: true }),
      source().toColourspace('srgb').ensureAlpha(0).png(),
      source().webp({ lossless: true }),
      source().tiff({ bitdepth: 1, compression: 'lzw' }),
    ]) {
      expect(await maskFactsOf(await image.toBuffer())).toMatchObject({
        values: [0, 255],
        colour: false,
        foreground: 0.5,
      });
    }
  });

  it('in colour are noticed', async () => {
    const red = sharp({ create: { width: 4, height: 4, channels: 3, background: '#800000' } });
    expect(await maskFactsOf(await red.png().toBuffer())).toMatchObject({ colour: true });
  });

  it('make a photo unfit as a mask', async () => {
    const mask = await inspectFile({ role: 'masks', path: 'a.jpg', bytes: meter.image });
    const set = pairSet([mask, inspected('images', 'a.jpg', { width: 480, height: 360 })]);
    expect(checkImages(set).blocking.map(({ rule }) => rule)).toContain('mask-values');
  });
});

it('finds nothing wrong with drawn meters', async () => {
  const files = await Promise.all([
    inspectImage(meter.image),
    inspectFile({ role: 'masks', path: 'a.png', bytes: meter.mask }),
  ]);
  expect(checkImages(pairSet(files)).problems).toEqual([]);
});

describe.skipIf(!hasSharedData)('real water meters', () => {
  it('have no blocking problem, all 60 pairs', async () => {
    const files: Inspection[] = [];
    for (const role of ['images', 'masks'] as const) {
      for (const path of sharedNames(`water-meters/${role}`)) {
        files.push(await inspectFile({ role, path, bytes: sharedFile(`water-meters/${role}/${path}`) }));
      }
    }
    expect(files).toHaveLength(120);
    expect(checkImages(pairSet(files)).problems).toEqual([]);
  });

  it('that are odd are told apart', async () => {
    const file = (role: 'images' | 'masks', path: string) =>
      inspectFile({ role, path: path.replace('two-masks/', ''), bytes: sharedFile(`odd/${path}`) });
    const files = await Promise.all([
      file('images', 'image-without-mask.png'),
      file('images', 'names-differ-image.jpg'),
      file('masks', 'names-differ-mask.jpg'),
    ]);
    const problems = checkImages(pairSet(files)).problems.map(({ rule, path }) => `${rule} ${path}`);
    expect(problems.sort()).toEqual([
      'paired data/images/image-without-mask.png',
      'paired data/images/names-differ-image.jpg',
      'paired data/masks/names-differ-mask.jpg',
    ]);
    const relabelled = await Promise.all([
      file('images', 'two-masks/id_1_value_13_116.jpg'),
      file('masks', 'two-masks/mask.jpg'),
      file('masks', 'two-masks/mask-relabelled.png'),
    ]);
    for (const { fault, facts } of relabelled) {
      expect(fault).toBeNull();
      expect(facts).toMatchObject({ width: 1000, height: 1333 });
    }
  });
});
