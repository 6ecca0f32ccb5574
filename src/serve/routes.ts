import { EXIT, WmsError } from '../errors.js';
import type { HttpAnswer, HttpRequest, Route } from '../ports/http-server.js';
import { admit } from './admit.js';
import { json } from './answers.js';
import type { Described } from './description/document.js';
import { describeApi } from './description/openapi.pure.js';
import { descriptionRoutes } from './description/routes.js';
import { pageRoutes } from './page/routes.js';
import { protocolRoutes } from './protocol-v2.js';
import type { Serving, Variant } from './serving.js';
import { chooseVariant } from './variants.pure.js';

const CLIENT_KEY = 'x-client-key';
const VARIANT = 'x-model-variant';

/** @param described what the description of this server tells */
export function routes(serving: Serving, described: Described): Route[] {
  return [
    ...protocolRoutes(serving, described.version),
    ...descriptionRoutes(describeApi(described)),
    ...pageRoutes(described),
    { method: 'GET', path: '/metrics', handle: () => serving.metrics.answer() },
    {
      method: 'POST',
      path: '/predict',
      admit: () => admit(serving),
      handle: (request) => predict(serving, request),
    },
  ];
}

async function predict(serving: Serving, request: HttpRequest): Promise<HttpAnswer> {
  const variant = variantFor(serving, request);
  const since = serving.now();
  const job = { variant: variant.name, photo: request.body };
  const { mask, ...facts } = await serving.metrics.during(variant, () =>
    serving.predict(job, request.signal),
  );
  const headers = {
    [VARIANT]: variant.name,
    'x-model-version': variant.version,
    ...(facts.score === null ? {} : { 'x-mask-score': facts.score.toFixed(4) }),
    'x-mask-coverage': facts.coverage.toFixed(4),
  };
  if (!wantsJson(request)) return { status: 200, type: 'image/png', body: mask, headers };
  const answer = json({
    model: { variant: variant.name, version: variant.version },
    ...facts,
    milliseconds: Math.round(serving.now() - since),
    mask: Buffer.from(mask).toString('base64'),
  });
  return { ...answer, headers };
}

function variantFor({ variants, random }: Serving, { headers }: HttpRequest): Variant {
  const wanted = single(headers[VARIANT]);
  if (wanted === null) return chooseVariant(variants, single(headers[CLIENT_KEY]), random());
  const found = variants.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  throw new WmsError({
    kind: 'serve/no-such-model',
    code: EXIT.usage,
    what: `There is no variant ${wanted}`,
    why: `this server has ${variants.map(({ name }) => name).join(', ')}`,
  });
}

function wantsJson({ headers }: HttpRequest): boolean {
  const accept = single(headers.accept) ?? '';
  const [json, png] = [accept.indexOf('application/json'), accept.indexOf('image/png')];
  return json >= 0 && (png < 0 || json < png);
}

function single(header: string | string[] | undefined): string | null {
  return (Array.isArray(header) ? header[0] : header) ?? null;
}
