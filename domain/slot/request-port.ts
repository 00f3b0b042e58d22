import type { Workload } from '../workload.ts';
import { type PodTemplate, runningContainers } from './pod-template.ts';

interface DeclaredPort {
  number: number;
  name?: string | undefined;
  protocol: string;
  container: string;
}

/**
 * The container port to which the load balancer sends requests: the one that the workload names, else the only TCP port that
 * the template declares. A number need not be declared, because a container listens on what it likes (and a sidecar that is
 * injected later is not in the template).
 * @throws RangeError none, several of which none is named, or one that is not TCP: with the ports that are there
 */
export function requestPort({ deployment, port }: Pick<Workload, 'deployment' | 'port'>, pods: PodTemplate): number {
  const ports = declaredPorts(pods);
  const tcp = ports.filter(({ protocol }) => protocol === 'TCP');
  const there = ports.length === 0 ? 'no port' : ports.map(portText).join(', ');
  if (port === undefined) {
    const [first, second] = new Set(tcp.map(({ number }) => number));
    if (first === undefined) {
      throw new RangeError(
        `${deployment} declares ${there}, and requests need a TCP port: name it in the workload, as in "port: 8080"`,
      );
    }
    if (second === undefined) return first;
    throw new RangeError(
      `${deployment} declares ${there}: name the port that gets the requests in the workload, as in "port: ${tcp[0]?.name ?? first}"`,
    );
  }
  const named = ports.filter(({ name, number }) => name === port || number === port);
  const [found, another] = new Set(named.filter(({ protocol }) => protocol === 'TCP').map(({ number }) => number));
  if (another !== undefined) {
    const which = named.map(portText).join(' and ');
    throw new RangeError(`the workload's port ${port} is ${which} of ${deployment}: name its number instead`);
  }
  if (found !== undefined) return found;
  if (named[0] !== undefined) {
    throw new RangeError(
      `the workload's port ${port} is ${portText(named[0])} of ${deployment}, and requests need a TCP port; it declares ${there}`,
    );
  }
  if (typeof port === 'number') return port;
  throw new RangeError(`${deployment} has no port "${port}", which the workload names; it declares ${there}`);
}

const declaredPorts = (pods: PodTemplate): DeclaredPort[] =>
  runningContainers(pods).flatMap(container =>
    (container.ports ?? []).map(({ containerPort, name, protocol = 'TCP' }) => ({
      number: containerPort,
      name,
      protocol,
      container: container.name,
    })),
  );

/** `http 8080 (app)`, `8125/UDP (agent)`. */
const portText = ({ number, name, protocol, container }: DeclaredPort): string =>
  `${name === undefined ? '' : `${name} `}${number}${protocol === 'TCP' ? '' : `/${protocol}`} (${container})`;
