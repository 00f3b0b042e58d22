import { apiVersionOf, RESOURCES } from './resources.ts';

const VERBS = ['create', 'delete', 'get', 'list', 'patch', 'update'];

/** What clients such as kubectl ask before they ask for objects; undefined where the path is none of these. */
export function discover(path: string): unknown {
  if (path === '/version') return { major: '1', minor: '34', gitVersion: 'v1.34.0-sluice-lab', platform: 'lab' };
  if (path === '/healthz' || path === '/readyz' || path === '/livez') return 'ok';
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  if (path === '/apis') {
    const versions = new Map(RESOURCES.filter(({ group }) => group !== '').map(r => [r.group, r]));
    const groups = [...versions.values()].map(resource => {
      const version = { groupVersion: apiVersionOf(resource), version: resource.version };
      return { name: resource.group, versions: [version], preferredVersion: version };
    });
    return { kind: 'APIGroupList', apiVersion: 'v1', groups };
  }
  const groupVersion = /^\/(?:api|apis)\/(.+)$/.exec(path)?.[1];
  const resources = RESOURCES.filter(resource => apiVersionOf(resource) === groupVersion);
  if (groupVersion === undefined || resources.length === 0) return undefined;
  const rows = resources.flatMap(({ plural, kind, shortNames, subresources }) => [
    { name: plural, singularName: kind.toLowerCase(), namespaced: true, kind, verbs: VERBS, shortNames },
    ...subresources.map(subresource => ({
      name: `${plural}/${subresource}`,
      singularName: '',
      namespaced: true,
      kind: subresource === 'scale' ? 'Scale' : kind,
      verbs: ['get', 'patch', 'update'],
      ...(subresource === 'scale' ? { group: 'autoscaling', version: 'v1' } : {}),
    })),
  ]);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: rows };
}
