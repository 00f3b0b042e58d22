/**
 * Buckets in which CloudFormation waits for answers, one to a region: `cloudformation-custom-resource-response-euwest1` at
 * `s3-eu-west-1.amazonaws.com`, `s3.eu-west-1.amazonaws.com` or, in the oldest region, `s3.amazonaws.com`.
 */
const HOST = /^cloudformation-custom-resource-response-[a-z0-9]+\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/;

/**
 * Whether CloudFormation can have given this address: whoever may invoke the function directly must not choose where it
 * sends something to.
 */
export const isCloudFormationsAddress = ({ protocol, hostname, port, username }: URL): boolean =>
  protocol === 'https:' && port === '' && username === '' && HOST.test(hostname);
