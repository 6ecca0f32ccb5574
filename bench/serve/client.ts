import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';

export interface Measured {
  readonly milliseconds: number;
  /** From the request to the whole answer, one per photo. */
  readonly latencies: readonly number[];
  /** PNG masks, one per photo. */
  readonly masks: readonly Buffer[];
}

/** Sends all photos over connections that stay open, so many at a time. Throws when one is not answered 200. */
export async function sendPhotos(url: string, photos: readonly Buffer[], atOnce: number): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const latencies: number[] = [];
  const masks: Buffer[] = [];
  const left = photos.entries();
  const since = performance.now();
  try {
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (const [at, photo] of left) {
          const start = performance.now();
          masks[at] = await post(`${url}/predict`, photo, agent);
          latencies.push(performance.now() - start);
        }
      }),
    );
    return { milliseconds: performance.now() - since, latencies, masks };
  } finally {
    agent.destroy();
  }
}

function post(url: string, body: Buffer, agent: Agent): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'image/jpeg', 'content-length': body.length };
    const sent = request(url, { method: 'POST', agent, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => {
        const whole = Buffer.concat(parts);
        if (answer.statusCode === 200) resolve(whole);
        else reject(new Error(`${url} answered ${answer.statusCode}: ${whole}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
