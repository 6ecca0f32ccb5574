import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { describeApi } from '../../src/serve/description/openapi.pure.js';
import { renderDocs } from '../../src/serve/description/page.js';
import { routes } from '../../src/serve/routes.js';
import type { Serving } from '../../src/serve/serving.js';
import { linksOf, problemsOfPage } from '../support/html.js';

const described = {
  version: '1.2.3',
  variants: [
    { name: 'old', version: '7', weight: 9 },
    { name: 'new', version: '7', weight: 1 },
  ],
  maxBodyMB: 20,
  maxMegapixels: 50,
};
const api = describeApi(described);
const docs = renderDocs(api, 'http://127.0.0.1:8080');

describe('the description of the API', () => {
  it('is OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(
      structuredClone(api) as unknown as Record<string, unknown>,
    );
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  it('describes each route that is served, and serves each that is described', () => {
    // What the page loads is part of the page.
    const served = routes({} as Serving, described)
      .filter(({ path }) => !path.startsWith('/page/'))
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    const told = Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(told.toSorted()).toEqual(served.toSorted());
  });

  it('names every parameter of a path, and each operation once', () => {
    const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.values(methods).map((operation) => ({ path, operation })),
    );
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const told = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(told.map(({ name }) => name)).toEqual(inPath);
    }
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('tells the limits and variants of this server', () => {
    const { description, parameters } = api.paths['/predict']?.post ?? {};
    expect(description).toContain('20 MB and 50 million pixels');
    expect(parameters?.find(({ name }) => name === 'X-Model-Variant')?.schema.enum).toEqual(['old', 'new']);
  });
});

describe('the page of the description', () => {
  it('is sound, and needs nothing from anywhere', () => {
    expect(problemsOfPage(docs)).toEqual([]);
    expect(docs).not.toContain('<script');
  });

  it('has every operation, every schema and only links that lead somewhere', () => {
    const told = Object.entries(api.paths).filter(([path]) => !path.includes('/versions/'));
    for (const [, methods] of told)
      for (const { operationId } of Object.values(methods)) expect(docs).toContain(`id="${operationId}"`);
    for (const name of Object.keys(api.components.schemas)) expect(docs).toContain(`id="${name}"`);
    for (const link of linksOf(docs)) {
      if (link.startsWith('#')) expect(docs).toContain(`id="${link.slice(1)}"`);
      else expect(Object.keys(api.paths)).toContain(new URL(link, 'http://host/docs').pathname);
    }
  });

  it('shows commands that can be pasted', () => {
    expect(docs).toContain('http://127.0.0.1:8080/predict &gt; mask.png');
    expect(docs).toContain('curl http://127.0.0.1:8080/v2/models/old/ready');
  });
});
