/** What a port can do that changes nothing: everything else is an effect, also what is added tomorrow. */
const READS = /^(read|list|describe|resolve|entries|windows|can$|planWayBack|poll|find|has)/;
/** No outside system behind them. */
const NO_PORTS = [
  'clock',
  'log',
  'meter',
  'pause',
  'topicArn',
  'machineArns',
  'propagationSeconds',
  'controlPlane',
  'clusters',
  'isAnswerAddress',
];

/** Whether a method of a port changes something outside. */
export const isEffect = (port: string, method: string): boolean => !NO_PORTS.includes(port) && !READS.test(method);

/** What a dead process would have been told, had it lived. */
export class ProcessDiedError extends Error {
  override readonly name = 'ProcessDiedError';
}

export interface Mortal<Deps> {
  deps: Deps;
  /** The effects that took place, oldest first: "router.setDial", or "ledger.append retiring" with the fact's kind. */
  effects: string[];
}

/**
 * The same ports for a process that dies right after its nth effect (1-based): the effect has happened, its answer arrives
 * nowhere, and nothing that the process would do afterwards happens. Infinity: it lives.
 */
export function crashAfter<Deps extends object>(deps: Deps, diesAfter: number): Mortal<Deps> {
  const effects: string[] = [];
  let begun = 0;
  const act = async (port: string, method: string, call: () => unknown, parameters: unknown[]): Promise<unknown> => {
    if (begun >= diesAfter) throw new ProcessDiedError(`dead before ${port}.${method}`);
    if (!isEffect(port, method)) return call();
    begun += 1; // when it begins: of several at once the first ones happen and the others do not
    const isLast = begun >= diesAfter;
    effects.push(nameOf(port, method, parameters));
    const answer = await call();
    if (isLast) throw new ProcessDiedError(`died after ${port}.${method}`);
    return answer;
  };
  const wrap = (portName: string, port: object): object =>
    new Proxy(port, {
      get(target, key, receiver) {
        const member: unknown = Reflect.get(target, key, receiver);
        if (typeof member !== 'function' || typeof key !== 'string' || key === 'can') return member;
        return (...parameters: unknown[]) => act(portName, key, () => member.apply(target, parameters), parameters);
      },
    });
  const wrapped = Object.entries(deps).map(([name, port]) => [
    name,
    NO_PORTS.includes(name) ? port : wrap(name, port as object),
  ]);
  return { deps: Object.fromEntries(wrapped) as Deps, effects };
}

/** An append is named with its fact: dying after `retiring` is another case than dying after `closed`. */
function nameOf(port: string, method: string, parameters: unknown[]): string {
  if (port !== 'ledger' || method !== 'append') return `${port}.${method}`;
  return `ledger.append ${(parameters[2] as { fact: { kind: string } }).fact.kind}`;
}
