import { chooseTransport } from '../../src/adapters/s3/choose-transport.js';
import { createSdkTransport } from '../../src/adapters/s3/sdk-transport.js';
import type { CreateTransport } from '../../src/adapters/s3/transport.js';

/** Both ways to S3; everything that holds for one must hold for the other. */
export const TRANSPORTS: readonly [string, CreateTransport][] = [
  ['lean where it can', chooseTransport],
  ['SDK', createSdkTransport],
];
