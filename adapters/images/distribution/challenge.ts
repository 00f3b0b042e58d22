/** How a registry wants to be asked: the first challenge of its `WWW-Authenticate` that is one of these. */
export type Challenge = { scheme: 'basic' } | { scheme: 'bearer'; realm: string; parameters: Record<string, string> };

/**
 * RFC 9110, 11.6.1, as registries write it: `Bearer realm="https://auth.example.com/token",service="registry"`.
 * @returns undefined where it asks for neither
 */
export function challengeOf(header: string | undefined): Challenge | undefined {
  const text = header ?? '';
  const bearer = /(?:^|,\s*)Bearer\s+(.*)$/i.exec(text)?.[1];
  if (bearer !== undefined) {
    const { realm, ...parameters } = parametersOf(bearer);
    if (realm !== undefined) return { scheme: 'bearer', realm, parameters };
  }
  return /(?:^|,\s*)Basic(?:\s|$)/i.test(text) ? { scheme: 'basic' } : undefined;
}

function parametersOf(text: string): Record<string, string> {
  const pairs = text.matchAll(/([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g);
  return Object.fromEntries(
    [...pairs].map(([, key = '', quoted, plain]) => [
      key.toLowerCase(),
      quoted === undefined ? (plain ?? '') : quoted.replaceAll(/\\(.)/g, '$1'),
    ]),
  );
}
