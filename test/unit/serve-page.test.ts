import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  scoreText,
  shareText,
  timeText,
  tooLarge,
  troubleOf,
} from '../../src/serve/page/browser/words.pure.js';
import { renderTryPage } from '../../src/serve/page/page.js';
import { readScripts } from '../../src/serve/page/scripts.js';
import { problemsOfPage } from '../support/html.js';

const SOURCES = new URL('../../src/serve/page/browser/', import.meta.url);

const facts = { version: '1.2.3', maxBodyMB: 20, maxMegapixels: 50 };
const one = renderTryPage({ ...facts, variants: [{ name: 'production', version: '7', weight: 1 }] });
const two = renderTryPage({
  ...facts,
  variants: [
    { name: 'old', version: '7', weight: 3 },
    { name: 'new', version: '8', weight: 1 },
  ],
});

describe('the page that tries the model', () => {
  it('is sound, and needs nothing from anywhere', () => {
    for (const page of [one, two]) expect(problemsOfPage(page)).toEqual([]);
  });

  it('labels all that can be operated', () => {
    for (const [, id] of two.matchAll(/<(?:input|select)\b[^>]*?\sid="([^"]+)"/g))
      expect(two).toContain(`<label for="${id}"`);
    for (const [, inside] of two.matchAll(/<button\b[^>]*>([^<]*)</g)) expect(inside).not.toBe('');
  });

  it('allows its own style and scripts, and no others', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(one)?.[1] ?? '';
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(one) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      'img-src blob:',
      `style-src 'sha256-${hash}'`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(one).not.toMatch(/\sstyle="/);
    expect(one.match(/<script[^>]*>/g)).toEqual(['<script type="module" src="page/main.js">']);
  });

  it('names who answers, and lets choose where there is a choice', () => {
    expect(one).toContain('<b>production</b> (version <code>7</code>)');
    expect(one).not.toContain('<select');
    expect(two).toContain(
      '<b>old</b> (version <code>7</code>, 75 %) and <b>new</b> (version <code>8</code>, 25 %)',
    );
    expect(two).toContain('<option value="new">new, version 8</option>');
  });
});

describe('its scripts', () => {
  it('are all served, with all that they import', () => {
    const scripts = readScripts();
    const written = readdirSync(SOURCES).filter((name) => name.endsWith('.ts'));
    expect([...scripts.keys()].toSorted()).toEqual(
      written.map((name) => name.replace(/ts$/, 'js')).toSorted(),
    );
    for (const text of scripts.values())
      for (const [, name] of text.matchAll(/from '\.\/([^']+)'/g)) expect(scripts.has(name ?? '')).toBe(true);
  });

  it('find every element that they ask for', () => {
    const text =
      readFileSync(new URL('main.ts', SOURCES), 'utf8') +
      readFileSync(new URL('photo-input.ts', SOURCES), 'utf8');
    const ids = [...text.matchAll(/(?:element(?:<\w+>)?|write|getElementById)\('([\w-]+)'/g)].map(
      ([, id]) => id,
    );
    expect(ids).toContain('coverage');
    for (const id of [...ids, 'file', 'camera', 'show-both']) expect(two).toContain(`id="${id}"`);
  });
});

describe('its words', () => {
  it('say what is wrong with a photo, and what to do', () => {
    const body = {
      error: 'This is no photo but text',
      kind: 'serve/not-an-image',
      next: 'Send a PNG, whole.',
    };
    expect(troubleOf(415, body, null)).toEqual({
      what: 'This is no photo that can be read',
      next: 'This is no photo but text. Send a PNG, whole.',
      mayPass: false,
      retrySeconds: null,
    });
    expect(troubleOf(413, { error: 'The request is too large' }, null)).toMatchObject({
      what: 'This photo is too large',
      mayPass: false,
    });
  });

  it('of a busy server: asked again after as long as it says, within bounds', () => {
    const body = { error: 'All 36 places are taken (serve.queue)', next: 'Try again in 3 s.' };
    expect(troubleOf(503, body, '3')).toEqual({
      what: 'The server is busy',
      next: 'All 36 places are taken (serve.queue).',
      mayPass: true,
      retrySeconds: 3,
    });
    const waits = [null, 'soon', '-5', '0', '0.2', '86400'].map(
      (after) => troubleOf(503, body, after).retrySeconds,
    );
    expect(waits).toEqual([1, 1, 1, 1, 1, 60]);
  });

  it('of an answer that is no JSON, as proxies give', () => {
    for (const body of [null, 'Bad Gateway', [], { error: 3 }])
      expect(troubleOf(502, body, null)).toEqual({
        what: 'The server could not answer (502)',
        next: '',
        mayPass: true,
        retrySeconds: null,
      });
  });

  it('refuse what is too large before it is sent', () => {
    expect(tooLarge(20_000_000, 20)).toBeNull();
    expect(tooLarge(21_300_000, 20)?.next).toContain('It has 21.3 MB, and this server takes 20 MB.');
  });

  it('write numbers as people read them', () => {
    expect([0, 0.0004, 0.0123, 1].map(shareText)).toEqual(['0.0 %', '< 0.1 %', '1.2 %', '100.0 %']);
    expect([84, 1249].map(timeText)).toEqual(['84 ms', '1.2 s']);
    expect([null, 0.951].map(scoreText)).toEqual(['–', '0.95']);
  });
});
