import type { HashedPair } from '../split-hash.pure.js';

/** A pair that no model was trained on. */
export interface TestPair extends HashedPair {
  /** Called once or twice, when it is this pair's turn. Throws WmsError when the bytes cannot be had. */
  read(): Promise<PairBytes>;
}

export interface PairBytes {
  readonly image: Buffer;
  readonly mask: Buffer;
}
