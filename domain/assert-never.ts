/** Closes a `switch` over a union by `kind`: a new member is then a type error, and an unknown one at run time a fault. */
export function assertNever(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}
