import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

/** No colour: for tests and for text that is kept. */
export const plain: Paint = (_, text) => text;

/** Colours for what is written to this stream: only a terminal has them, and NO_COLOR and FORCE_COLOR are obeyed. */
export const paintFor =
  (stream: NodeJS.WriteStream): Paint =>
  (style, text) =>
    styleText(style, text, { stream });
