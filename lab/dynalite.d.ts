declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** In memory where no path is given; `createTableMs: 0` makes a table at once. */
  export default function dynalite(options?: { createTableMs?: number; deleteTableMs?: number }): Server;
}
