import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { httpHooks } from '../../../adapters/hooks/http-hooks.ts';
import { checkPlan } from '../../../domain/plan/check-plan.ts';
import { changed } from '../../adapters/plan-file/plan-text.ts';
import { issuesOf, withMetric } from './issue-text.ts';

const hook = (url: string) => changed('https://hooks.example.com/smoke', url);
const endpoint = (url: string) =>
  withMetric(`{ kind: json, url: '${url}', jsonPath: $.ok }`, "{ kind: threshold, successCondition: 'result' }");

const NEVER_ASKED = [
  'http://hooks.example.com/smoke',
  'http://10.0.0.7/smoke',
  'http://127.0.0.1:8080/smoke',
  'https://localhost/smoke',
  'https://169.254.169.254/latest/meta-data/',
];

describe('an address that no function asks is refused when the plan is checked', () => {
  it.each(NEVER_ASKED)('%s', async url => {
    // Act
    const called = await httpHooks().call({ url, key: 'k', timeoutSeconds: 1, body: {} } as never);
    // Assess
    expect(called).toMatchObject({ kind: 'failed', because: expect.stringContaining('is not asked') });
    expect(issuesOf(hook(url))).toEqual([expect.stringMatching(/^value steps\[0\].hook.url: .*; expected an https/)]);
    expect(issuesOf(endpoint(url))).toEqual([expect.stringMatching(/^value metrics\[2\].source.url: /)]);
  });

  it('but in the lab, whose hooks are on this computer', () => {
    for (const text of [hook('http://127.0.0.1:8080/smoke'), endpoint('http://localhost:8080/${slot}')]) {
      expect(checkPlan(parse(text), undefined, { loopback: true }).kind).toBe('plan');
    }
    expect(checkPlan(parse(hook('http://a.example')), undefined, { loopback: true }).kind).toBe('issues');
  });
});

it('an address in the private network is asked over https: the functions may stand in it', () => {
  expect(issuesOf(hook('https://10.0.0.7/smoke'))).toEqual([]);
});
