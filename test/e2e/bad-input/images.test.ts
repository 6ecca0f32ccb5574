import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { test } from 'vitest';
import { drawMeter } from '../../../scripts/sample/meters.js';
import { expectPublished, expectRefused, IMAGES, MASKS, teamTemplate } from '../../support/bad-push.js';
import { pairFiles, picture } from '../../support/pictures.js';
import { commitFiles, git, tryGit } from '../../support/scratch.js';

const team = teamTemplate();

type Files = Record<string, Buffer | string>;

interface Case {
  readonly name: string;
  /** What is committed beside the good pair `meter_2`; null takes a file of it away. */
  readonly bad: () => Promise<Record<string, Buffer | string | null>>;
  readonly says: readonly (string | RegExp)[];
  /** What makes it good. */
  readonly fix: () => Promise<Record<string, Buffer | string | null>>;
  /** Pairs beside `meter_1` and `meter_2` after that. */
  readonly adds?: readonly string[];
}

const image = `${IMAGES}/meter_2.png`;
const mask = `${MASKS}/meter_2.png`;
const goodImage = async (): Promise<Files> => ({ [image]: (await picture(2)).image });
const goodMask = async (): Promise<Files> => ({ [mask]: (await picture(2)).mask });

/** A complete, valid PNG of 1-bit black: 900 million pixels in 110 KB. */
function bomb(): Buffer {
  const side = 30_000;
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.writeUInt8(1, 8);
  const pixels = deflateSync(Buffer.alloc((side / 8 + 1) * side), { level: 9 });
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const half = (bytes: Buffer) => bytes.subarray(0, bytes.length / 2);

const CASES: readonly Case[] = [
  {
    name: 'truncated PNG',
    bad: async () => ({ [image]: half((await picture(2)).image) }),
    says: [image, 'truncated or damaged', '→ copy or export the file again'],
    fix: goodImage,
  },
  {
    name: 'truncated JPEG, which many viewers still show',
    bad: async () => {
      const meter = await drawMeter(3);
      return { [`${IMAGES}/lane.jpg`]: half(meter.image), [`${MASKS}/lane.png`]: meter.mask };
    },
    says: [`${IMAGES}/lane.jpg`, 'truncated or damaged'],
    fix: async () => ({ [`${IMAGES}/lane.jpg`]: (await drawMeter(3)).image }),
    adds: ['lane'],
  },
  {
    name: 'truncated mask',
    bad: async () => ({ [mask]: half((await picture(2)).mask) }),
    says: [mask, 'truncated or damaged'],
    fix: goodMask,
  },
  {
    name: 'text file named .png',
    bad: async () => ({ [image]: 'not a picture\n' }),
    says: [image, 'it holds text', 'save the image as PNG or JPEG'],
    fix: goodImage,
  },
  {
    name: 'Git LFS pointer',
    bad: async () => ({
      [image]: `version https://git-lfs.github.com/spec/v1\noid sha256:${'4d'.repeat(32)}\nsize 12345\n`,
    }),
    says: [image, 'Git LFS pointer', 'git lfs pull'],
    fix: goodImage,
  },
  {
    name: 'file of 0 bytes',
    bad: async () => ({ [mask]: '' }),
    says: [mask, 'is empty (0 bytes)'],
    fix: goodMask,
  },
  {
    name: 'image of 900 million pixels',
    bad: async () => ({ [image]: bomb() }),
    says: [image, '30000 × 30000 = 900 million pixels', 'limit of 100 million', 'make the picture smaller'],
    fix: goodImage,
  },
  {
    name: 'mask of 900 million pixels',
    bad: async () => ({ [mask]: bomb() }),
    says: [mask, '900 million pixels'],
    fix: goodMask,
  },
  {
    name: 'mask missing',
    bad: async () => ({ [mask]: null }),
    says: [image, 'has no mask', `${MASKS}/meter_2.*`, 'add the mask, or leave out this image'],
    fix: goodMask,
  },
  {
    name: 'image missing',
    bad: async () => ({ [image]: null }),
    says: [mask, 'has no image', `${IMAGES}/meter_2.*`],
    fix: goodImage,
  },
  {
    name: 'two masks for one image in one push',
    bad: async () => ({
      [`${MASKS}/meter_2.jpg`]: await sharp((await picture(2)).mask)
        .jpeg()
        .toBuffer(),
    }),
    says: [`${MASKS}/meter_2.jpg`, `${MASKS}/meter_2.png`, 'is a second mask for the name "meter_2"'],
    fix: async () => ({ [`${MASKS}/meter_2.jpg`]: null }),
  },
  {
    name: 'a second mask for an image of the dataset',
    bad: async () => ({
      [`${MASKS}/meter_1.jpg`]: await sharp((await picture(1)).mask)
        .jpeg()
        .toBuffer(),
    }),
    says: [`${MASKS}/meter_1.jpg is a second mask for the name "meter_1"`, `${MASKS}/meter_1.png`],
    fix: async () => ({ [`${MASKS}/meter_1.jpg`]: null }),
  },
  {
    name: 'sizes differ',
    bad: async () => ({ [mask]: (await picture(2, 32)).mask }),
    says: [`${mask} is 32 × 32 but its image ${image} is 24 × 24`, 'export the mask again'],
    fix: goodMask,
  },
  {
    name: 'size of a relabelled mask differs from the image in the dataset',
    bad: async () => ({ [`${MASKS}/meter_1.png`]: (await picture(1, 32)).mask }),
    says: [`${MASKS}/meter_1.png is 32 × 32 but its image ${IMAGES}/meter_1.png is 24 × 24`],
    fix: async () => ({ [`${MASKS}/meter_1.png`]: (await picture(9)).mask }),
  },
  {
    name: 'several problems at once: every file is named',
    bad: async () => ({
      [`${IMAGES}/a.png`]: 'text',
      [`${IMAGES}/b\n"c'.png`]: '',
      [`${MASKS}/-d.png`]: half((await picture(4)).mask),
    }),
    says: [
      '3 files have problems that block publishing',
      `${IMAGES}/a.png`,
      `"${IMAGES}/b\\n\\"c'.png"`,
      `${MASKS}/-d.png cannot be decoded`,
      `${MASKS}/-d.png has no image`,
    ],
    fix: async () => ({
      [`${IMAGES}/a.png`]: null,
      [`${IMAGES}/b\n"c'.png`]: null,
      [`${MASKS}/-d.png`]: null,
    }),
  },
];

async function commit(
  clone: string,
  changes: Record<string, Buffer | string | null>,
  message: string,
): Promise<void> {
  const written = Object.entries(changes).filter(
    (entry): entry is [string, Buffer | string] => entry[1] !== null,
  );
  const gone = Object.keys(changes).filter((path) => changes[path] === null);
  if (gone.length > 0) await git(clone, 'rm', '--quiet', '--force', '--', ...gone);
  await commitFiles(clone, Object.fromEntries(written), message);
}

for (const { name, bad, says, fix, adds = [] } of CASES) {
  test(name, async () => {
    const here = await team();
    await commitFiles(here.clone, await pairFiles([2]), 'good photos');
    await commit(here.clone, await bad(), 'bad photos');

    await expectRefused(here, { code: 3, kind: 'images/problems', says });

    await commit(here.clone, await fix(), 'better photos');
    await expectPublished(here, ['meter_1', 'meter_2', ...adds]);
  });
}

test('a name that is not UTF-8: no manifest can hold it', async () => {
  const here = await team();
  await commitFiles(here.clone, await pairFiles([2]), 'good photos');
  for (const path of [image, mask]) {
    const blob = await git(here.clone, 'rev-parse', `HEAD:${path}`);
    const line = `100644 ${blob}\t${path.replace('meter_2', 'stra\xdfe')}\n`;
    await tryGit(here.clone, ['update-index', '--index-info'], { input: Buffer.from(line, 'latin1') });
  }
  await git(here.clone, 'commit', '--quiet', '-m', 'from an old disk');
  await expectRefused(here, {
    code: 3,
    kind: 'images/names',
    says: [`${IMAGES}/stra`, `${MASKS}/stra`, 'UTF-8', 'Rename'],
  });
  await git(here.clone, 'reset', '--quiet', '--hard', 'HEAD~1');
  await expectPublished(here, ['meter_1', 'meter_2']);
});
