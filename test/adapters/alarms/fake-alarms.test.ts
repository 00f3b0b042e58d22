import { describe } from 'vitest';
import { fakeAlarms } from '../../../adapters/alarms/fake-alarms.ts';
import { keepsAlarmsContract } from './alarms.contract.ts';

describe('alarms in memory', () => {
  keepsAlarmsContract(async () => {
    const alarms = fakeAlarms();
    return { alarms, set: alarms.set, breakDown: () => alarms.unreachable(true) };
  });
});
