import type { HttpAnswer } from '../ports/http-server.js';
import { busy } from './answers.js';
import type { Serving } from './serving.js';

export function notReady({ queue }: Serving): HttpAnswer {
  return busy(queue.retryAfterSeconds, 'The models are not ready yet');
}

/** A place for a request whose body has not been read, or the answer that there is none. */
export function admit(serving: Serving): (() => void) | HttpAnswer {
  const { queue, metrics, isReady } = serving;
  const leave = isReady() ? queue.enter() : null;
  if (leave !== null) return leave;
  metrics.refused();
  if (!isReady()) return notReady(serving);
  return busy(queue.retryAfterSeconds, `All ${queue.working + queue.waiting} places are taken (serve.queue)`);
}
