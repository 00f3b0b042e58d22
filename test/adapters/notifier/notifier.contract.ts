import { expect, it } from 'vitest';
import type { Notice, Notifier } from '../../../adapters/notifier/notifier.ts';

export const topicArn = 'arn:aws:sns:eu-west-1:123456789012:sluice';
export const notice: Notice = {
  topicArn,
  subject: 'checkout: rolled back',
  message: JSON.stringify({ release: 'r-1', event: 'rolledBack', reason: 'Fehlerrate: 4,2 % <= "zu viel" & mehr' }),
};

export interface OpenNotifier {
  notifier: Notifier;
  /** What arrived, oldest first. */
  arrived(): { topicArn: string; subject: string | undefined; message: string }[];
  breakDown(): void;
}

/** Every notifier keeps this. */
export const keepsNotifierContract = (open: () => Promise<OpenNotifier>) => {
  it('hands over subject and message as they are, in order', async () => {
    const { notifier, arrived } = await open();
    await notifier.notify(notice);
    await notifier.notify({ ...notice, subject: 'checkout: started' });
    expect(arrived()).toEqual([notice, { ...notice, subject: 'checkout: started' }]);
  });

  it('throws NotifierUnreachableError when nothing answers', async () => {
    const { notifier, breakDown, arrived } = await open();
    breakDown();
    await expect(notifier.notify(notice)).rejects.toMatchObject({ name: 'NotifierUnreachableError' });
    expect(arrived()).toEqual([]);
  });
};
