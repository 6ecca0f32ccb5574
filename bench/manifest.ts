import { performance } from 'node:perf_hooks';
import { execa } from 'execa';
import { manifestId, parseManifest, serialiseManifest } from '../src/dataset/manifest.js';
import { planMerge } from '../src/dataset/merge-plan.js';
import { peerCommand } from '../test/support/peers.js';
import { heading, printTable } from './support/table.js';

const ENTRIES = 1_000_000;
const INCOMING = 25;

/** Named like photos, one in eight outside ASCII. */
function entry(at: number, extension: string) {
  const name = `${at % 8 === 0 ? 'zähler' : 'meter'}_${String(at).padStart(7, '0')}.${extension}`;
  return { md5: at.toString(16).padStart(32, '0'), relpath: `batch${at % 100}/${name}` };
}

const bytesOf = (extension: string) =>
  serialiseManifest(Array.from({ length: ENTRIES / 2 }, (_, at) => entry(at, extension)));

function timed<T>(run: () => T): { result: T; seconds: number } {
  const start = performance.now();
  const result = run();
  return { result, seconds: (performance.now() - start) / 1000 };
}

const PYTHON = `
import json, sys, time
data = sys.stdin.buffer.read()
half = data.index(b"\\n")
start = time.perf_counter()
for part in (data[:half], data[half + 1:]):
    json.dumps(json.loads(part), sort_keys=True).encode()
print(time.perf_counter() - start)`;

/** What DVC does with both manifests, and less: it only reads and writes the JSON. Null without a Python. */
async function timePython(images: Buffer, masks: Buffer): Promise<number | null> {
  const python = await peerCommand('python').catch((error: Error) => {
    console.log(`${error.message}\n`);
    return null;
  });
  if (python === null) return null;
  const input = Buffer.concat([images, Buffer.from('\n'), masks]);
  return Number((await execa(python, ['-c', PYTHON], { input })).stdout);
}

const bytes = { images: bytesOf('jpg'), masks: bytesOf('png') };
const megabytes = (bytes.images.length + bytes.masks.length) / 1e6;
heading(
  'Manifests',
  `${INCOMING} new pairs into two manifests with ${ENTRIES} entries in all, ${megabytes.toFixed(0)} MB. Target: 3 s and 1 GB of memory.`,
);
const peer = await timePython(bytes.images, bytes.masks);
const read = (part: Buffer) => parseManifest(part, manifestId(part), 'bench');
const parse = timed(() => ({ images: read(bytes.images), masks: read(bytes.masks) }));
const edits = Array.from({ length: INCOMING }, (_, at) => [
  { role: 'images' as const, ...entry(ENTRIES + at, 'jpg') },
  { role: 'masks' as const, ...entry(ENTRIES + at, 'png') },
]).flat();
const merge = timed(() => planMerge({ base: parse.result, edits }));
const write = timed(() => {
  const { images, masks } = merge.result.merged;
  return [serialiseManifest(images), serialiseManifest(masks)].map((part) => manifestId(part));
});
const row = (label: string, seconds: number) => [
  label,
  seconds.toFixed(2),
  peer === null ? '–' : (seconds / peer).toFixed(2),
];
printTable(
  ['', 'seconds', '× Python json'],
  [
    ...(peer === null ? [] : [row('Python json, loads and dumps', peer)]),
    row('parse and write, MD5 checked', parse.seconds + write.seconds),
    row('parse, merge and write', parse.seconds + merge.seconds + write.seconds),
  ],
);
console.log(`Peak: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB\n`);
