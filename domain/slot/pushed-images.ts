import { containersOf, type PodTemplate, withImages } from './pod-template.ts';

/**
 * The images that a push sets, by container: those that it names, and the same image for every other container and init
 * container of the same repository, so that a migration or a worker never runs the version before.
 * @param pushed image URI by digest per container that a push names
 * @throws RangeError the template has no such container
 */
export function pushedImages(pods: PodTemplate, pushed: Record<string, string>): Record<string, string> {
  const containers = containersOf(pods);
  const names = containers.map(({ name }) => name);
  const unknown = Object.keys(pushed).find(name => !names.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`the template has no container "${unknown}"; it has ${names.join(', ')}`);
  }
  const imageOf = imagesByRepository(pods, pushed);
  const found = containers.flatMap(({ name, image }) => {
    const uri = pushed[name] ?? imageOf(image);
    return uri === undefined ? [] : [[name, uri]];
  });
  return Object.fromEntries(found);
}

/**
 * The pods with the images that a push sets, in containers and in volumes that are images.
 * @param asWritten how an image is written; as its URI where absent
 * @throws RangeError as above
 */
export function withPushedImages(
  pods: PodTemplate,
  pushed: Record<string, string>,
  asWritten: (uri: string) => string = uri => uri,
): PodTemplate {
  const images = Object.entries(pushedImages(pods, pushed)).map(([name, uri]) => [name, asWritten(uri)]);
  const imageOf = imagesByRepository(pods, pushed);
  const written = withImages(pods, Object.fromEntries(images));
  const volumes = written.spec.volumes?.map(volume => {
    const uri = imageOf(volume.image?.reference);
    return uri === undefined ? volume : { ...volume, image: { ...volume.image, reference: asWritten(uri) } };
  });
  return volumes === undefined ? written : { ...written, spec: { ...written.spec, volumes } };
}

/** Of the same repository is what the template takes from where a named container's image comes, or where the push went. */
function imagesByRepository(pods: PodTemplate, pushed: Record<string, string>) {
  const byRepository = new Map<string, string>();
  for (const { name, image } of containersOf(pods)) {
    const uri = pushed[name];
    if (uri === undefined) continue;
    byRepository.set(repositoryOf(uri), uri);
    if (image) byRepository.set(repositoryOf(image), uri);
  }
  return (image: string | undefined) => (image ? byRepository.get(repositoryOf(image)) : undefined);
}

/**
 * Registry and path of an image, without tag and digest: `registry.example:5000/shop` of
 * `registry.example:5000/shop:v1@sha256:…`. Docker Hub's short names are as the container runtime completes them.
 */
export function repositoryOf(image: string): string {
  const [named = ''] = image.split('@');
  const repository = named.replace(/:[^:/]*$/, '').replace(/^index\.docker\.io\//, 'docker.io/');
  const [host = '', ...path] = repository.split('/');
  const isRegistry = path.length > 0 && (host.includes('.') || host.includes(':') || host === 'localhost');
  const full = isRegistry ? repository : `docker.io/${repository}`;
  return full.replace(/^docker\.io\/library\//, 'docker.io/');
}
