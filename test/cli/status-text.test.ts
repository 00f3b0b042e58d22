import { describe, expect, it } from 'vitest';
import { unbroken, wrap } from '../../adapters/terminal/wrap.ts';
import { statusLines, statusText } from '../../cli/status-text.ts';
import type { Dial } from '../../domain/dial.ts';
import type { WorkloadState } from '../../domain/ledger/state.ts';
import {
  approval,
  type Line,
  planOf,
  readied,
  releaseLines,
  requested,
  shifted,
  stateOf,
} from '../support/ledger-lines.ts';

const answer = (state: WorkloadState, dial: Dial | { unreadable: string } = { blue: 100, green: 0 }) => ({
  ...{ kind: 'workload' as const, state, dial, entries: [], windows: [] },
});
const paste = (command: string) => unbroken(`npx sluice ${command}`);
const text = (state: WorkloadState, dial?: Dial) => statusText('shop', answer(state, dial), { paste });
const bad = 'errors: 50 of 100 canary requests failed (50 %), limit 5 %, 0 bad windows allowed';

describe('the status of a workload', () => {
  it('begins with the approval that it waits for, and the command that gives it', () => {
    const steps = [approval({ groups: ['payments-leads', 'owners'], required: 2 })];
    const state = stateOf(
      ...releaseLines({ steps }),
      [5, { kind: 'approvalOpened', name: 'go-live' }],
      [6, { kind: 'approved', name: 'go-live', groups: ['owners'] }, { by: 'carol' }],
    );
    expect(text(state).split('\n').slice(0, 4)).toEqual([
      'shop',
      '  approval   waiting for approval go-live: 1 of 2 (carol), from payments-leads or owners',
      `    ${paste('approve shop-1 go-live --opening 4 --group payments-leads')}`,
      '  live       blue, revision old, from before the first promotion',
    ]);
  });

  it('begins with the decision that a hold asks for', () => {
    const state = stateOf(
      ...releaseLines({}),
      [5, { kind: 'held', because: 'too little data', fault: false }],
      [5, { kind: 'approvalOpened', name: 'proceed?' }],
    );
    expect(text(state).split('\n').slice(1, 3)).toEqual([
      '  approval   waiting for a decision (approve to proceed)',
      `    ${paste("approve shop-1 'proceed?' --opening 5")}`,
    ]);
  });

  it('has no approval where it was given, or where the release is rolling back', () => {
    const steps = [approval()];
    const opened: Line[] = [...releaseLines({ steps }), [5, { kind: 'approvalOpened', name: 'go-live' }]];
    expect(text(stateOf(...opened, [6, { kind: 'approved', name: 'go-live', groups: ['leads'] }]))).not.toMatch(
      /^ {2}approval/m,
    );
    expect(
      text(stateOf(...opened, [6, { kind: 'rollBackClaimed', attempt: 1, reason: 'aborted', because: 'no' }])),
    ).not.toMatch(/^ {2}approval/m);
  });

  it('says a reason once, however many have it', () => {
    const state = stateOf(
      ...releaseLines({}, ...readied(1, 10), ...shifted(2, { from: 0, to: 10 })),
      [70, { kind: 'judged', verdict: { kind: 'degraded', because: bad, metric: 'errors' }, byMetric: {} }],
      [70, { kind: 'held', because: 'too little data', fault: false }],
      [70, { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: bad }],
      [71, { kind: 'dialRestored', dial: { blue: 100, green: 0 } }],
    );
    const said = text(state);
    expect(said.split(bad)).toHaveLength(2);
    expect(said).toContain('  verdict    degraded\n');
    expect(said).toContain('  weight     0 % to the canary\n');
    expect(said).not.toContain('on hold');
    expect(said).toContain(`  roll back  degraded: ${bad}\n`);
  });

  it('tells what an undo was, after it has ended', () => {
    const state = stateOf(
      [0, requested({ undoOf: 'shop-7', plan: planOf() })],
      [1, { kind: 'refused', because: 'no' }],
      [2, { kind: 'closed', outcome: 'rejected', because: 'no' }],
    );
    expect(text(state)).toContain('  ended      shop-1 rejected, undo of shop-7, image v2: no\n');
  });

  it('in 80 columns goes on under its texts, and leaves the command in one piece', () => {
    const name = 'a-rather-long-name-of-an-approval-step';
    const groups = ['a-group-of-people-with-a-long-name', 'another-group-of-people-with-a-long-name'];
    const state = stateOf(...releaseLines({ steps: [approval({ name, groups })] }), [
      5,
      { kind: 'approvalOpened', name },
    ]);
    const lines = wrap(text(state)).split('\n');
    expect(lines.slice(0, 5)).toEqual([
      'shop',
      '  approval   waiting for approval a-rather-long-name-of-an-approval-step: 0 of',
      '             1, from a-group-of-people-with-a-long-name or',
      '             another-group-of-people-with-a-long-name',
      '    npx sluice approve shop-1 a-rather-long-name-of-an-approval-step --opening 4 --group a-group-of-people-with-a-long-name',
    ]);
    expect(lines.filter(line => line.length > 80 && !line.startsWith('    npx'))).toEqual([]);
  });
});

describe('the status of a workload whose rule shows no weights', () => {
  const page = { unreadable: 'rule arn:rule/shop answers with a page' };

  it('says why, and all the rest', () => {
    const lines = statusText('shop', answer(stateOf(...releaseLines({})), page), { paste }).split('\n');
    expect(lines).toContain('  traffic    not known: rule arn:rule/shop answers with a page');
    expect(lines.some(line => line.startsWith('  release    shop-1'))).toBe(true);
  });

  it('stands among the others', () => {
    const answers = [
      { workload: 'shop', answer: answer(stateOf(), page) },
      { workload: 'cart', answer: answer(stateOf()) },
    ];
    expect(statusLines(answers, { paste }).split('\n')).toEqual([
      'shop  traffic not known (rule arn:rule/shop answers with a page); no release yet',
      'cart  blue 100 %, green 0 %; no release yet',
      '',
    ]);
  });
});

describe('the status of all workloads', () => {
  it('has what waits for a person first, and its numbers under each other', () => {
    const waiting = stateOf(...releaseLines({ steps: [approval()] }), [5, { kind: 'approvalOpened', name: 'go-live' }]);
    const said = statusLines(
      [
        { workload: 'api', answer: answer(stateOf()) },
        { workload: 'checkout', answer: answer(waiting, { blue: 90.5, green: 9.5 }) },
      ],
      { paste },
    );
    expect(said).toBe(
      [
        'checkout  blue 90.5 %, green 9.5 %; shop-1 in progress',
        '  waiting for approval go-live: 0 of 1, from leads',
        `    ${paste('approve shop-1 go-live --opening 4 --group leads')}`,
        'api       blue  100 %, green   0 %; no release yet',
        '',
      ].join('\n'),
    );
  });
});
