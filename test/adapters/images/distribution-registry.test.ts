import { afterEach, describe, expect, it } from 'vitest';
import { challengeOf } from '../../../adapters/images/distribution/challenge.ts';
import { apiOf } from '../../../adapters/images/distribution/distribution-client.ts';
import { distributionRegistry } from '../../../adapters/images/distribution/distribution-registry.ts';
import { fakeSecrets } from '../../../adapters/secrets/fake-secrets.ts';
import { openDistributionServer, type ServerOptions } from './distribution-server.ts';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:sluice/ghcr-AbCdEf';
const USER = { name: 'robot', password: 'very secret' };
const NOON = Date.UTC(2026, 10, 21, 12);
const part = (digit: string) => ({ digest: `sha256:${digit.repeat(64)}` });
const INDEX = { mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [part('a'), part('b')] };
const IMAGE = { mediaType: 'application/vnd.docker.distribution.manifest.v2+json', layers: [] };

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map(close => close()));
});

async function openRegistry(
  options: ServerOptions,
  secret = JSON.stringify({ username: USER.name, ...password(USER.password) }),
) {
  const server = await openDistributionServer(options);
  closers.push(server.close);
  const secrets = fakeSecrets();
  secrets.values.set(SECRET, secret);
  const clock = { now: () => NOON };
  const registry = distributionRegistry({ secrets, clock, options: { loopback: true, http: true } });
  return { server, secrets, registry, repository: { registry: server.host, name: 'acme/checkout' } };
}
const password = (text: string) => ({ password: text });

describe('a digest', () => {
  it('is verified with a token for which the credentials are given, and its parts are known', async () => {
    const { server, registry, repository } = await openRegistry({ access: 'token', user: USER });
    const digest = server.push('acme/checkout', INDEX);
    const closed = { ...repository, credentials: SECRET };
    expect(await registry.resolve(closed, digest)).toEqual({
      uri: `${server.host}/acme/checkout@${digest}`,
      digest,
      pushedAtEpochMs: NOON,
      parts: [part('a').digest, part('b').digest],
    });
    expect(server.asked).toEqual([
      `GET /v2/acme/checkout/manifests/${digest} as nobody`,
      'GET /token as basic',
      `GET /v2/acme/checkout/manifests/${digest} as bearer`,
    ]);
    expect(await registry.readParts(closed, [digest])).toEqual([part('a').digest, part('b').digest]);
  });

  it.each<[string, ServerOptions]>([
    ['that asks nobody who they are', { access: 'open' }],
    ['that gives a token to everybody', { access: 'token', isPublic: true }],
  ])('is verified without credentials by a registry %s', async (_, options) => {
    const { server, registry, repository } = await openRegistry(options);
    const digest = server.push('acme/checkout', IMAGE);
    const found = await registry.resolve(repository, digest);
    expect(found).toMatchObject({ digest, parts: [] });
    expect(found).not.toHaveProperty('unverified');
  });

  it('is verified where the registry takes name and password themselves', async () => {
    const { server, registry, repository } = await openRegistry(
      { access: 'basic', user: USER },
      JSON.stringify({ username: USER.name, accessToken: USER.password }),
    );
    const digest = server.push('acme/checkout', IMAGE);
    expect(await registry.resolve({ ...repository, credentials: SECRET }, digest)).not.toHaveProperty('unverified');
  });

  it.each<ServerOptions['access']>(['token', 'basic'])(
    'is as the caller gave it where the registry wants credentials (%s) and the workload names none',
    async access => {
      const { server, registry, repository } = await openRegistry({ access, user: USER });
      const digest = server.push('acme/checkout', IMAGE);
      expect(await registry.resolve(repository, digest)).toMatchObject({
        digest,
        parts: [],
        unverified: `${server.host} wants credentials, and the workload names none`,
      });
    },
  );

  it('is as the caller gave it, and nobody is asked, where the workload says so', async () => {
    const { server, registry, repository } = await openRegistry({ access: 'open' });
    const asGiven = { ...repository, verify: false as const };
    expect(await registry.resolve(asGiven, part('c').digest)).toMatchObject({
      unverified: 'the workload says that its registry is not asked',
    });
    expect(await registry.readParts(asGiven, [part('c').digest])).toEqual([]);
    expect(server.asked).toEqual([]);
  });

  it('that is not there is said not to be', async () => {
    const { registry, repository } = await openRegistry({ access: 'token', isPublic: true });
    await expect(registry.resolve(repository, part('c').digest)).rejects.toMatchObject({
      name: 'ImageNotFoundError',
      message: `there is no image ${part('c').digest} in ${repository.registry}/acme/checkout`,
    });
  });
});

describe('what is no answer', () => {
  it.each([429, 500, 503, 302])('is not taken for one: %s', async status => {
    const { server, registry, repository } = await openRegistry({ access: 'open' });
    server.answerWith = { status };
    await expect(registry.resolve(repository, part('c').digest)).rejects.toMatchObject({
      name: 'ImageRegistryUnreachableError',
      message: expect.stringContaining(`answered ${status}`),
    });
  });

  it('is a manifest of another digest', async () => {
    const { server, registry, repository } = await openRegistry({ access: 'open' });
    server.answerWith = { status: 200, body: JSON.stringify(IMAGE) };
    await expect(registry.resolve(repository, part('c').digest)).rejects.toMatchObject({
      name: 'ImageRegistryUnreachableError',
      message: expect.stringMatching(/answered with a manifest whose digest is sha256:.+, and sha256:c+ was asked for/),
    });
  });

  it('is a registry that is not there', async () => {
    const { server, registry, repository } = await openRegistry({ access: 'open' });
    await server.close();
    await expect(registry.resolve(repository, part('c').digest)).rejects.toMatchObject({
      name: 'ImageRegistryUnreachableError',
    });
  });
});

describe('credentials', () => {
  it.each<ServerOptions['access']>(['token', 'basic'])(
    'that are not accepted (%s) are a refusal with the ARN, and without what they are',
    async access => {
      const { server, registry, repository } = await openRegistry({ access, user: { ...USER, password: 'rotated' } });
      const digest = server.push('acme/checkout', IMAGE);
      const refused = registry.resolve({ ...repository, credentials: SECRET }, digest);
      await expect(refused).rejects.toMatchObject({
        name: 'RegistryRefusedError',
        message: `${server.host} does not let ${server.host}/acme/checkout be read with the secret ${SECRET}: it answered 401`,
      });
      await expect(refused).rejects.not.toThrow(USER.password);
    },
  );

  it('that were rotated are taken as they are now', async () => {
    const { server, secrets, registry, repository } = await openRegistry({ access: 'token', user: USER }, '{}');
    const digest = server.push('acme/checkout', IMAGE);
    const closed = { ...repository, credentials: SECRET };
    await expect(registry.resolve(closed, digest)).rejects.toMatchObject({ name: 'RegistryRefusedError' });
    secrets.values.set(SECRET, JSON.stringify({ username: USER.name, password: USER.password }));
    expect(await registry.resolve(closed, digest)).not.toHaveProperty('unverified');
  });

  it.each(['very secret', '{"user":"very secret"}', '{"username":"very secret"}', '[]'])(
    'of another shape are refused with what is expected, and without what is there: %s',
    async text => {
      const { registry, repository } = await openRegistry({ access: 'basic', user: USER }, text);
      const refused = registry.resolve({ ...repository, credentials: SECRET }, part('c').digest);
      await expect(refused).rejects.toThrow(/expected \{"username": "…", "password": "…"\}/);
      await expect(refused).rejects.not.toThrow(/very secret/);
    },
  );

  it('whose secret cannot be read are nobody’s: the registry is not asked once more', async () => {
    const { server, secrets, registry, repository } = await openRegistry({ access: 'token', isPublic: true });
    secrets.values.delete(SECRET);
    const refused = registry.resolve({ ...repository, credentials: SECRET }, part('c').digest);
    await expect(refused).rejects.toMatchObject({ name: 'SecretUnusableError' });
    expect(server.asked).toHaveLength(1);
  });
});

it('a tag is refused: nobody says when it was put on what', async () => {
  const { registry, repository } = await openRegistry({ access: 'open' });
  await expect(registry.resolve(repository, 'v9')).rejects.toMatchObject({
    name: 'RefusedError',
    message: expect.stringMatching(/^v9 is no digest: .+ is started by its digest, as .+acme\/checkout@sha256:…/),
  });
});

it.each([
  ['ghcr.io', 'acme/checkout', 'https://ghcr.io/v2/acme/checkout'],
  ['docker.io', 'acme/checkout', 'https://registry-1.docker.io/v2/acme/checkout'],
  ['docker.io', 'nginx', 'https://registry-1.docker.io/v2/library/nginx'],
  ['acme.jfrog.io:8443', 'docker-local/checkout', 'https://acme.jfrog.io:8443/v2/docker-local/checkout'],
])('of %s %s is asked at %s', (registry, name, url) => {
  const { base, name: asked } = apiOf({ registry, name }, {});
  expect(`${base}/v2/${asked}`).toBe(url);
});

it.each([
  ['Basic realm="x"', { scheme: 'basic' }],
  ['Bearer realm="https://a/t",service="s"', { scheme: 'bearer', realm: 'https://a/t', parameters: { service: 's' } }],
  [
    'bearer service=s, realm="https://a/\\"t"',
    { scheme: 'bearer', realm: 'https://a/"t', parameters: { service: 's' } },
  ],
  ['Basic realm="x", Bearer realm="https://a/t"', { scheme: 'bearer', realm: 'https://a/t', parameters: {} }],
  ['Negotiate', undefined],
  ['Bearer service="s"', undefined],
  [undefined, undefined],
])('the challenge %s is %j', (header, challenge) => {
  expect(challengeOf(header)).toEqual(challenge);
});
