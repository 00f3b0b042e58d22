import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePlan, parseWorkload } from '../../../adapters/plan-file/read-plan.ts';
import { changed, mistakesOf, SMALL_PLAN, shortly } from './plan-text.ts';

const TEXT = readFileSync('examples/workload.yaml', 'utf8');
const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup';

const workloadOf = (text: string) => {
  const parsed = parseWorkload(text, 'workload.yaml');
  if (parsed.kind === 'mistakes') throw new Error(parsed.mistakes.map(shortly).join('; '));
  return parsed.workload;
};

describe('a workload', () => {
  it('comes out with its defaults filled in', () => {
    // Prepare
    const text = TEXT.replace(/^(backgroundWork|connections|maxDrain): .*\n/gm, '').replace(
      / {2}previewRule: .*\n/,
      '',
    );
    // Act
    const workload = workloadOf(text);
    // Assess
    expect(workload).toMatchObject({
      name: 'checkout',
      cluster: { name: 'prod', namespace: 'shop' },
      router: { kind: 'alb', targetGroups: { blue: `${GROUP}/checkout-blue/73e2d6bc24d8a067` } },
      backgroundWork: 'none',
      connections: 'cut',
      maxDrainSeconds: 900,
    });
    expect(workload.router).not.toHaveProperty('previewRule');
    expect(workload).not.toHaveProperty('kind');
  });

  it('has alarms by name or by ARN, or none', () => {
    const arn = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:slow answers';
    const { alarms } = workloadOf(
      changed('container: app', `container: app\nalarms: [checkout-slo-burn, '${arn}']`, TEXT),
    );
    expect(alarms).toEqual(['checkout-slo-burn', arn]);
    expect(workloadOf(TEXT)).not.toHaveProperty('alarms');
  });

  it.each([
    ['kind: alb', 'kind: httpRoute', "httpRoute <- 'httpRoute', which is not available yet"],
    ['kind: alb', 'kind: featureFlag', "featureFlag <- 'featureFlag', which is not available yet"],
    ['kind: alb', 'kind: nlb', "nlb <- 'nlb'"],
    ['container: app', 'container: app\nsources: { prom: {} }', "prom <- the unknown key 'prom'"],
    [
      'container: app',
      'container: app\nsources: { prometheus: { url: "https://a:b@p.example" } }',
      `<- 'https://a:b@p.example'`,
    ],
    [
      'container: app',
      'container: app\nsources: { prometheus: { url: "http://localhost:9090" } }',
      "http://localhost:9090\" <- 'http://localhost:9090', on this computer",
    ],
    [
      'container: app',
      'container: app\nsources: { prometheus: { url: "http://p.example", sigv4: true } }',
      `<- 'http://p.example'`,
    ],
    ['container: app', 'container: app\nalarms: [""]', '"" <- an empty text'],
    ['container: app', 'container: app\nalarms: ["arn:aws:sns:x"]', "<- 'arn:aws:sns:x'"],
    ['kind: Workload', 'kind: Plan', "Plan <- 'Plan'"],
    ['container: app', 'containr: app', "containr <- the unknown key 'containr'"],
    ['namespace: shop', 'namespace: Shop', "Shop <- 'Shop'"],
    ['connections: cut\n', 'connections: cutt\n', "cutt <- 'cutt'"],
    ['tags: "v*"', 'tags: ""', '"" <- an empty text'],
    [`${GROUP}/checkout-green/943f017f100becff`, `${GROUP}/checkout-blue/73e2d6bc24d8a067`, `"${GROUP}/checkout-blue`],
    [`${GROUP}/checkout-green/943f017f100becff`, 'checkout-green', `"checkout-green" <- 'checkout-green'`],
  ])('with %s changed to %s is one mistake', (from, to, expected) => {
    // Act
    const parsed = parseWorkload(changed(from, to, TEXT), 'workload.yaml');
    // Assess
    const mistakes = parsed.kind === 'mistakes' ? parsed.mistakes.map(shortly) : [];
    expect(mistakes).toEqual([expect.stringContaining(expected)]);
  });

  it('that is a plan by mistake says which file belongs here', () => {
    // Act
    const parsed = parseWorkload(SMALL_PLAN, 'plan.yaml');
    // Assess
    expect(parsed).toMatchObject({
      kind: 'mistakes',
      mistakes: expect.arrayContaining([expect.objectContaining({ expected: 'Workload' })]),
    });
  });
});

describe('a plan for a workload', () => {
  const preview = changed('soak: 15m', 'soak: 15m\npreview: { header: { name: x-preview, value: canary } }');

  it('may preview where the router can', () => {
    expect(parsePlan(preview, 'plan.yaml', workloadOf(TEXT)).kind).toBe('plan');
  });

  it('is refused at its preview where the router has no previewRule', () => {
    // Prepare
    const workload = workloadOf(TEXT.replace(/ {2}previewRule: .*\n/, ''));
    // Act
    const mistakes = mistakesOf(preview, workload);
    // Assess
    expect(mistakes.map(shortly)).toEqual(["preview <- a preview, which the router of 'checkout' cannot do"]);
  });

  it('is refused where it is for another one', () => {
    // Act
    const mistakes = mistakesOf(changed('workload: checkout', 'workload: basket'), workloadOf(TEXT));
    // Assess
    expect(mistakes.map(shortly)).toEqual(["basket <- 'basket'"]);
  });
});
