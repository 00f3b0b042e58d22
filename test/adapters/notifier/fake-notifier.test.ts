import { describe } from 'vitest';
import { fakeNotifier } from '../../../adapters/notifier/fake-notifier.ts';
import { keepsNotifierContract } from './notifier.contract.ts';

describe('the fake notifier', () => {
  keepsNotifierContract(async () => {
    const notifier = fakeNotifier();
    return { notifier, arrived: () => [...notifier.notices], breakDown: () => notifier.breakWith('TimeoutError') };
  });
});
