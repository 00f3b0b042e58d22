import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../adapters/sha256.ts';
import type { Live } from '../../../domain/ledger/state.ts';
import { type AdmissionDecision, admit, type Observed, requestedRevision } from '../../../domain/release/admission.ts';
import { at, imageOf, planOf, requested, stateOf } from '../../support/ledger-lines.ts';

const found = (more: Partial<Observed> = {}): Observed => ({
  dial: { blue: 100, green: 0 },
  draining: { connectionsSeconds: 30, clientsSeconds: 600 },
  healthy: { blue: 4, green: 0 },
  registered: { blue: 4, green: 0 },
  template: {
    podTemplate: { spec: { containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }, { name: 'proxy' }] } },
    configMaps: {},
    minReadySeconds: 0,
    containers: ['app', 'proxy'],
    replicas: 0,
  },
  slots: { blue: { desired: 4, revision: 'old' }, green: { desired: 0 } },
  selectors: { services: [], deployments: [], networkPolicies: [], disruptionBudgets: [] },
  previews: true,
  propagationSeconds: 30,
  ...more,
});
const release = (more: Parameters<typeof requested>[0] = {}) => {
  const { active } = stateOf([0, requested(more)]);
  if (active === undefined) throw new Error('no release');
  return active;
};
const decide = (
  options: { release?: Parameters<typeof requested>[0]; found?: Partial<Observed>; live?: Live; undoTo?: string } = {},
): AdmissionDecision =>
  admit(release(options.release), found(options.found), {
    nowEpochMs: at(5),
    seq: 3,
    live: options.live,
    undoTo: options.undoTo,
    sha256,
  });
const liveIn = (slot: 'blue' | 'green'): Live => ({ slot, revision: 'old', releaseId: 'shop-0', images: {} });

const preview = { header: { name: 'x-sluice-preview', value: 'canary' } };

describe('a release is admitted', () => {
  const revision = requestedRevision(release(), found(), sha256);

  it('with the ground on which it stands: slots, sizes, deadline, and how long things take', () => {
    expect(decide()).toStrictEqual({
      kind: 'admitted',
      because: `revision ${revision} goes to green`,
      admission: {
        walks: { steps: planOf().steps, soakSeconds: planOf().soakSeconds },
        stable: 'blue',
        canary: 'green',
        revision,
        stableRevision: 'old',
        stableReplicas: 4,
        deadlineEpochMs: at(5 + 7_200),
        propagationSeconds: 30,
        draining: { connectionsSeconds: 30, clientsSeconds: 600 },
      },
    });
  });

  it("into the other slot where green is live, with its autoscaler's minimum", () => {
    const decision = decide({
      live: liveIn('green'),
      found: {
        dial: { blue: 0, green: 100 },
        healthy: { blue: 0, green: 2 },
        slots: {
          blue: { desired: 0, revision: 'older' },
          green: { desired: 2, revision: 'old', autoscalerMinimum: 2 },
        },
      },
    });
    expect(decision).toMatchObject({
      kind: 'admitted',
      admission: { stable: 'green', canary: 'blue', stableReplicas: 2, stableMinimum: 2 },
    });
  });

  it('where it wants a preview and the rule is there, and without the rule where it wants none', () => {
    expect(decide({ release: { plan: planOf({ preview }) } }).kind).toBe('admitted');
    expect(decide({ found: { previews: false } }).kind).toBe('admitted');
  });

  it('where stable was there before anybody named its revision', () => {
    const decision = decide({ found: { slots: { blue: { desired: 4 }, green: { desired: 0 } } } });
    expect(decision).toMatchObject({ kind: 'admitted', admission: { stableRevision: 'unknown' } });
  });

  it('with a revision of its own for another file in a ConfigMap that holds bytes', () => {
    const volumes = [{ name: 'keys', configMap: { name: 'keys' } }];
    const podTemplate = { spec: { containers: [{ name: 'app' }], volumes } };
    const withKeys = (bytes: string) => {
      const template = { podTemplate, configMaps: { keys: {} }, configMapBinaryData: { keys: { der: bytes } } };
      return requestedRevision(release(), { template }, sha256);
    };
    expect(withKeys('AQ==')).not.toBe(withKeys('Ag=='));
    expect(withKeys('AQ==')).toBe(withKeys('AQ=='));
  });

  it('with a revision of its own for another configuration of the same image', () => {
    const podTemplate = {
      spec: { containers: [{ name: 'app', env: [{ name: 'COLOUR', value: 'red' }] }, { name: 'proxy' }] },
    };
    const changed = requestedRevision(release(), { template: { ...found().template, podTemplate } }, sha256);
    expect(changed).not.toBe(revision);
  });
});

describe('a release is refused', () => {
  const revision = requestedRevision(release(), found(), sha256);

  it.each<[string, Parameters<typeof decide>[0], RegExp]>([
    [
      'while the dial is between the slots',
      { found: { dial: { blue: 75, green: 25 } } },
      /^the traffic weights must be 100 % for one slot and are blue 75 %, green 25 %$/,
    ],
    [
      'while one of several rules still sends requests to the other slot',
      { found: { dial: { blue: 100, green: 25 } } },
      /^the traffic weights must be 100 % for one slot and are blue 100 %, green 25 %$/,
    ],
    [
      'while one of several rules still sends requests to blue',
      { found: { dial: { blue: 25, green: 100 } } },
      /^the traffic weights must be 100 % for one slot and are blue 25 %, green 100 %$/,
    ],
    [
      'while no slot has all the requests, although the other has none',
      { found: { dial: { blue: 50, green: 0 } } },
      /^the traffic weights must be 100 % for one slot and are blue 50 %, green 0 %$/,
    ],
    [
      'while no slot has all the requests, whichever that is',
      { found: { dial: { blue: 0, green: 50 } } },
      /^the traffic weights must be 100 % for one slot and are blue 0 %, green 50 %$/,
    ],
    [
      'where somebody moved the dial from what was promoted',
      { live: liveIn('green') },
      /^green was promoted last, but blue gets the traffic: the weights were changed outside Sluice\. If that is to stay, record it, then ask again: npx sluice record-live shop --slot blue$/,
    ],
    [
      'where the live slot has no replicas',
      { found: { slots: { blue: { desired: 0 }, green: { desired: 0 } } } },
      /^blue gets the traffic and has no replicas: nothing is live\. If a fix has to go out all the same: --although-stable-is-down$/,
    ],
    [
      'where no live target is healthy',
      { found: { healthy: { blue: 0, green: 3 } } },
      /^no target of blue, which is live, is healthy: there would be no version to roll back to\. If a fix has to go out all the same: --although-stable-is-down$/,
    ],
    [
      'where the template has no such container',
      { release: { images: { api: imageOf('2') } } },
      /^the template has no container api; it has app, proxy$/,
    ],
    [
      'where the template cannot be a slot, before anything is written',
      {
        found: {
          template: {
            ...found().template,
            podTemplate: { spec: { containers: [{ name: 'app' }, { name: 'proxy' }] } },
          },
        },
      },
      /^the template cannot be a slot: shop declares no port, and requests need a TCP port/,
    ],
    [
      'where a preview is wanted and the rule for it is not there',
      { release: { plan: planOf({ preview }) }, found: { previews: false } },
      /^the plan wants a preview by header, and workload shop has no previewRule$/,
    ],
    [
      'where the revision is live already',
      { found: { slots: { blue: { desired: 4, revision }, green: { desired: 0 } } } },
      new RegExp(`^revision ${revision} is live already, in blue$`),
    ],
  ])('%s', (_, options, because) => {
    expect(decide(options)).toEqual({ kind: 'refused', because: expect.stringMatching(because) });
  });
});

describe('an undo', () => {
  const undo = { undoOf: 'shop-0', images: {} };

  it('takes the revision that the idle slot still holds', () => {
    const decision = decide({
      release: undo,
      found: { slots: { blue: { desired: 4, revision: 'bad' }, green: { desired: 0, revision: 'good' } } },
      undoTo: 'good',
    });
    expect(decision).toMatchObject({
      kind: 'admitted',
      admission: { revision: 'good', canary: 'green', stableRevision: 'bad' },
    });
  });

  it('is refused where the idle slot holds nothing', () => {
    expect(decide({ release: undo, undoTo: 'good' })).toEqual({
      kind: 'refused',
      because: 'green has no revision to restore',
    });
  });

  it('is refused where the idle slot holds what a later release tried and took back', () => {
    const slots = { blue: { desired: 4, revision: 'live' }, green: { desired: 0, revision: 'tried' } };
    expect(decide({ release: undo, found: { slots }, undoTo: 'good' })).toEqual({
      kind: 'refused',
      because: 'green has revision tried, not good that was live before shop-0: start a release of it instead',
    });
    expect(decide({ release: undo, found: { slots } })).toEqual({
      kind: 'refused',
      because: 'green has revision tried, not the one that was live before shop-0: start a release of it instead',
    });
  });
});

describe('the first release of a new service', () => {
  const nothing = {
    healthy: { blue: 0, green: 0 },
    registered: { blue: 0, green: 0 },
    slots: { blue: { desired: 0 }, green: { desired: 0 } },
  };
  const sized = (replicas: number) => ({ ...nothing, template: { ...found().template, replicas } });

  it("is admitted as one, at the template's size", () => {
    expect(decide({ found: sized(3) })).toMatchObject({
      kind: 'admitted',
      admission: { first: true, stable: 'blue', canary: 'green', stableReplicas: 3, stableRevision: 'unknown' },
    });
  });

  it('has one pod where the template, which was adopted, asks for none', () => {
    expect(decide({ found: sized(0) })).toMatchObject({ admission: { first: true, stableReplicas: 1 } });
  });

  // whatever there is of it, it was live once, and somebody has turned the dial or taken its pods away
  const out = '. If a fix has to go out all the same: --although-stable-is-down';
  const noReplicas = `blue gets the traffic and has no replicas: nothing is live${out}`;
  // the dial is what is wrong: no override is offered, and none helps
  const elsewhere = 'blue gets the traffic and has no replicas: nothing is live';
  const noneHealthy = `no target of blue, which is live, is healthy: there would be no version to roll back to${out}`;
  it.each<[string, Parameters<typeof decide>[0], string]>([
    ['a release was promoted before', { live: liveIn('blue') }, noReplicas],
    [
      'the slot was written before',
      { found: { slots: { ...nothing.slots, blue: { desired: 0, revision: 'old' } } } },
      noReplicas,
    ],
    [
      'the slot has pods that are not ready',
      { found: { slots: { ...nothing.slots, blue: { desired: 4 } } } },
      noneHealthy,
    ],
    [
      'the slot has targets',
      { found: { healthy: { blue: 2, green: 0 }, registered: { blue: 2, green: 0 } } },
      noReplicas,
    ],
    ['the other slot has pods', { found: { slots: { ...nothing.slots, green: { desired: 4 } } } }, elsewhere],
    ['the other slot has targets', { found: { registered: { blue: 0, green: 2 } } }, noReplicas],
  ])('is none where %s', (_, options, because) => {
    expect(decide({ ...options, found: { ...sized(3), ...options?.found } })).toEqual({ kind: 'refused', because });
  });
});

describe('a dial that somebody turned to a slot that was never written', () => {
  it('is refused where the other slot has what was live: that is no first release of a new service', () => {
    // Prepare
    const slots = { blue: { desired: 4, revision: 'old' }, green: { desired: 0 } };
    // Act
    const decision = decide({ found: { dial: { blue: 0, green: 100 }, slots } });
    // Assess
    expect(decision).toEqual({
      kind: 'refused',
      because: 'green gets the traffic and has no replicas: nothing is live',
    });
  });
});
