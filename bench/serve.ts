import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { drawMeter } from '../scripts/sample/meters.js';
import { tinyModel, tinyModelFacts } from '../scripts/sample/tiny-model.js';
import { overlap } from '../src/model/metrics.js';
import { hasSharedData, sharedFile, sharedNames } from '../test/support/shared-data.js';
import { type Measured, sendPhotos } from './serve/client.js';
import { type Server, startOurs, startPeer } from './serve/servers.js';
import { inTurn } from './support/rounds.js';
import { median, pairedRatio, quantile } from './support/statistics.js';
import { check, heading, printTable } from './support/table.js';

const PHOTOS = 40;
const ROUNDS = 5;
const WARM_UP = 1;
const AT_ONCE = 8;
const MOST_WORKERS = 4;
const AGREE = 0.99;

const workers = Math.min(availableParallelism(), MOST_WORKERS);

/** Real photos and their model where they are, else drawn ones of the same size. */
async function material(): Promise<{ photos: Buffer[]; model: Buffer; facts: string }> {
  if (hasSharedData) {
    const photos = sharedNames('water-meters/images').map((name) =>
      sharedFile(`water-meters/images/${name}`),
    );
    const facts = sharedFile('models/model.json').toString();
    return { photos: photos.slice(0, PHOTOS), model: sharedFile('models/production.onnx'), facts };
  }
  const photos = Array.from({ length: PHOTOS }, async (_, seed) => {
    const { image } = await drawMeter(seed);
    return sharp(image).resize(1333, 1000, { fit: 'fill' }).jpeg({ quality: 90 }).toBuffer();
  });
  return { photos: await Promise.all(photos), model: tinyModel(), facts: tinyModelFacts() };
}

async function foreground(png: Buffer): Promise<Uint8Array> {
  const pixels = await sharp(png).toColourspace('b-w').raw().toBuffer();
  return Uint8Array.from(pixels, (value) => (value > 127 ? 1 : 0));
}

async function agreement(ours: Measured, peer: Measured): Promise<number> {
  const scores = await Promise.all(
    ours.masks.map(
      async (mask, i) => overlap(await foreground(mask), await foreground(peer.masks[i] as Buffer)).dice,
    ),
  );
  return median(scores);
}

async function compare(servers: readonly Server[], photos: readonly Buffer[]): Promise<void> {
  const measured = new Map(servers.map(({ label }) => [label, [] as Measured[]]));
  const variants = servers.map(({ label, url }) => ({
    label,
    async run(round: number) {
      const result = await sendPhotos(url, photos, AT_ONCE);
      if (round >= 0) measured.get(label)?.push(result);
      return result.milliseconds;
    },
  }));
  const times = await inTurn(variants, ROUNDS, WARM_UP);
  const peer = servers.at(-1)?.label ?? '';
  const late = (label: string) =>
    (measured.get(label) ?? []).map(({ latencies }) => quantile(latencies, 0.99));
  printTable(
    ['', 'photos/s', 'median ms', '99 % ms', '× peer: photos/s', '× peer: 99 %'],
    servers.map(({ label }) => {
      const all = (measured.get(label) ?? []).flatMap(({ latencies }) => latencies);
      const [own = [], other = []] = [times.get(label), times.get(peer)];
      return [
        label,
        ((photos.length * 1000) / median(own)).toFixed(1),
        quantile(all, 0.5).toFixed(0),
        quantile(all, 0.99).toFixed(0),
        pairedRatio(other, own).toFixed(2),
        pairedRatio(late(label), late(peer)).toFixed(2),
      ];
    }),
  );
  const [first, second] = servers.map(({ label }) => measured.get(label)?.[0]);
  if (first === undefined || second === undefined) return;
  const dice = await agreement(first, second);
  check(`The masks agree: Dice ${dice.toFixed(4)} in the median`, dice > AGREE);
}

const { photos, model, facts } = await material();
heading(
  'Serving',
  `${photos.length} ${hasSharedData ? 'real' : 'drawn'} photos per round to POST /predict, ${AT_ONCE} at once, masks as PNG. ${workers} threads of ours, ${workers} processes of the peer, each with one thread for the model. More photos/s and less of the 99 % are better.`,
);
const directory = await mkdtemp(join(tmpdir(), 'wms-bench-'));
const path = join(directory, 'model.onnx');
await writeFile(path, model);
await writeFile(join(directory, 'model.json'), facts);
const servers = [await startOurs(path, directory)];
try {
  servers.push(await startPeer(path, workers));
} catch (error) {
  console.log(`${(error as Error).message}\n`);
}
try {
  await compare(servers, photos);
} finally {
  await Promise.all(servers.map(({ stop }) => stop()));
  await rm(directory, { recursive: true, force: true });
}
