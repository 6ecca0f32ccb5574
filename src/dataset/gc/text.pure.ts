import { count, inBytes } from '../../words.js';
import type { Amount } from './decide.pure.js';

export const number = (value: number): string => value.toLocaleString('en');

export const amount = ({ objects, bytes }: Amount): string =>
  `${count(objects, 'object')} (${inBytes(bytes)})`;
