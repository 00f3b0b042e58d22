import { describe, expect, it } from 'vitest';
import { podTemplateSchema } from '../../../domain/slot/pod-template.ts';
import { pushedImages, repositoryOf, withPushedImages } from '../../../domain/slot/pushed-images.ts';

const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const PUSHED = `${ECR}/checkout@sha256:${'a'.repeat(64)}`;
const pods = (app: string | undefined, more: Record<string, string> = {}, spec: object = {}) =>
  podTemplateSchema.parse({
    spec: {
      containers: [
        { name: 'app', ...(app !== undefined && { image: app }) },
        { name: 'proxy', image: 'envoy:v1' },
      ],
      initContainers: Object.entries(more).map(([name, image]) => ({ name, image })),
      ...spec,
    },
  });

describe('a push sets the image of the container that it names, and', () => {
  it.each<[string, string | undefined, Record<string, string>, string[]]>([
    ['of no other where they have other repositories', `${ECR}/checkout:v1`, { wait: `${ECR}/checkout-db:v1` }, []],
    [
      'of an init container of the same repository',
      `${ECR}/checkout:v1`,
      { migrate: `${ECR}/checkout:v1` },
      ['migrate'],
    ],
    ['of one with another tag', `${ECR}/checkout:v1`, { migrate: `${ECR}/checkout:old` }, ['migrate']],
    ['of one by digest', `${ECR}/checkout:v1`, { migrate: `${ECR}/checkout@sha256:${'b'.repeat(64)}` }, ['migrate']],
    ['of one by tag and digest', 'a.b:5000/x:v1', { migrate: `a.b:5000/x:v1@sha256:${'b'.repeat(64)}` }, ['migrate']],
    ['of one without a tag', `${ECR}/checkout:v1`, { migrate: `${ECR}/checkout` }, ['migrate']],
    [
      'of one by the name that the template has for it',
      'mirror:5000/shop:v1',
      { migrate: 'mirror:5000/shop:v2' },
      ['migrate'],
    ],
    [
      'of one where the push went, whatever the template has',
      'placeholder',
      { migrate: `${ECR}/checkout:v1` },
      ['migrate'],
    ],
    [
      'of one where the template gives the container no image',
      undefined,
      { migrate: `${ECR}/checkout:v1` },
      ['migrate'],
    ],
    ['of one of Docker Hub by its short name', 'docker.io/library/shop:v1', { migrate: 'shop:v2' }, ['migrate']],
    ['not of one on another port of the registry', 'mirror:5000/shop:v1', { other: 'mirror:5001/shop:v1' }, []],
    ['not of one in a folder of that name', `${ECR}/checkout:v1`, { other: `${ECR}/checkout/tools:v1` }, []],
    ['not of one that has no image either', '', { other: '' }, []],
  ])('%s', (_, app, others, expected) => {
    const images = pushedImages(pods(app, others), { app: PUSHED });
    expect(images).toEqual(Object.fromEntries(['app', ...expected].map(name => [name, PUSHED])));
  });

  it('of a volume that is an image of the repository', () => {
    const volumes = [
      { name: 'assets', image: { reference: 'checkout:v1', pullPolicy: 'IfNotPresent' } },
      { name: 'model', image: { reference: 'model:v1' } },
      { name: 'tmp', emptyDir: {} },
    ];
    expect(withPushedImages(pods('checkout:v1', {}, { volumes }), { app: PUSHED }).spec.volumes).toEqual([
      { name: 'assets', image: { reference: PUSHED, pullPolicy: 'IfNotPresent' } },
      ...volumes.slice(1),
    ]);
  });
});

it('a container that the template does not have is named, with those that it has', () => {
  expect(() => pushedImages(pods('a', { migrate: 'b' }), { web: PUSHED })).toThrow(
    new RangeError('the template has no container "web"; it has app, proxy, migrate'),
  );
});

it.each([
  ['shop', 'docker.io/shop'],
  ['shop:v1', 'docker.io/shop'],
  ['team/shop:v1', 'docker.io/team/shop'],
  ['index.docker.io/team/shop:v1', 'docker.io/team/shop'],
  ['docker.io/library/shop', 'docker.io/shop'],
  ['localhost/shop:v1', 'localhost/shop'],
  ['registry:5000/shop', 'registry:5000/shop'],
  ['registry.example/team/shop:v1@sha256:00', 'registry.example/team/shop'],
])('%s is of the repository %s', (image, repository) => {
  expect(repositoryOf(image)).toBe(repository);
});
