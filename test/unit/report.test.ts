import { describe, expect, it } from 'vitest';
import { type ReportData, renderReport } from '../../src/quality/report.js';

const EVIL = `"><script>alert('x')</script>&.jpg`;

function reportData(changes: Partial<ReportData> = {}): ReportData {
  const score = { name: EVIL, dice: 0.25, iou: 0.2 };
  return {
    branch: 'data/20261121-101500',
    remote: 'origin',
    protectedBranch: 'main',
    date: new Date('2026-11-21T10:15:00Z'),
    who: 'ana on this machine',
    store: '/srv/store',
    counts: { existing: 48, new: 2, replaced: 1, removed: 0, total: 50 },
    problems: [],
    model: 'models/production.onnx',
    smoke: {
      scores: [{ name: 'good.jpg', dice: 0.95, iou: 0.9 }, score],
      medianDice: 0.6,
      meanDice: 0.61,
      medianIou: 0.55,
      meanIou: 0.56,
      lowest: score,
      previews: [{ ...score, jpeg: Buffer.from('picture') }],
    },
    ...changes,
  };
}

describe('report', () => {
  it('says what was published', () => {
    const page = renderReport(reportData());
    expect(page).toContain('2 new pairs, 1 replaced');
    for (const text of [
      'data/20261121-101500',
      '2026-11-21 10:15 UTC',
      'ana on this machine',
      '/srv/store',
    ]) {
      expect(page).toContain(text);
    }
    expect(page).toMatch(/Existing<\/dt><dd>48<.*New<\/dt><dd>2<.*Replaced<\/dt><dd>1<.*Total<\/dt><dd>50</s);
  });

  it('tells of removed pairs only when there are some', () => {
    expect(renderReport(reportData())).not.toContain('Removed');
    const counts = { existing: 48, new: 0, replaced: 0, removed: 3, total: 45 };
    const page = renderReport(reportData({ counts }));
    expect(page).toContain('3 removed');
    expect(page).toMatch(/Replaced<\/dt><dd>0<.*Removed<\/dt><dd>3<.*Total<\/dt><dd>45</s);
  });

  it('escapes whatever file names, messages and people bring in', () => {
    const problems = [{ rule: 'r', severity: 'block' as const, path: EVIL, message: EVIL, fix: EVIL }];
    const page = renderReport(
      reportData({
        problems,
        branch: EVIL,
        remote: EVIL,
        who: EVIL,
        store: EVIL,
        model: EVIL,
        protectedBranch: EVIL,
      }),
    );
    expect(page).not.toContain('<script');
    expect(page).toContain('&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;.jpg');
  });

  it('asks nothing of any network and runs no script', () => {
    const page = renderReport(reportData());
    expect(page).toContain(`content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/https?:|<script|<link|url\(|@import/);
    const sources = [...page.matchAll(/src="([^"]{0,22})/g)].map(([, start]) => start);
    expect(sources).toEqual(['data:image/jpeg;base64']);
    expect(page).toContain(Buffer.from('picture').toString('base64'));
  });

  it('lists scores from the lowest, and counts them in the histogram', () => {
    const page = renderReport(reportData());
    const table = page.slice(page.indexOf('<tbody>'));
    expect(table.indexOf('0.250')).toBeGreaterThan(0);
    expect(table.indexOf('0.250')).toBeLessThan(table.indexOf('0.950'));
    expect(page).toContain('<title>1 with Dice 0.25 to 0.30</title>');
    expect(page).toContain('<title>1 with Dice 0.95 to 1.00</title>');
    expect(page).toContain('median 0.60');
  });

  it('puts a Dice of 1 and of 0 into the outer bars', () => {
    const smoke = reportData().smoke;
    if (smoke === null) throw new Error('no smoke');
    const scores = [0, 1].map((dice) => ({ name: `${dice}.jpg`, dice, iou: dice }));
    const page = renderReport(reportData({ smoke: { ...smoke, scores } }));
    expect(page).toContain('1 with Dice 0.00 to 0.05');
    expect(page).toContain('1 with Dice 0.95 to 1.00');
  });

  it('shows problems, blocking ones first, and control characters in names', () => {
    const problem = { rule: 'r', message: 'is odd' };
    const page = renderReport(
      reportData({
        problems: [
          { ...problem, severity: 'warn', path: 'first.jpg' },
          { ...problem, severity: 'block', path: 'a\nb.jpg' },
        ],
      }),
    );
    expect(page.indexOf('a\\nb.jpg')).toBeGreaterThan(0);
    expect(page.indexOf('a\\nb.jpg')).toBeLessThan(page.indexOf('first.jpg'));
  });

  it('is calm without problems, and says when no model ran', () => {
    const page = renderReport(reportData({ smoke: null }));
    expect(page).toContain('No problems');
    expect(page).toContain('No model ran');
    expect(page).not.toContain('<svg');
  });
});
