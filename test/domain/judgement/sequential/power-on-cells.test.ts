import { expect, it } from 'vitest';
import { powerOf } from '../../../../domain/judgement/sequential/power.ts';
import { bookPower, settingsOf, times } from './book-power.ts';

it('the chance to have found a fault is hardly another on cells, where there are very many failures', () => {
  // 40,000 and then 60,000 bad ones: the cells double between them; found in the second with about one half
  const windows = [...times(1, 1_000_000, 3_000_000, 1), ...times(1, 1_500_000, 4_500_000, 1)];
  const rate = 0.01;
  const ratio = 1.013;
  const [exact, power] = [
    bookPower(windows, rate, ratio),
    powerOf(settingsOf({ margin: 1 }), windows, { rates: [rate], ratio }, 1),
  ];
  expect(exact).toBeGreaterThan(0.05);
  expect(Math.abs(power - exact)).toBeLessThan(0.01);
});
