/*
 * Numbers as people read them: in English whatever the computer's language is, without exponents, and 0 without a sign. One
 * that is not finite is said in JavaScript's words: `Infinity`, `NaN`. They are rounded before they are formatted, since Intl
 * rounds the shortest text that stands for a number: 6.35 is a little less than that, which is 6.3 and not 6.4.
 */

/** 9520 is "9,520". @param value a whole number */
export const groupedText = (value: number): string => textOf(value, { useGrouping: true });

/** With so many digits after the point, zeros among them: 1.5 with 2 is "1.50". @param digits 0 to 20 */
export const fixedText = (value: number, digits: number): string =>
  textOf(Number(value.toFixed(digits)), { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** With at most so many digits after the point, and no zeros at the end: 1.50 with 1 is "1.5". @param digits 0 to 20 */
export const decimalText = (value: number, digits: number): string =>
  textOf(Number(value.toFixed(digits)), { maximumFractionDigits: digits });

/** With at most so many digits that count, and no zeros at the end: 0.12345 with 3 is "0.123". @param digits 1 to 21 */
export const roundedText = (value: number, digits: number): string =>
  textOf(Number(value.toPrecision(digits)), { maximumSignificantDigits: 21 });

/** Three digits that count, none of them lost of large numbers: "1234", "12.3", "1.23", "0.012"; a whole number as it is. */
export function figureText(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 100) return fixedText(value, 0);
  if (size >= 10) return fixedText(value, 1);
  return fixedText(value, size >= 1 ? 2 : 3);
}

/** A share of 1 in per cent, with three digits that count: 0.12345 is "12.3 %". */
export const percentText = (share: number): string => `${roundedText(share * 100, 3)} %`;

/** A format costs much to make and little to use. */
const formats = new Map<string, Intl.NumberFormat>();

function textOf(value: number, options: Intl.NumberFormatOptions): string {
  if (!Number.isFinite(value)) return String(value);
  const key = JSON.stringify(options);
  const made = formats.get(key);
  const format = made ?? new Intl.NumberFormat('en', { useGrouping: false, signDisplay: 'negative', ...options });
  if (made === undefined) formats.set(key, format);
  return format.format(value);
}
