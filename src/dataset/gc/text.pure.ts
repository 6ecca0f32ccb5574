import { count, inBytes } from '../../words.js';
import type { Amount } from './decide.pure.js';

export const amount = ({ objects, bytes }: Amount): string =>
  `${count(objects, 'object')} (${inBytes(bytes)})`;
