import { expect, it } from 'vitest';
import type { AlarmState, Alarms } from '../../../adapters/alarms/alarms.ts';

export interface OpenAlarms {
  alarms: Alarms;
  set(name: string, state: AlarmState, reason: string): void;
  /** From now on nothing answers. */
  breakDown(): void;
}

/** Whatever tells of alarms keeps this. */
export const keepsAlarmsContract = (open: () => Promise<OpenAlarms>) => {
  const arn = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:slow';

  it('says how each is, by name and by ARN, as it was asked for and in that order', async () => {
    const { alarms, set } = await open();
    set('burns', 'ALARM', 'too many errors');
    set('slow', 'OK', '');
    set('quiet', 'INSUFFICIENT_DATA', 'no data');
    expect(await alarms.read([arn, 'burns', 'quiet', 'burns'])).toMatchObject([
      { alarm: arn, state: 'OK', reason: '' },
      { alarm: 'burns', state: 'ALARM', reason: 'too many errors' },
      { alarm: 'quiet', state: 'INSUFFICIENT_DATA', reason: 'no data' },
      { alarm: 'burns', state: 'ALARM', reason: 'too many errors' },
    ]);
  });

  it('asks for nothing where there is nothing to ask for', async () => {
    const { alarms, set, breakDown } = await open();
    set('burns', 'ALARM', '');
    breakDown();
    expect(await alarms.read([])).toEqual([]);
  });

  it('says which are not there, beside how the others are', async () => {
    const { alarms, set } = await open();
    set('burns', 'OK', '');
    expect(await alarms.read(['gone', 'burns', arn])).toMatchObject([
      { alarm: 'gone', state: 'missing', reason: '' },
      { alarm: 'burns', state: 'OK', reason: '' },
      { alarm: arn, state: 'missing', reason: '' },
    ]);
  });

  it('throws AlarmsUnreachableError when nothing answers: that is no state of an alarm', async () => {
    const { alarms, set, breakDown } = await open();
    set('burns', 'OK', '');
    breakDown();
    await expect(alarms.read(['burns'])).rejects.toMatchObject({ name: 'AlarmsUnreachableError' });
  });
};
