import { performance } from 'node:perf_hooks';
import { execa } from 'execa';
import { manifestId, parseManifest, serialiseManifest } from '../src/dataset/manifest.js';
import { planMerge } from '../src/dataset/merge-plan.js';
import { peerCommand } from '../test/support/peers.js';

const ENTRIES = 1_000_000;
const INCOMING = 25;
const LIMIT = { seconds: 3, megabytes: 1024 };

/** Named like photos, one in eight outside ASCII. */
function entry(at: number, extension: string) {
  const name = `${at % 8 === 0 ? 'zähler' : 'meter'}_${String(at).padStart(7, '0')}.${extension}`;
  return { md5: at.toString(16).padStart(32, '0'), relpath: `batch${at % 100}/${name}` };
}

const bytesOf = (extension: string) =>
  serialiseManifest(Array.from({ length: ENTRIES / 2 }, (_, at) => entry(at, extension)));

function timed<T>(label: string, run: () => T): { result: T; seconds: number } {
  const start = performance.now();
  const result = run();
  const seconds = (performance.now() - start) / 1000;
  console.log(`${label.padEnd(12)} ${seconds.toFixed(2)} s`);
  return { result, seconds };
}

const PYTHON = `
import json, sys, time
data = sys.stdin.buffer.read()
half = data.index(b"\\n")
start = time.perf_counter()
for part in (data[:half], data[half + 1:]):
    json.dumps(json.loads(part), sort_keys=True).encode()
print(time.perf_counter() - start)`;

async function main(): Promise<void> {
  const bytes = { images: bytesOf('jpg'), masks: bytesOf('png') };
  const input = Buffer.concat([bytes.images, Buffer.from('\n'), bytes.masks]);
  const { stdout } = await execa(await peerCommand('python'), ['-c', PYTHON], { input });
  const peer = Number(stdout);

  console.log(
    `${ENTRIES} entries in two manifests, ${(input.length / 1e6).toFixed(0)} MB; ${INCOMING} new pairs`,
  );
  const read = (part: Buffer) => parseManifest(part, manifestId(part), 'bench');
  const parse = timed('parse', () => ({ images: read(bytes.images), masks: read(bytes.masks) }));
  const incoming = Array.from({ length: INCOMING }, (_, at) => [
    { role: 'images' as const, ...entry(ENTRIES + at, 'jpg') },
    { role: 'masks' as const, ...entry(ENTRIES + at, 'png') },
  ]).flat();
  const merge = timed('merge', () => planMerge({ base: parse.result, incoming }));
  const write = timed('serialise', () => {
    const { images, masks } = merge.result.merged;
    return [serialiseManifest(images), serialiseManifest(masks)].map((part) => manifestId(part));
  });

  const seconds = parse.seconds + merge.seconds + write.seconds;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  console.log(
    `together     ${seconds.toFixed(2)} s (limit ${LIMIT.seconds} s), peak ${megabytes.toFixed(0)} MB RSS`,
  );
  console.log(`Python json  ${peer.toFixed(2)} s (loads + dumps only)`);
  console.log(
    `ratio        ${((parse.seconds + write.seconds) / peer).toFixed(2)} (parse + serialise, MD5 checked)`,
  );
  if (seconds > LIMIT.seconds || megabytes > LIMIT.megabytes) process.exitCode = 1;
}

await main();
