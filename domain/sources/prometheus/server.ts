import * as z from 'zod';
import { addressIssues } from '../../addresses/address-issues.ts';
import type { Issue, Path } from '../../file/issue.ts';
import type { PrometheusServer } from './facts.ts';

const urlError = 'an http or https address without a user name, password, query or fragment in it';

/** Asked of what can be read as an address only. */
const isPlain = (text: string): boolean => {
  const { username, password, search, hash } = new URL(text);
  return username === '' && password === '' && search === '' && hash === '';
};

/** `sources.prometheus` of a workload's file. */
export const serverSchema = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/, error: urlError, abort: true })
      .max(2048, { error: 'an address of at most 2048 characters' })
      .refine(isPlain)
      .meta({
        description: 'Its address, up to and without /api/v1.',
        examples: ['https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1'],
      }),
    sigv4: z
      .boolean()
      .default(false)
      .meta({
        description:
          'Requests are signed for AWS, over https, with the role of the function: Amazon Managed Prometheus.',
        examples: [true],
      }),
  })
  .refine(({ url, sigv4 }) => !sigv4 || url.startsWith('https:'), {
    error: 'an https address: what is signed for AWS is never sent over http',
    path: ['url'],
  })
  .meta({ description: 'Prometheus or Amazon Managed Prometheus.' });

/** Its address, as everything that a release asks: signed requests never go over http. */
export const checkServer = (
  { url, sigv4 }: PrometheusServer,
  path: Path,
  { loopback }: { loopback: boolean },
): Issue[] => addressIssues(url, [...path, 'url'], { loopback, http: !sigv4 });
