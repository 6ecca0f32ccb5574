import { count } from '../pull/errors.js';
import type { Amount } from './decide.pure.js';

export const number = (value: number): string => value.toLocaleString('en');

export const amount = ({ objects, bytes }: Amount): string =>
  `${count(objects, 'object')} (${megabytes(bytes)})`;

const megabytes = (bytes: number): string =>
  bytes < 1e6 ? `${number(Math.ceil(bytes / 1e3))} kB` : `${number(Math.round(bytes / 1e5) / 10)} MB`;
