import { get } from 'node:http';
import { connect } from 'node:net';
import type { TargetGroupSpec } from './model.ts';

/** ELB's reason codes for a check that failed. */
export type CheckFailure = 'Target.ResponseCodeMismatch' | 'Target.Timeout' | 'Target.FailedHealthChecks';
export type CheckResult = 'passed' | CheckFailure;

/**
 * One health check on a connection of its own. HTTP passes on 200 to 399, TCP when the connection opens.
 * The time-out is wall time; never rejects.
 */
export function checkHealth(
  address: { host: string; port: number },
  check: TargetGroupSpec['healthCheck'],
): Promise<CheckResult> {
  return new Promise(resolve => {
    const end = (result: CheckResult) => {
      clearTimeout(timer);
      attempt.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => end('Target.Timeout'), check.timeoutSeconds * 1000);
    const attempt =
      check.protocol === 'TCP'
        ? connect(address, () => end('passed'))
        : get(
            {
              ...address,
              path: check.path,
              agent: false,
              headers: { 'user-agent': 'ELB-HealthChecker/2.0' },
            },
            response => {
              const status = response.statusCode ?? 0;
              end(status >= 200 && status <= 399 ? 'passed' : 'Target.ResponseCodeMismatch');
            },
          );
    // also after the end: a destroyed attempt may still report
    attempt.on('error', () => end('Target.FailedHealthChecks'));
  });
}
