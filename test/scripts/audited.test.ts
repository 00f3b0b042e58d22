import { expect, it } from 'vitest';
import { audited } from '../../scripts/audited.ts';

const report = (vulnerabilities: object) =>
  JSON.stringify({ auditReportVersion: 2, vulnerabilities, metadata: { dependencies: { total: 900 } } });

it('stops for what is high or critical, by name, range and severity, and for nothing less', () => {
  const low = { qs: { severity: 'moderate', range: '<6.1' }, ms: { severity: 'low', range: '*' } };
  expect(audited(report(low))).toEqual({ kind: 'clean', dependencies: 900 });
  expect(audited(report({}))).toEqual({ kind: 'clean', dependencies: 900 });
  const high = {
    ...low,
    yaml: { severity: 'high', range: '<2.9' },
    zod: { severity: 'critical', range: '4.0.0 - 4.1.2' },
  };
  expect(audited(report(high))).toEqual({ kind: 'found', lines: ['yaml <2.9: high', 'zod 4.0.0 - 4.1.2: critical'] });
});

it.each([
  [
    'a registry that takes no audits',
    '{"message":"405 Method Not Allowed","statusCode":405,"error":{}}',
    / \(HTTP 405\): /,
  ],
  [
    'no network',
    '{"error":{"code":"ENOTFOUND","summary":"request failed"}}',
    /answers an audit: the dependencies are not/,
  ],
  ['nothing', '', /not audited/],
  ['what is no JSON', '<html>', /not audited/],
  ['a report without findings', '{"metadata":{}}', /not audited/],
])('is not known, and never clean, with %s', (_, output, because) => {
  expect(audited(output)).toEqual({ kind: 'unanswered', because: expect.stringMatching(because) });
});
