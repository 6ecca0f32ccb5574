import { describe, expect, it } from 'vitest';
import { errorsIn, readLine, tellDiagnostics } from '../../src/adapters/terraform/messages.pure.js';
import { sessionInState, urlsIn } from '../../src/adapters/terraform/state.pure.js';
import { diagnosticLine, progressLine } from '../support/fake-terraform.js';

describe('lines of terraform -json', () => {
  it('become progress, errors with their place, or text', () => {
    expect(readLine(progressLine('apply_start', 'aws_instance.machine: Creating...'))).toEqual({
      kind: 'progress',
      text: 'aws_instance.machine: Creating...',
    });
    expect(readLine(diagnosticLine('Unsupported argument', 'No.', { file: 'main.tf', line: 12 }))).toEqual({
      kind: 'diagnostic',
      diagnostic: { severity: 'error', summary: 'Unsupported argument', detail: 'No.', place: 'main.tf:12' },
    });
    expect(readLine('panic: runtime error')).toEqual({ kind: 'text', text: 'panic: runtime error' });
    expect(readLine('{"an": "output"}')).toEqual({ kind: 'text', text: '{"an": "output"}' });
  });

  it('without news for people are passed over', () => {
    expect(readLine(progressLine('version', 'Terraform 1.11.4'))).toBeNull();
    expect(readLine('')).toBeNull();
  });
});

describe('errors in plain text', () => {
  it('are found with summary, place and detail, also when the summary goes over two lines', () => {
    const text = `Initializing the backend...

Error: Unsupported Terraform Core version

  on main.tf line 2, in terraform:
   2:  required_version = ">= 9"

This configuration does not support Terraform version 1.11.4.

Error: Terraform encountered problems during initialisation, including problems
with the configuration, described below.

Details.
`;
    expect(errorsIn(text)).toEqual([
      {
        severity: 'error',
        summary: 'Unsupported Terraform Core version',
        detail: 'This configuration does not support Terraform version 1.11.4.',
        place: 'main.tf:2',
      },
      {
        severity: 'error',
        summary:
          'Terraform encountered problems during initialisation, including problems with the configuration, described below.',
        detail: 'Details.',
        place: '',
      },
    ]);
  });

  it('are read inside frames and colours, too', () => {
    const text =
      '\u001b[31m╷\u001b[0m\n\u001b[31m│\u001b[0m \u001b[1mError: \u001b[0mNo state\n│ \n│ Why.\n╵\n';
    expect(errorsIn(text)).toMatchObject([{ summary: 'No state', detail: 'Why.' }]);
  });

  it('are told once each, on a line', () => {
    const one = { severity: 'error', summary: 'No', detail: 'Two\n  lines.', place: 'a.tf:1' } as const;
    expect(tellDiagnostics([one, one, { ...one, place: '' }])).toBe('a.tf:1: No: Two lines.\nNo: Two lines.');
  });
});

describe('a state', () => {
  const state = (resource: object) => JSON.stringify({ version: 4, resources: [resource] });

  it('tells the session that anything in it is tagged with', () => {
    const instances = [{ attributes: { id: 'i-1', tags: { Name: 'x', 'wms:session': 'one' } } }];
    expect(sessionInState(state({ mode: 'managed', instances }))).toBe('one');
    const nested = [{ attributes: { input: { value: { tags: { 'wms:session': 'two' } } } } }];
    expect(sessionInState(state({ mode: 'managed', instances: nested }))).toBe('two');
  });

  it('without one is nobody’s: empty, untagged, or what was only looked up', () => {
    expect(sessionInState('')).toBeNull();
    expect(
      sessionInState(state({ mode: 'managed', instances: [{ attributes: { tags: null } }] })),
    ).toBeNull();
    const instances = [{ attributes: { tags: { 'wms:session': 'one' } } }];
    expect(sessionInState(state({ mode: 'data', instances }))).toBeNull();
  });
});

describe('outputs', () => {
  it('become addresses under the names of the settings; what is no address is missing', () => {
    const text = JSON.stringify({
      ui: { value: 'https://a.example' },
      api: { value: 'ftp://b' },
      n: { value: 7 },
    });
    expect(urlsIn(text, { mlflow: 'ui', api: 'api' })).toEqual({
      urls: { mlflow: 'https://a.example' },
      missing: ['api'],
      there: ['ui', 'api', 'n'],
    });
    expect(urlsIn('{}', { mlflow: 'constructor', api: undefined })).toEqual({
      urls: {},
      missing: ['constructor'],
      there: [],
    });
  });
});
