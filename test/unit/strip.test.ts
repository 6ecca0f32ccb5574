import { expect, test } from 'vitest';
import { isSigned, rewriteCommit } from '../../src/dataset/strip.js';

const [OLD, TREE, P, Q, N] = ['1', '2', '3', '4', '5'].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
  string,
  string,
];
const PEOPLE = [
  'author Ana Müller <ana@example.com> 1714972089 +0200',
  'committer Bo <b@example.com> 1717841290 -0300',
];

const commit = (headers: readonly string[], message: string) => `${headers.join('\n')}\n\n${message}`;
const rewritten = (raw: string | Buffer, parents: readonly string[]) =>
  rewriteCommit(Buffer.isBuffer(raw) ? raw : Buffer.from(raw), TREE, parents);

test('tree and parents are replaced, everything else stays', () => {
  const message = 'photos\n\nparent of all\ntree of life\n\n\n';
  const raw = commit([`tree ${OLD}`, `parent ${P}`, ...PEOPLE], message);
  expect(rewritten(raw, [N]).toString()).toBe(commit([`tree ${TREE}`, `parent ${N}`, ...PEOPLE], message));
});

test('parents come and go', () => {
  const raw = commit([`tree ${OLD}`, `parent ${P}`, `parent ${Q}`, ...PEOPLE], 'merge\n');
  expect(rewritten(raw, []).toString()).toBe(commit([`tree ${TREE}`, ...PEOPLE], 'merge\n'));
  const root = commit([`tree ${OLD}`, ...PEOPLE], 'root\n');
  expect(rewritten(root, [N, P]).toString()).toBe(
    commit([`tree ${TREE}`, `parent ${N}`, `parent ${P}`, ...PEOPLE], 'root\n'),
  );
});

const SIGNATURE = [
  'gpgsig -----BEGIN PGP SIGNATURE-----',
  ' ',
  ' iQEzBAABCAAdFiEE',
  ' tree is no header here',
  ' -----END PGP SIGNATURE-----',
  ' ',
];

test.each(['gpgsig', 'gpgsig-sha256'])('the signature %s goes, with all its lines', (name) => {
  const signature = SIGNATURE.map((line) => line.replace(/^gpgsig/, name));
  const raw = commit([`tree ${OLD}`, `parent ${P}`, ...PEOPLE, ...signature, 'encoding ISO-8859-1'], 'x\n');
  expect(rewritten(raw, [N]).toString()).toBe(
    commit([`tree ${TREE}`, `parent ${N}`, ...PEOPLE, 'encoding ISO-8859-1'], 'x\n'),
  );
});

test('a merged tag stays, with the signature inside it', () => {
  const mergetag = [
    `mergetag object ${Q}`,
    ' type commit',
    ' tag v1',
    ' tagger Ana <ana@example.com> 1714972089 +0200',
    ' ',
    ' gpgsig of the tag',
    ' -----BEGIN PGP SIGNATURE-----',
  ];
  const raw = commit(
    [`tree ${OLD}`, `parent ${P}`, `parent ${Q}`, ...PEOPLE, ...mergetag, ...SIGNATURE],
    'merge v1\n',
  );
  expect(rewritten(raw, [N, Q]).toString()).toBe(
    commit([`tree ${TREE}`, `parent ${N}`, `parent ${Q}`, ...PEOPLE, ...mergetag], 'merge v1\n'),
  );
});

test('bytes that are no UTF-8, in names and messages, stay the same bytes', () => {
  const head = `author Z\xe4hler <z@example.com> 1 +0000\ncommitter \xff <c@example.com> 2 +0000\nencoding ISO-8859-1`;
  const message = 'Stra\xdfe\n\x00\xfe\xff\r\nend without newline';
  const raw = Buffer.from(`tree ${OLD}\nparent ${P}\n${head}\n\n${message}`, 'latin1');
  expect(rewritten(raw, [N])).toEqual(
    Buffer.from(`tree ${TREE}\nparent ${N}\n${head}\n\n${message}`, 'latin1'),
  );
});

test('a commit without a message', () => {
  const headers = [`tree ${OLD}`, ...PEOPLE];
  expect(rewritten(`${headers.join('\n')}\n\n`, []).toString()).toBe(commit([`tree ${TREE}`, ...PEOPLE], ''));
  expect(rewritten(headers.join('\n'), []).toString()).toBe([`tree ${TREE}`, ...PEOPLE].join('\n'));
});

test('signed is what has a signature of its own, not what speaks of one', () => {
  const plain = [`tree ${OLD}`, ...PEOPLE];
  expect(isSigned(Buffer.from(commit([...plain, ...SIGNATURE], 'x\n')))).toBe(true);
  expect(isSigned(Buffer.from(commit(plain, 'about\ngpgsig headers\n')))).toBe(false);
});
